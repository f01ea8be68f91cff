"""Views made from what is kept: the fields of the same names, and those the caller names."""

from typing import Any, TypeVar

from msgspec import Struct

V = TypeVar("V", bound=Struct)


def show(kept: Struct, view: type[V], **named: Any) -> V:
    """Return a `view` of what is kept: fields of the same name as they are, others as named.

    TypeError when the view has a field that is neither.
    """
    shared = set(view.__struct_fields__) & set(kept.__struct_fields__) - set(named)
    return view(**{name: getattr(kept, name) for name in shared}, **named)
