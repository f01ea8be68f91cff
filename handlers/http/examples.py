"""Examples of answers, put together from one value for each word of the contract.

A new field says its own, `Annotated[str, Meta(examples=["3号"])]`, unless its type or its name
tells one: enumerations, numbers, days, ids, paths. Older words have theirs in `VALUES`: a field
means the same wherever it occurs, and where it has to be another one, it says so for the class.
tests/handlers/test_contract.py decodes them.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, get_origin

import msgspec
from msgspec import UNSET
from msgspec.inspect import (
    BoolType,
    DateTimeType,
    DictType,
    EnumType,
    Field,
    FloatType,
    IntType,
    ListType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)

from handlers.http.example_values import HOME, VALUES, WHEN
from handlers.http.schemas import Schema, is_struct, public_name_of

EXAMPLES = "#/components/examples/"
ID: Final = "01kt9a7c4m8q2v5x1z3b6d0ea2"
# What the name of a field ends in → what stands there, where that fits the field's pattern.
TEXTS: Final = {
    "id": ID,
    "ids": ID,
    "day": "2026-03-02",
    "on": "2026-03-02",
    "month": "2026-03",
    "place": HOME,
    "home": HOME,
    "path": HOME,
}
FEN: Final = 5118


class NoExample(LookupError):
    """Neither a field nor its type tells an example, and nobody wrote one."""


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
            said = _written(info)
            found = _of_type(info.type, word) if said is UNSET else said
        case EnumType():
            found = VALUES.get(info.cls.__name__, next(iter(info.cls)))
        case ListType():
            found = [_of_type(info.item_type, word)]
        case UnionType():
            found = _of_type(_first(info), word)
        case BoolType():
            found = False
        case DateTimeType():
            found = WHEN
        case DictType():
            found = {}
        case _:
            found = _told(info, word)
    return found


def _of_field(owner: str, field: Field) -> Any:
    word = f"{owner}.{field.name}"
    if word in VALUES:
        return VALUES[word]
    if (said := _written(field.type)) is not UNSET:
        return said
    return VALUES[field.name] if field.name in VALUES else _of_type(field.type, word)


def _written(info: Type) -> Any:
    """Return the first example that stands beside a type, which may be None; UNSET for none."""
    match info:
        case UnionType():
            return _written(_first(info))
        case Metadata(extra_json_schema={"examples": [first, *_]}):
            return first
        case Metadata():
            return _written(info.type)
    return UNSET


def _first(info: UnionType) -> Type:
    return next(kind for kind in info.types if not isinstance(kind, NoneType))


def _told(info: Type, word: str) -> str | float:
    """Return what the name of a field tells; NoExample for what only its author can say.

    A sum of money, the least number from 1 on, or a text of `TEXTS`.
    """
    match info:
        case IntType() | FloatType():
            least = max(info.ge or 0, (info.gt or 0) + 1)
            return FEN if word.endswith("_fen") and least <= FEN else least
        case StrType():
            text = TEXTS.get(re.split(r"[._]", word)[-1])
            if text and re.search(info.pattern or "", text):
                return text
    raise NoExample(f"{word}: say Meta(examples=[…]) beside it")
