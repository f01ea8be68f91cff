"""The OpenAPI 3.1 document, read off the routes and their contracts."""

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from handlers.contract import Access, Contract, Download, Route
from handlers.problems import Problem
from handlers.statuses import codes_by_status

MODELS: Final = "#/components/schemas/{name}"
PROBLEM: Final = "application/problem+json"
BEARER: Final = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
# An upload may also come as a form with one file: wx.uploadFile, browsers.
FORM: Final = {
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
}
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
    "description": "Same key and same request: the first answer again. Other request: 422.",
}


def document(routes: Sequence[Route], *, title: str, version: str) -> dict[str, Any]:
    contracts = [(route, verb, c) for route in routes for verb, c in route.contracts().items()]
    failures = [failure_of(route) for route in routes]
    found = [Problem, *failures, *(t for _, _, c in contracts for t in _types(c))]
    types = list(dict.fromkeys(found))
    schemas, components = msgspec.json.schema_components(types, ref_template=MODELS)
    for schema in components.values():
        if "description" in schema:  # Python 3.13 dedents docstrings, 3.11 does not
            schema["description"] = inspect.cleandoc(schema["description"])
    schema_of = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route, verb, contract in contracts:
        operation = _operation(route, verb, contract, schema_of, components)
        paths.setdefault(route.path, {})[verb] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"bearer": BEARER}},
    }


def _types(contract: Contract) -> Iterator[Any]:
    if contract.returns not in {Download, type(None)}:
        yield contract.returns
    yield from contract.path.values()
    if contract.body is not bytes:
        yield from filter(None, [contract.body])
    yield from filter(None, [contract.query])


def _operation(
    route: Route,
    verb: str,
    contract: Contract,
    schema_of: dict[Any, Any],
    components: dict[str, Any],
) -> dict[str, Any]:
    signed_in = contract.needs is not Access.PUBLIC
    return {
        "operationId": f"{verb}_{re.sub(r'[^a-z0-9]+', '_', route.path.lower()).strip('_')}",
        "summary": contract.summary.split("\n")[0],
        "description": contract.summary,
        "tags": [re.sub(r"^/(api/v1/)?", "", route.path).split("/")[0] or "root"],
        "x-needs": contract.needs,
        "security": [{"bearer": []}] if signed_in else [],
        "parameters": _parameters(verb, contract, schema_of, components),
        **_request_body(contract, schema_of),
        "responses": {
            **_answers(contract, schema_of),
            **_failures(route, verb, contract, schema_of),
        },
    }


def _failures(
    route: Route, verb: str, contract: Contract, schema_of: dict[Any, Any]
) -> dict[str, Any]:
    """Return every status an operation can fail with, and the stable codes of each."""
    shape = failure_of(route)
    media_type = PROBLEM if shape is Problem else "application/json"
    return {
        str(status): {
            "description": ", ".join(codes),
            "content": {media_type: {"schema": schema_of[shape]}},
            "x-codes": codes,
        }
        for status, codes in codes_by_status(route.path, verb, contract).items()
    }


def failure_of(route: Route) -> Any:
    """Return the shape of a handler's failures: ours, unless it says another's."""
    return getattr(route.handler, "failure", Problem)


def _parameters(
    verb: str, contract: Contract, schema_of: dict[Any, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": schema_of[kind]}
        for name, kind in contract.path.items()
    ]
    if contract.query:
        # by its reference: two modules may name theirs alike
        query = components[schema_of[contract.query]["$ref"].rpartition("/")[2]]
        required = query.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in query["properties"].items()
        ]
    if verb == "post" and contract.is_kept:
        found.append(IDEMPOTENCY_KEY)
    return found


def _request_body(contract: Contract, schema_of: dict[Any, Any]) -> dict[str, Any]:
    if contract.body is bytes:
        schema: Any = {"type": "string", "format": "binary"}
        content = {contract.media_type: {"schema": schema}}
        if contract.needs is not Access.PUBLIC:
            content["multipart/form-data"] = {"schema": {"type": "object", **FORM}}
    elif contract.body:
        example = {"example": msgspec.to_builtins(contract.example)}
        content = {"application/json": {"schema": schema_of[contract.body], **example}}
    else:
        return {}
    return {"requestBody": {"required": True, "content": content}}


def _answers(contract: Contract, schema_of: dict[Any, Any]) -> dict[str, Any]:
    if contract.returns is type(None):
        return {"204": {"description": "Done."}}
    if contract.returns is Download:
        is_json = contract.media_type.startswith("application/json")
        schema: Any = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
        content = {contract.media_type: {"schema": schema}}
    else:
        content = {"application/json": {"schema": schema_of[contract.returns]}}
    return {str(contract.status): {"description": "OK", "content": content}}
