"""The contract is generated, valid, complete and the same as the checked copy."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate

from handlers.http.contract import Access, Contract, Route
from handlers.http.statuses import codes_by_status, known_codes, status_of
from server import ops
from server.app import ROUTES
from server.contract import document
from services.kernel.errors import DomainError
from services.kernel.permissions import Permission
from tests.build.wire import answered, head
from tests.build.world import Api, World

PUBLIC = {
    "/",
    "/api/v1/sessions/wechat",
    "/api/v1/sessions/refresh",
    "/api/v1/browser-sign-ins",
    "/api/v1/browser-sign-ins/{sign_in_id}/code",
    "/api/v1/browser-sign-ins/{sign_in_id}/session",
    "/api/v1/privacy/policies",
    "/api/v1/erasures/{erasure_id}",
    "/api/v1/homes/{home}/heads",
    "/wx/pay/notify/{account}",
    "/wx/pay/combined-notify/{account}",
    "/wx/pay/refund-notify/{account}",
    "/wx/push",
    "/wx/push/service-account",
    "/exports/{export_id}",
    "/photos/{photo_id}",
    "/c/{token}",
    "/r/{repair_id}",
    "/v/{token}",
    "/api/v1/receipt-checks/{token}",
    "/open311/v2/services.json",
    "/open311/v2/services/{service_code}.json",
    "/open311/v2/requests.json",
    "/open311/v2/requests/{request_id}.json",
    "/openapi.json",
    "/docs",
    "/docs/{asset}",
    "/healthz",
}


@cache
def made() -> dict[str, object]:
    return document(ROUTES)


def test_the_document_is_valid_openapi() -> None:
    validate(msgspec.json.decode(msgspec.json.encode(made())))


def test_every_route_has_a_contract() -> None:
    assert all(route.contracts() for route in ROUTES)


def test_every_operation_says_what_it_does() -> None:
    assert all(c.summary for route in ROUTES for c in route.contracts().values())


OPERATIONS = [
    (route, verb, contract) for route in ROUTES for verb, contract in route.contracts().items()
]


def test_every_enumeration_says_what_its_values_are_called() -> None:
    schemas = msgspec.json.decode(msgspec.json.encode(made()))["components"]["schemas"]
    enums = {name: schema for name, schema in schemas.items() if "enum" in schema}
    said = {name: schema["x-labels"] for name, schema in enums.items() if "x-labels" in schema}
    assert said["FeeKind"] == {"property_fee": "物业费", "waste_fee": "生活垃圾处理费"}
    assert said["Role"]["cashier"] == "物业收费员"
    assert enums.keys() - said.keys() == {"TemplateKey"}, "a message carries its title itself"
    for name, labels in said.items():
        assert sorted(labels) == sorted(enums[name]["enum"]), name
        assert all(labels.values()), name


@pytest.mark.parametrize(
    ("route", "verb", "contract"), OPERATIONS, ids=lambda v: getattr(v, "path", "")
)
def test_every_failure_is_documented(route: Route, verb: str, contract: Contract) -> None:
    unknown = set(contract.errors) - known_codes().keys()
    assert not unknown, "no class of services.kernel.errors has this code"
    found = codes_by_status(route.path, verb, contract)
    for code in contract.errors:
        assert code in found[known_codes()[code]]
    assert {429, 503} <= found.keys()
    if contract.needs is not Access.PUBLIC:
        assert found[401] == ["access_token_expired", "unauthenticated"]
    if isinstance(contract.needs, Permission):
        assert "forbidden" in found[403]
    if contract.asks_again:
        assert "confirmation_needed" in found[403]
    if "{" in route.path:
        assert "not_found" in found[404]
    paths: Any = made()["paths"]
    answers = paths[route.path][verb]["responses"]
    assert "default" not in answers
    failures = {int(status): codes_of(a) for status, a in answers.items() if status >= "400"}
    assert failures == found


def codes_of(answer: dict[str, str]) -> list[str]:
    """Return the codes that the answer's schema allows.

    WeChat's log, and a city's system, are told them in words.
    """
    shared = resolved(answer)
    (content,) = shared["content"].values()
    found = sorted(codes_in(content["schema"]))
    in_words = found == ["FAIL"] or content["schema"].get("type") == "array"
    return shared["description"].split(", ") if in_words else found


def codes_in(schema: dict[str, Any]) -> Iterator[str]:
    schema = resolved(schema)
    yield from schema.get("properties", {}).get("code", {}).get("enum", ())
    for part in [*schema.get("oneOf", ()), *schema.get("allOf", ())]:
        yield from codes_in(part)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference into the document."""
    if "$ref" not in node:
        return node
    found: Any = made()
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def test_a_code_has_one_status() -> None:
    """Clients tell failures apart by their code: it means the same everywhere."""
    assert "bill_already_paid" in known_codes()
    for kind in _kinds(DomainError):
        assert known_codes()[kind.code] == status_of(kind), kind


