"""Parameters in the OpenAPI document; one that several operations share stands once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from handlers.http.contract import Contract
from handlers.http.ranges import Ranged
from handlers.http.schemas import REFERENCE, Direction, Schema, schemas_of

PARAMETERS: Final = "#/components/parameters/"
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
    "description": "Same key and same request: the first answer again. Other request: 422.",
}

LAST_EVENT_ID: Final = {
    "name": "Last-Event-ID",
    "in": "header",
    "schema": {"type": "string", "maxLength": 100},
    "description": "Of a stream: id of the last event that was heard; only news is told.",
}
RANGE: Final = {
    "name": "Range",
    "in": "header",
    "schema": {"type": "string", "maxLength": 100},
    "description": "One part of the file, e.g. bytes=0-1023 (RFC 9110, 14.2); else all of it.",
}


class Parameters:
    """The parameters of all operations. `schemas`: what their types lead to."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        queries = [c.query for c in contracts if c.query]
        paths = [kind for c in contracts for kind in c.path.values()]
        types = list(dict.fromkeys([*queries, *paths]))
        self._schema_of, self._components = schemas_of(types, Direction.QUERIED)
        inlined = {self._schema_of[query]["$ref"] for query in queries}
        self.schemas = {
            name: schema
            for name, schema in self._components.items()
            if REFERENCE + name not in inlined
        }

    def of(self, verb: str, contract: Contract) -> Iterator[Schema]:
        """Yield an operation's parameters: of the path, the query, and the idempotency key."""
        for name, kind in contract.path.items():
            yield _parameter(name, "path", self._schema_of[kind], required=True)
        if contract.query:
            reference = self._schema_of[contract.query]["$ref"]
            query = self._components[reference.removeprefix(REFERENCE)]
            for name, schema in query["properties"].items():
                required = name in query.get("required", [])
                yield _parameter(name, "query", schema, required=required)
        if verb == "post" and contract.is_kept:
            yield IDEMPOTENCY_KEY
        if contract.returns is Ranged:
            yield RANGE
        if contract.has_events:
            yield LAST_EVENT_ID


def shared(operations: Sequence[dict[str, Any]]) -> dict[str, Schema]:
    """Take out of the operations each parameter that several have; return it by its name."""
    uses = Counter(_key(p) for operation in operations for p in operation["parameters"])
    names: dict[bytes, str] = {}
    found: dict[str, Schema] = {}
    for operation in operations:
        for place, parameter in enumerate(operation["parameters"]):
            key = _key(parameter)
            if uses[key] == 1:
                continue
            if key not in names:
                names[key] = _free_name(parameter, found)
                found[names[key]] = parameter
            operation["parameters"][place] = {"$ref": PARAMETERS + names[key]}
    return found


def _key(parameter: Schema) -> bytes:
    return msgspec.json.encode(parameter, order="sorted")


def _free_name(parameter: Schema, taken: dict[str, Schema]) -> str:
    """Name it after itself, and after its default where another one differs only in that."""
    name = "".join(
        p[:1].upper() + p[1:] for p in parameter["name"].replace("-", "_").split("_")
    )
    if name in taken and "default" in parameter["schema"]:
        name += str(parameter["schema"]["default"]).capitalize()
    while name in taken:
        name += "Too"
    return name


def _parameter(name: str, where: str, schema: Schema, *, required: bool) -> Schema:
    """Return a parameter; its description stands beside its schema and not in it."""
    inner = {key: value for key, value in schema.items() if key != "description"}
    text = schema.get("description", "")
    needed = {"required": True} if required else {}
    return {"name": name, "in": where, **needed, "schema": inner, "description": text}
