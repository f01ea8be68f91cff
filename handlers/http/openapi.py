"""The OpenAPI 3.1 document, read off the routes and their contracts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from handlers.http import examples, failures, parameters, schemas
from handlers.http.contract import Access, Contract, Route
from handlers.http.downloads import Download
from handlers.http.problems import Problem
from handlers.http.ranges import Ranged
from handlers.http.schemas import Direction, Schema
from handlers.http.tags import described, tag_of

BEARER: Final = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "Access token of a session: `access_token` as createSession (mini-program) "
    "or createBrowserSession (browser) answers it. In the demo, `make token AS=resident` "
    "prints one; AS=admin, AS=staff, AS=unit … sign in as others.",
}
SERVERS: Final = [{"url": "/", "description": "The server that gave out this document."}]
# An upload may also come as a form with one file: wx.uploadFile, browsers.
FORM: Final = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "The one file to upload."}
    },
    "required": ["file"],
}
# An answer that can be followed: handlers/http/streams.py.
EVENTS: Final = {
    "text/event-stream": {
        "schema": {
            "type": "string",
            "description": "Server-sent events (WHATWG HTML, 9.2). The data of each is the "
            "JSON answer, told again when it has changed, at most once a second; a comment "
            "every few seconds. The stream ends with the last change, after some minutes, or "
            "when the session or the right to see it ends.",
        }
    }
}
HEARD: Final = {"204": {"description": "The last event was heard already: do not come back."}}
Operation = tuple[Route, str, Contract]


def document(
    routes: Sequence[Route], *, title: str, version: str, names: Mapping[str, Iterable[str]]
) -> dict[str, Any]:
    """Return the document of these routes.

    `names`: title of a type that is a text → the texts that are registered as it.
    """
    operations = [(route, verb, c) for route in routes for verb, c in route.contracts().items()]
    contracts = [contract for _, _, contract in operations]
    asked = parameters.Parameters(contracts)
    sent_types = list(dict.fromkeys(c.body for c in contracts if _is_typed(c.body)))
    sent, sent_schemas = schemas.schemas_of(sent_types, Direction.SENT)
    answered, answer_schemas = schemas.schemas_of(_answered(operations), Direction.ANSWERED)
    failed = failures.Failures(operations)
    paths: dict[str, dict[str, Any]] = {}
    for route, verb, contract in operations:
        paths.setdefault(route.path, {})[verb] = {
            **_heading(route, contract),
            "parameters": list(asked.of(verb, contract)),
            **_request_body(contract, sent),
            "responses": {**_answer(contract, answered), **failed.of(route, verb)},
        }
    shared = parameters.shared([o for verbs in paths.values() for o in verbs.values()])
    made = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "servers": SERVERS,
        "security": [{"bearer": []}],  # of every operation that does not say otherwise
        "tags": [{"name": n, "description": d} for n, d in described(routes).items()],
        "paths": paths,
        "components": {
            "schemas": schemas.merge(
                asked.schemas, sent_schemas, _exemplified(answer_schemas), failed.schemas
            ),
            "parameters": shared,
            "headers": failures.HEADERS,
            "responses": failed.responses,
            "examples": examples.components(_json_answers(contracts)),
            "securitySchemes": {"bearer": BEARER},
        },
    }
    return schemas.with_names(made, names)


def _is_typed(kind: Any) -> bool:
    return kind not in {None, bytes, Download, Ranged, type(None)}


def _json_answers(contracts: Sequence[Contract]) -> list[Any]:
    return list(dict.fromkeys(c.returns for c in contracts if _is_typed(c.returns)))


def _answered(operations: Sequence[Operation]) -> list[Any]:
    shapes = [failures.shape_of(route) for route, _, _ in operations]
    return list(dict.fromkeys([Problem, *shapes, *_json_answers([c for *_, c in operations])]))


def _exemplified(answers: dict[str, Schema]) -> dict[str, Schema]:
    """Show one problem; each failure would repeat it with another code."""
    problem = answers[Problem.__name__] | {"examples": [examples.example_of(Problem)]}
    return answers | {Problem.__name__: problem}


def _heading(route: Route, contract: Contract) -> Schema:
    summary, _, more = contract.summary.partition("\n")
    return {
        "operationId": contract.operation,
        "summary": summary,
        **({"description": contract.summary} if more else {}),
        "tags": [tag_of(route.path)],
        "x-needs": contract.needs,
        **({"security": []} if contract.needs is Access.PUBLIC else {}),
    }


def _request_body(contract: Contract, sent: dict[Any, Schema]) -> Schema:
    if contract.body is bytes:
        content: Schema = {
            contract.media_type: {"schema": {"type": "string", "format": "binary"}}
        }
        if contract.needs is not Access.PUBLIC:
            content["multipart/form-data"] = {"schema": FORM}
    elif contract.body:
        example = {"example": msgspec.to_builtins(contract.example)}
        content = {"application/json": {"schema": sent[contract.body], **example}}
    else:
        return {}
    return {"requestBody": {"required": True, "content": content}}


def _answer(contract: Contract, answered: dict[Any, Schema]) -> Schema:
    if contract.returns is type(None):
        return {"204": {"description": "Done."}}
    if contract.returns in {Download, Ranged}:
        is_json = contract.media_type.startswith("application/json")
        schema: Schema = (
            {"type": "object"} if is_json else {"type": "string", "format": "binary"}
        )
        content: Schema = {contract.media_type: {"schema": schema}}
    else:
        shown = examples.of(contract.returns)
        content = {"application/json": {"schema": answered[contract.returns], **shown}}
    if contract.has_events:
        return {
            str(contract.status): {"description": "OK", "content": content | EVENTS},
            **HEARD,
        }
    if contract.returns is Ranged:
        part = {"description": "The part that was asked for", "content": content}
        return {str(contract.status): {"description": "OK", "content": content}, "206": part}
    return {str(contract.status): {"description": "OK", "content": content}}
