"""Audit over HTTP: who reads it, what they see, and that they can change nothing."""

import asyncio
import re
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.app import ROUTES as ALL_ROUTES
from services.kernel.permissions import Permission
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, Estate
from tests.build.deeds import ELSEWHERE, FORGIVEN, Ask, audited, auditor, ordered, send, voided
from tests.build.sign_ins import Member

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]


async def read(estate: Estate, who: Member, query: str = "") -> list[dict[str, Any]]:
    reply = await estate.world.api.get(f"/api/v1/audit?limit=100&{query}", as_=who)
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def test_an_auditor_reads_the_rows_of_their_places(estate: Estate) -> None:
    void, payment = await voided(estate), await ordered(estate)
    staff, li = await estate.member("staff"), await estate.member("li")
    waste = await estate.bill_ids("li", "waste_fee")
    made = (await send(estate, Ask(payment.path, {"bill_ids": waste}), li)).body
    await send(estate, void, staff)
    community, city = await auditor(estate, "community"), await auditor(estate, "city")
    elsewhere = await auditor(estate, "elsewhere")

    assert {row["place"] for row in await read(estate, elsewhere)} == {ELSEWHERE}
    seen = await read(estate, community)
    assert {row["act"] for row in seen} >= {"fee.bill_voided", "payment.ordered"}
    assert all(row["place"].startswith(COMMUNITY) for row in seen)
    everything = await read(estate, city)
    assert {"", COMPOUND, LI_HOME} <= {row["place"] for row in everything}
    assert "session.signed_in" in {row["act"] for row in everything if not row["place"]}

    [row] = await read(estate, community, f"subject={made['payment_id']}")
    assert (row["act"], row["person_id"]) == ("payment.ordered", li.person_id)
    assert row["facts"] == {"bills": waste, "amount_fen": 1000}
    [row] = await read(estate, community, f"person={staff.person_id}")
    assert (row["act"], row["subject"]) == ("fee.bill_voided", void.subject)
    [row] = await read(estate, community, "act=payment.ordered")
    assert row["subject"] == made["payment_id"]
    assert await read(estate, elsewhere, f"subject={made['payment_id']}") == []


async def test_the_audit_comes_in_pages_without_gaps(estate: Estate) -> None:
    staff = await estate.member("staff")
    voids = []
    for name in ("li", "wang", "sun"):
        for owed in await estate.bills(name):
            await estate.world.advance(seconds=1)
            ask = Ask(f"/api/v1/bills/{owed['bill_id']}/void", FORGIVEN)
            assert (await send(estate, ask, staff)).status == 200
            voids.append(owed["bill_id"])
    community = await auditor(estate, "community")
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        path = f"/api/v1/audit?limit=5&act=fee.bill_voided&cursor={cursor}"
        reply = await estate.world.api.get(path, as_=community)
        seen += [row["subject"] for row in reply.body["items"]]
        cursor = reply.body["next_cursor"]
    assert seen == voids[::-1]


async def test_reading_the_audit_is_audited_without_what_was_typed(estate: Estate) -> None:
    community = await auditor(estate, "community")
    path = "/api/v1/audit?person=13900000001&subject=x&act=fee.bill_voided"
    assert (await send(estate, Ask(path, method="GET"), community)).status == 200
    [row] = await audited(estate)
    assert (row["act"], row["facts"]) == (
        "audit.read",
        {"rows": 0, "by": ["act", "person", "subject"]},
    )
    assert "13900000001" not in str(row)


async def test_who_runs_the_system_does_not_read_its_audit(estate: Estate) -> None:
    for name in ("admin", "staff", "head", "li"):
        ask = Ask("/api/v1/audit", method="GET")
        assert (await send(estate, ask, await estate.member(name))).status == 403


GUARDED = [
    (route, verb)
    for route in ALL_ROUTES
    for verb, contract in route.contracts().items()
    if isinstance(contract.needs, Permission) and contract.needs is not Permission.READ_AUDIT
]


PARTS = 3  # nobody may be refused as often as there are routes within one hour


@pytest.mark.parametrize("part", range(PARTS))
async def test_an_auditor_does_nothing_else(estate: Estate, part: int) -> None:
    city = await auditor(estate, "city")
    for route, verb in GUARDED[part::PARTS]:
        path = route.path.replace("{", "").replace("}", "")
        ask = Ask(path, method=verb.upper())
        body = None if verb in {"get", "delete"} else b"{}"
        reply = await estate.world.api.call(ask.method, ask.path, body, as_=city)
        assert reply.status == 403, (verb, route.path)


@pytest.mark.parametrize(
    "value", [b"a\x1b[31mred", b"a\tb", b"a b", b"\xc3\xa9", b"x" * 65, b"<script>", b"a\x7f"]
)
async def test_nothing_odd_reaches_a_row_or_a_log_line(estate: Estate, value: bytes) -> None:
    """Control characters in a header would forge lines, or colours, on an operator's screen."""
    li = await estate.member("li")
    host, _, port = estate.world.api.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with capture_logs() as logs:
        writer.write(
            b"GET /api/v1/audit HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Authorization: Bearer " + li.token.encode() + b"\r\n"
            b"User-Agent: " + value + b"\r\nX-Request-Id: " + value + b"\r\n\r\n"
        )
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))
    for row in await estate.world.db.audit.find({"person": li.person_id}).to_list():
        assert re.fullmatch(r"[0-9A-Za-z_-]{1,64}", row["request_id"])
        assert value.decode("latin-1") not in str(row)
    assert value.decode("latin-1") not in str(logs)
    assert value not in answer


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        (f"place={ELSEWHERE}", 404, "not_found"),
        ("place=cc", 404, "not_found"),
        ("at_from=2026-02-30", 422, "invalid_input"),
        ("result=maybe", 422, "invalid_input"),
        ("cursor=AAAA", 422, "invalid_input"),
    ],
)
async def test_what_no_auditor_of_the_community_can_ask(
    estate: Estate, query: str, status: int, code: str
) -> None:
    community = await auditor(estate, "community")
    reply = await estate.world.api.get(f"/api/v1/audit?{query}", as_=community)
    assert (reply.status, reply.code) == (status, code)
