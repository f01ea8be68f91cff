"""Examples of answers, put together from one value for each word of the contract.

A field means the same wherever it occurs, so that one value does for all of them; where it has
to be another one, `VALUES` says so for the class. tests/handlers/test_contract.py decodes them.
"""

from collections.abc import Sequence
from typing import Any, get_origin

import msgspec
from msgspec.inspect import (
    BoolType,
    DateTimeType,
    DictType,
    EnumType,
    Field,
    ListType,
    Metadata,
    NoneType,
    StructType,
    Type,
    UnionType,
    type_info,
)

from handlers.http.example_values import VALUES, WHEN
from handlers.http.schemas import Schema, is_struct, public_name_of

EXAMPLES = "#/components/examples/"


class NoExample(LookupError):
    """A field has no value in handlers/http/example_values.py."""


def of(kind: Any) -> Schema:
    """Return what an answer of this type says of its example."""
    if not is_struct(kind):
        return {}
    return {"examples": {"typical": {"$ref": EXAMPLES + public_name_of(kind)}}}


def components(kinds: Sequence[Any]) -> dict[str, Schema]:
    """Return public name → example, of each type of answer."""
    return {public_name_of(k): {"value": example_of(k)} for k in kinds if is_struct(k)}


def example_of(kind: Any) -> Any:
    """Return an example as JSON would decode it."""
    return msgspec.to_builtins(_of_type(type_info(kind), ""))


def _of_type(info: Type, word: str) -> Any:
    found: Any
    match info:
        case StructType():
            owner = (get_origin(info.cls) or info.cls).__name__
            found = {field.encode_name: _of_field(owner, field) for field in info.fields}
        case Metadata():
            found = _of_type(info.type, word)
        case EnumType():
            found = VALUES.get(info.cls.__name__, next(iter(info.cls)))
        case ListType():
            found = [_of_type(info.item_type, word)]
        case UnionType():
            some = (kind for kind in info.types if not isinstance(kind, NoneType))
            found = _of_type(next(some), word)
        case BoolType():
            found = False
        case DateTimeType():
            found = WHEN
        case DictType():
            found = {}
        case _:
            raise NoExample(f"handlers/http/example_values.py has no value for {word}")
    return found


def _of_field(owner: str, field: Field) -> Any:
    word = f"{owner}.{field.name}"
    for key in (word, field.name):
        if key in VALUES:
            return VALUES[key]
    return _of_type(field.type, word)