def _kinds(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for found in kind.__subclasses__():
        yield found
        yield from _kinds(found)


def test_only_these_routes_are_public() -> None:
    public = {
        route.path
        for route in ROUTES
        for contract in route.contracts().values()
        if contract.needs is Access.PUBLIC
    }
    assert public == PUBLIC


def test_the_checked_copy_is_current() -> None:
    copy = Path(__file__).parents[2] / "deploy" / "openapi.json"
    assert msgspec.json.decode(copy.read_bytes()) == msgspec.json.decode(
        msgspec.json.encode(made())
    ), "run make generated"


CLOSED = [
    (route, verb)
    for route in ROUTES
    for verb, contract in route.contracts().items()
    if contract.needs is not Access.PUBLIC
]


async def test_every_route_refuses_a_stranger(api: Api) -> None:
    """Whatever they send, right or wrong: who they are comes first."""
    for route, verb in CLOSED:
        path = route.path.replace("{", "").replace("}", "")
        body = None if verb in {"get", "delete"} else b"{}"
        reply = await api.call(verb.upper(), path, body)
        assert (reply.status, reply.code) == (401, "unauthenticated"), (verb, path)


async def test_the_page_needs_nothing_from_elsewhere(api: Api) -> None:
    page = await api.get("/docs", as_=None)
    assert page.status == 200
    assert b"make token AS=resident" in page.raw
    assert b"persistAuthorization: true" in page.raw
    assert b"//" not in page.raw.replace(b"<!doctype", b"")
    for asset in ops.ASSETS:
        assert (await api.get(f"/docs/{asset}", as_=None)).status == 200
    assert (await api.get("/docs/..%2Fops.py", as_=None)).status == 404


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/", "/docs/swagger-ui.css"])
async def test_what_does_not_change_is_made_once_and_sent_once(
    api: Api, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    first = await api.get(path, as_=None)
    monkeypatch.setattr("gzip.compress", None)
    monkeypatch.setattr("server.ops.document", None)
    kept = {"If-None-Match": first.headers["Etag"]}
    again = await api.call("GET", path, None, headers=kept)
    assert (again.status, again.raw) == (304, b"")
    assert (first.headers["Cache-Control"], first.headers["Vary"]) == (
        "no-cache",
        "Accept-Encoding",
    )
    assert first.headers["X-Consumed-Content-Encoding"] == "gzip"
    assert first.headers["Etag"].endswith('-gzip"')  # not worked out anew from the bytes
    plain = await answered(api.base, head("GET", path, {"Connection": "close"}))
    assert plain.endswith(b"\r\n\r\n" + first.raw)
    assert first.headers["Etag"].encode() not in plain  # other bytes, another name
    changed = await api.call("GET", path, None, headers={"If-None-Match": '"old"'})
    assert (changed.status, changed.raw) == (200, first.raw)


async def test_whoever_opens_the_address_is_shown_around(api: Api) -> None:
    home = await api.get("/", as_=None)
    assert (home.status, b"docs" in home.raw) == (200, True)
    head = await api.call("HEAD", "/docs", None)
    assert (head.status, head.raw) == (200, b"")
    assert (await api.call("HEAD", "/api/v1/me", None)).status == 401
    assert (await api.call("HEAD", "/wx/pay/notify/firm", None)).status == 405


async def test_alive_ready_and_figures(world: World) -> None:
    for port in (world.api, world.operator):
        assert (await port.get("/healthz", as_=None)).body == {"status": "ok"}
    ready = await world.operator.get("/readyz", as_=None)
    assert (ready.status, ready.body["mongodb"], ready.body["redis"]) == (200, "ok", "ok")
    figures = await world.operator.get("/metrics", as_=None)
    assert b"outbox_jobs" in figures.raw


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_what_is_the_operators_is_not_on_the_street(api: Api, path: str) -> None:
    assert (await api.get(path, as_=None)).status == 404


async def test_a_body_too_long_to_be_a_question_is_refused(api: Api) -> None:
    reply = await api.call("POST", "/api/v1/sessions/wechat", b" " * (1024 * 1024 + 1))
    assert (reply.status, reply.code) == (413, "too_large")


BODIES = [
    (route.path, contract)
    for route in ROUTES
    for contract in route.contracts().values()
    if contract.body not in {None, bytes}
]


@pytest.mark.parametrize(
    ("path", "contract"), BODIES, ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_example_would_be_accepted(path: str, contract: Contract) -> None:
    assert contract.example is not None, path
    sent = msgspec.json.encode(contract.example)
    assert msgspec.json.decode(sent, type=contract.body) == contract.example
