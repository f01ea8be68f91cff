"""JSON Schemas of what is sent and answered, made by msgspec and refined for client generators.

What is sent need not name a field that has a default. What is answered always has every field,
because msgspec encodes defaults too. Generators read `required` (and take a `default` for it),
so the two directions have their own schemas, and `default` stands in the description.
An enumeration that people read says what each value is called, as `x-labels`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum, auto
from typing import Any, Final, get_args, get_origin

import msgspec
from msgspec.inspect import (
    DateTimeType,
    EnumType,
    Field,
    Metadata,
    NoneType,
    StructType,
    Type,
    UnionType,
    multi_type_info,
    type_info,
)

from handlers.http import descriptions
from services.kernel.labels import Labelled
from services.kernel.pages import Page

Schema = dict[str, Any]
REFERENCE: Final = "#/components/schemas/"
NULL: Final = {"type": "null"}


class Direction(StrEnum):
    SENT = auto()  # as a body
    QUERIED = auto()  # as parameters
    ANSWERED = auto()


class AmbiguousName(ValueError):
    """Two different schemas would bear one public name."""


def schemas_of(
    types: Sequence[Any], direction: Direction
) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """Return type → its schema, and public name → component."""
    made, components = msgspec.json.schema_components(types, ref_template=REFERENCE + "{name}")
    structs, enums = dict(_structs(types)), _labelled(types)
    public = {name: _public_name(name, structs) for name in components}
    refined = {
        public[name]: _of_struct(schema, structs[name], direction)
        if name in structs
        else _without_title(schema) | enums.get(name, {})
        for name, schema in components.items()
    }
    return (
        {kind: _tidy(schema, public) for kind, schema in zip(types, made, strict=True)},
        {name: _tidy(schema, public) for name, schema in refined.items()},
    )


def merge(*parts: dict[str, Schema]) -> dict[str, Schema]:
    """Join components. AmbiguousName when one name would mean two things."""
    merged: dict[str, Schema] = {}
    for part in parts:
        for name, schema in part.items():
            if merged.setdefault(name, schema) != schema:
                raise AmbiguousName(name)
    return merged


def with_names(document: Schema, names: Mapping[str, Iterable[str]]) -> Schema:
    """Return a document whose texts that are registered names are enumerations of them.

    A type says by its title which they are: no list of them stands where the type does, because
    each package registers its own.
    """
    found = {name: {"enum": sorted(texts), "type": "string"} for name, texts in names.items()}
    document["components"]["schemas"] = merge(document["components"]["schemas"], found)
    return dict(_referring(document, names.keys()))


def _referring(node: Any, names: Iterable[str]) -> Any:
    match node:
        case {"type": "string", "title": str(name), **rest} if name in names:
            return {"$ref": REFERENCE + name, **rest}
        case dict():
            return {key: _referring(value, names) for key, value in node.items()}
        case list():
            return [_referring(value, names) for value in node]
    return node


def is_struct(kind: Any) -> bool:
    return isinstance(type_info(kind), StructType)


def public_name_of(kind: Any) -> str:
    """Return the name of a struct, or of a page of structs, in the contract."""
    if get_origin(kind) is Page:
        return f"PageOf{get_args(kind)[0].__name__}"
    return str(kind.__name__)


def fields_of(kind: Any) -> tuple[Field, ...]:
    info = type_info(kind)
    return info.fields if isinstance(info, StructType) else ()


def _structs(types: Sequence[Any]) -> Iterator[tuple[str, StructType]]:
    """Yield every struct that the types lead to, by the name msgspec gives its component."""
    for info in _reached(types):
        if isinstance(info, StructType):
            yield _component_name(info.cls), info


def _labelled(types: Sequence[Any]) -> dict[str, Schema]:
    """Return component → its `x-labels`, value → label, of enumerations that people read."""
    enums = {info.cls for info in _reached(types) if isinstance(info, EnumType)}
    return {
        kind.__name__: {"x-labels": {member.value: member.label for member in kind}}
        for kind in enums
        if issubclass(kind, Labelled)
    }


def _reached(types: Sequence[Any]) -> Iterator[Type]:
    """Yield everything that the types lead to; each struct once."""
    waiting: list[Any] = list(multi_type_info(types))
    seen: set[Any] = set()
    while waiting:
        info = waiting.pop()
        if isinstance(info, StructType):
            if info.cls in seen:
                continue
            seen.add(info.cls)
            yield info
            waiting += [field.type for field in info.fields]
            continue
        yield info
        waiting += getattr(info, "types", ())
        inner = ("item_type", "type", "key_type", "value_type")
        waiting += [getattr(info, name) for name in inner if hasattr(info, name)]


def _component_name(kind: Any) -> str:
    if not get_args(kind):
        return str(kind.__name__)
    names = ", ".join(arg.__name__ for arg in get_args(kind))
    return re.sub(r"[^\w.-]", "_", f"{get_origin(kind).__name__}[{names}]")


def _public_name(name: str, structs: dict[str, StructType]) -> str:
    """Return the name without module path or brackets. AmbiguousName unless it is unique."""
    if "." in name:  # what msgspec does when two classes are called alike
        raise AmbiguousName(name)
    return public_name_of(structs[name].cls) if name in structs else name


def _of_struct(schema: Schema, info: StructType, direction: Direction) -> Schema:
    kind = get_origin(info.cls) or info.cls
    texts = descriptions.of_fields(kind)
    always = direction is Direction.ANSWERED and not kind.__struct_config__.omit_defaults
    properties, required = {}, []
    for field in info.fields:
        found = _timed(schema["properties"][field.encode_name], field.type)
        text = texts.get(field.name) or found.pop("description", "")
        default = found.pop("default", None)
        if direction is Direction.SENT and default not in (None, [], {}):
            text = f"{text} Default: {_as_text(default)}."
        if direction is Direction.QUERIED:
            found = _given(found) | ({} if default in (None, "") else {"default": default})
        properties[field.encode_name] = {**found, "description": text} if text else found
        if field.required or (always and field.default is not msgspec.UNSET):
            required.append(field.encode_name)
    refined = {**_without_title(schema), "properties": properties, "required": required}
    refined["description"] = descriptions.of_class(kind)
    return {key: value for key, value in refined.items() if value not in ("", [])}


def _as_text(default: Any) -> str:
    values = default if isinstance(default, list) else [default]
    return ", ".join(v if isinstance(v, str) else str(v).lower() for v in values)


def _timed(schema: Schema, kind: Type) -> Schema:
    """Return a field's schema; of an instant with the format that msgspec leaves out."""
    match kind:
        case DateTimeType():
            return {**schema, "format": "date-time"}
        case Metadata():
            return _timed(schema, kind.type)
        case UnionType(types):
            inner = [k for k in types if not isinstance(k, NoneType)]
            if "anyOf" in schema and len(inner) == 1:
                parts = [_timed(s, inner[0]) if s != NULL else s for s in schema["anyOf"]]
                return {**schema, "anyOf": parts}
    return dict(schema)


def _given(schema: Schema) -> Schema:
    """Leave out null: nobody sends it in an address, who means it leaves the parameter out."""
    match schema:
        case {"anyOf": [dict() as only, {"type": "null"}], **rest}:
            return only | rest
    return schema


def _without_title(schema: Schema) -> Schema:
    """Leave out what only repeats the name of the component."""
    return {key: value for key, value in schema.items() if key != "title"}


def _tidy(schema: Any, public: dict[str, str]) -> Any:
    """Write references by public names, and "or null" as JSON Schema's short form."""
    match schema:
        case {"$ref": str(reference)}:
            name = public[reference.removeprefix(REFERENCE)]
            return {**schema, "$ref": REFERENCE + name}
        case {"anyOf": [{"type": str(kind)} as only, {"type": "null"}], **rest} if (
            "enum" not in only
        ):
            return _tidy({**only, **rest, "type": [kind, "null"]}, public)
        case {"enum": [str(), *_]} if "type" not in schema:
            return {**schema, "type": "string"}
        case dict():
            return {key: _tidy(value, public) for key, value in schema.items()}
        case list():
            return [_tidy(value, public) for value in schema]
    return schema
