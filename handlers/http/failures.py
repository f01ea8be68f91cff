"""Failures in the OpenAPI document: each answer once, with its codes and their details."""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final, get_args, get_origin

import msgspec

from handlers.http.contract import Contract, Route
from handlers.http.problems import Problem
from handlers.http.schemas import REFERENCE, Direction, Schema, fields_of, merge, schemas_of
from handlers.http.statuses import OUTAGE, codes_by_status, error_classes
from services.kernel.errors import RetryAfter

PROBLEM: Final = "application/problem+json"
RESPONSES: Final = "#/components/responses/"
_WAIT: Final = {
    "description": "Seconds to wait before asking again, as `retry_after_seconds` says too.",
    "schema": {"type": "integer", "minimum": 0},
}
HEADERS: Final = {"RetryAfter": {"required": True, **_WAIT}, "RetryAfterOrNot": _WAIT}
MOST_CODES_IN_A_NAME: Final = 2


def details_by_code() -> dict[str, type[msgspec.Struct]]:
    """Return stable code → type of its details, of the codes that carry any."""
    found = {kind.code: kind.declared_details() for kind in error_classes()}
    found[OUTAGE[1]] = RetryAfter
    return {code: kind for code, kind in found.items() if kind is not None}


class Failures:
    """The failures of all operations. `responses`, `schemas`: what they share, by name."""

    def __init__(self, operations: Sequence[tuple[Route, str, Contract]]) -> None:
        self.responses: dict[str, Schema] = {}
        self._names: dict[tuple[Any, ...], str] = {}
        self._codes: dict[tuple[str, str], dict[int, list[str]]] = {}
        for route, verb, contract in operations:
            found = codes_by_status(route.path, verb, contract)
            self._codes[route.path, verb] = found
            for status, codes in found.items():
                self._share(shape_of(route), status, codes, contract.operation)
        told = {c for found in self._codes.values() for codes in found.values() for c in codes}
        self.schemas = merge(dict(_problems(told)), _details(told))

    def of(self, route: Route, verb: str) -> Schema:
        """Return status → reference to the answer, for all an operation can fail with."""
        return {
            str(status): {"$ref": RESPONSES + self._names[shape_of(route), status, *codes]}
            for status, codes in self._codes[route.path, verb].items()
        }

    def _share(self, shape: Any, status: int, codes: list[str], operation: str) -> None:
        key = (shape, status, *codes)
        if key not in self._names:
            name = self._names[key] = _response_name(shape, status, codes, operation)
            self.responses = merge(self.responses, {name: _response(shape, codes)})


def shape_of(route: Route) -> Any:
    """Return the shape of a handler's failures: ours, unless it says another's."""
    return getattr(route.handler, "failure", Problem)


def _problems(codes: Iterable[str]) -> Iterator[tuple[str, Schema]]:
    """Yield the component of each code that has details: its problem, with them typed."""
    details = details_by_code()
    for code in sorted(set(codes) & details.keys()):
        described = {"$ref": REFERENCE + details[code].__name__}
        yield (
            problem_name(code),
            {
                "allOf": [{"$ref": REFERENCE + Problem.__name__}],
                "properties": {"code": {"enum": [code]}, "details": described},
            },
        )


def _details(codes: Iterable[str]) -> dict[str, Schema]:
    details = details_by_code()
    types = [details[code] for code in sorted(set(codes) & details.keys())]
    _, components = schemas_of(list(dict.fromkeys(types)), Direction.SENT)
    return components


def problem_name(code: str) -> str:
    return f"{_pascal(code)}{Problem.__name__}"


def _response(shape: Any, codes: Sequence[str]) -> Schema:
    """Return the answer of an operation that fails with one of these codes, of one status."""
    if shape is not Problem:
        schema: Schema = {"$ref": REFERENCE + _name_of(shape)}
        if get_origin(shape) is list:
            schema = {"type": "array", "items": schema}
        media_type = "application/json"
        headers = {}
    else:
        schema, media_type, headers = _schema(codes), PROBLEM, _headers(codes)
    content = {media_type: {"schema": schema}}
    return {"description": ", ".join(codes), **headers, "content": content}


def _name_of(shape: Any) -> str:
    """Return the name of a shape, or of what it is a list of."""
    [kind] = get_args(shape) or [shape]
    return str(kind.__name__)


def _response_name(shape: Any, status: int, codes: Sequence[str], operation: str) -> str:
    """Name an answer after its codes, or after the first operation that has so many of them."""
    kind = "" if shape is Problem else _name_of(shape)
    if len(codes) <= MOST_CODES_IN_A_NAME:
        return kind + "Or".join(_pascal(code) for code in codes)
    return (
        kind + operation[0].upper() + operation[1:] + _pascal(HTTPStatus(status).name.lower())
    )


def _schema(codes: Sequence[str]) -> Schema:
    """Tell the codes apart: a client that compares `code` knows what `details` holds."""
    detailed = [code for code in codes if code in details_by_code()]
    plain = [code for code in codes if code not in detailed]
    kinds: list[Schema] = [{"$ref": REFERENCE + problem_name(code)} for code in detailed]
    if plain:
        base = {"$ref": REFERENCE + Problem.__name__}
        kinds.insert(0, {"allOf": [base], "properties": {"code": {"enum": plain}}})
    return kinds[0] if len(kinds) == 1 else {"oneOf": kinds}


def _headers(codes: Sequence[str]) -> Schema:
    """Declare Retry-After where one of the codes sends it; required where all of them do."""
    details = details_by_code()
    fields = [
        field
        for code in codes
        if code in details
        for field in fields_of(details[code])
        if field.name == "retry_after_seconds"
    ]
    if not fields:
        return {}
    if len(fields) == len(codes) and all(field.required for field in fields):
        return {"headers": {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}}
    return {"headers": {"Retry-After": {"$ref": "#/components/headers/RetryAfterOrNot"}}}


def _pascal(code: str) -> str:
    return "".join(part.capitalize() for part in code.split("_"))
