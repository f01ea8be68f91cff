"""No string of a request is free: each has a shared type, or a pattern of its own.

Walked over the contract, so that the next field of the next request is walked too. Ids in paths
are looked up and never kept, and what WeChat calls us with is not ours to type.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest

from server.app import ROUTES
from server.contract import document
from tests.build.cast import Estate
from tests.build.deeds import FORGIVEN, Ask, send

CONTRACT: Final[dict[str, Any]] = msgspec.to_builtins(document(ROUTES))
NEVER: Final = ("a\x00b", "a\x1bb", "a\x7f", "a\u061cb", "a\u202eb", "a\u2066b", "a\u2028b")
UNSEEN: Final = ("\u200b", "\u3000", "\u3164", "\u2800", "\xad", "\ufeff", "\U000e0041")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = CONTRACT["components"]["schemas"][name]
    return schema


def strings(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every string that a value of this schema may hold."""
    schema = resolved(schema)
    if schema.get("type") == "string" and "enum" not in schema and "const" not in schema:
        yield path, schema
    for name, field in schema.get("properties", {}).items():
        yield from strings(field, f"{path}.{name}")
    for part in [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        yield from strings(part, path)
    if "items" in schema:
        yield from strings(schema["items"], f"{path}[]")


def sent() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the strings of all bodies in JSON."""
    for route, verbs in CONTRACT["paths"].items():
        for verb, operation in verbs.items():
            if route.startswith("/wx/"):
                continue
            content = operation.get("requestBody", {}).get("content", {})
            if body := content.get("application/json", {}).get("schema"):
                yield from strings(body, f"{verb} {route} ")


def asked() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the strings of all queries but WeChat's own."""
    for route, verbs in CONTRACT["paths"].items():
        for verb, operation in verbs.items():
            for parameter in operation.get("parameters", ()):
                if parameter.get("in") == "query" and not route.startswith("/wx/"):
                    name = f"{verb} {route} ?{parameter['name']}"
                    yield from strings(parameter["schema"], name)


def refuses(schema: dict[str, Any], text: str) -> bool:
    """Tell whether a text is not taken: an instant is read, and no other text is one."""
    if schema.get("format") == "date-time":
        return True
    return "pattern" in schema and not re.search(schema["pattern"], text)


def test_every_string_of_a_body_shows_what_it_says() -> None:
    found = dict(sent())
    assert len(found) > 20
    bad = (*NEVER, *UNSEEN, "\x00", " ")
    assert [name for name, s in found.items() if not all(refuses(s, t) for t in bad)] == []


def test_every_string_of_a_query_is_free_of_controls() -> None:
    found = dict(asked())
    assert found
    assert [name for name, s in found.items() if not all(refuses(s, t) for t in NEVER)] == []


@pytest.mark.billed("2026-01")
async def test_a_bill_is_not_voided_for_a_reason_that_nobody_reads(estate: Estate) -> None:
    [bill_id, *_] = await estate.bill_ids("li")
    staff = await estate.member("staff")
    for reason in (*NEVER, *UNSEEN, "第一行\n第二行"):
        void = Ask(f"/api/v1/bills/{bill_id}/void", FORGIVEN | {"reason": reason})
        reply = await send(estate, void, staff)
        assert (reply.status, reply.body.get("code")) == (422, "invalid_input"), ascii(reason)
