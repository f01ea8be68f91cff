"""Views made from what is kept: the fields of the same names, and those named by the caller."""

from typing import Any, TypeVar

from msgspec import Struct

V = TypeVar("V", bound=Struct)


def show(kept: Struct, view: type[V], **named: Any) -> V:
    """Show what is kept: under the same names, and what is named here."""
    shared = set(view.__struct_fields__) & set(kept.__struct_fields__) - set(named)
    return view(**{name: getattr(kept, name) for name in shared}, **named)
