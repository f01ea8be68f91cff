"""Each act on fees, bills, registers and money leaves one row, in its own transaction."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from server.app import ROUTES as ALL_ROUTES
from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.audit import store
from services.audit.verification import actions as verification
from services.kernel.acts import Act
from services.kernel.permissions import Role
from tests.build import (
    agreed_services,
    bank_statements,
    bill_notes,
    counter_payments,
    deposits,
    instalments,
    late_charges,
    merchants,
    meters,
    payees,
    payment_links,
    prepayment_returns,
    reconciliations,
    reductions,
    refund_requests,
    shared_costs,
)
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    UNIT,
    Estate,
    bill,
)
from tests.build.deeds import FORGIVEN, Ask, audited, auditor, ordered, send, voided
from tests.build.fee_acts import (
    RULE,
    discarded,
    previewed,
    rule_added,
    rule_ended,
    run_cancelled,
    run_published,
    run_started,
    run_withdrawn,
    undone,
    uploaded,
)
from tests.build.offices import firm_at
from tests.build.payments import paid

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]

LINE = {"phone": "0431-81234567", "hours": "工作日 8:30-16:30"}
Prepare = Callable[[Estate], Awaitable[Ask]]


async def place_line(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{COMPOUND}/contact", LINE)


async def firm_line(estate: Estate) -> Ask:
    firm = await firm_at(estate.world, COMPOUND)
    found = await estate.world.db.contracts.find_one({"firm": firm})
    assert found is not None
    return Ask(f"/api/v1/contracts/{found['_id']}/contact", LINE, subject=found["_id"])


async def in_suspense(estate: Estate) -> Ask:
    """Money that WeChat confirms and that we know no order for."""
    payment_id = await paid(estate, await estate.member("li"), notify=False)
    await estate.world.db.payments.delete_one({"_id": payment_id})
    await estate.world.wechat.do("notify", out_trade_no=payment_id)
    await estate.world.work()
    found = f"firm:{payment_id}"
    return Ask(f"/api/v1/discrepancies/{found}/return", by="admin", subject=found)


async def refund_stuck(estate: Estate) -> Ask:
    """Paid twice; WeChat will not take the refund of the first payment."""
    world = estate.world
    first = await paid(estate, await estate.member("li"), notify=False)
    closed = {"$set": {"state": "closed", "open": False}}
    await world.db.payments.update_one({"_id": first, "open": True}, closed)
    await paid(estate, await estate.member("mei"))
    await world.wechat.do("notify", out_trade_no=first)
    fault = {"http": 403, "code": "RULE_LIMIT"}
    await world.wechat.fault("/v3/refund/domestic/refunds", **fault)
    await world.advance(minutes=1)
    await world.work()
    refund_id = f"X{first}"
    return Ask(f"/api/v1/refunds/{refund_id}/retry", by="admin", subject=refund_id)


async def audit_read(estate: Estate) -> Ask:
    await auditor(estate, "community")
    return Ask("/api/v1/audit", by="community", method="GET")


# act, where it is filed, how it is prepared
ACTS = [
    (Act.REGISTER_UPLOADED, COMPOUND, uploaded),
    (Act.REGISTER_CONFIRMED, COMPOUND, previewed),
    (Act.REGISTER_DISCARDED, COMPOUND, discarded),
    (Act.REGISTER_UNDONE, COMPOUND, undone),
    (Act.PAYEE_ADDED, COMPOUND, payees.payee_added),
    (Act.PAYEE_ENDED, COMMUNITY, payees.payee_ended),
    (Act.PAYEE_RECEIPTS_SET, COMMUNITY, payees.receipts_numbered),
    (Act.FEE_RULE_ADDED, COMPOUND, rule_added),
    (Act.FEE_RULE_ENDED, COMPOUND, rule_ended),
    *reductions.ACTS,
    (Act.BILL_RUN_STARTED, COMPOUND, run_started),
    (Act.BILL_RUN_PUBLISHED, COMPOUND, run_published),
    (Act.BILL_RUN_CANCELLED, COMPOUND, run_cancelled),
    (Act.BILL_RUN_WITHDRAWN, COMPOUND, run_withdrawn),
    (Act.PLACE_CONTACT_CHANGED, COMPOUND, place_line),
    (Act.CONTRACT_CONTACT_CHANGED, COMPOUND, firm_line),
    (Act.BILL_VOIDED, LI_HOME, voided),
    (Act.BILL_NOTE_PROPOSED, LI_HOME, bill_notes.note_proposed),
    (Act.BILL_NOTE_APPLIED, LI_HOME, bill_notes.note_waiting),
    (Act.BILL_NOTE_REFUSED, LI_HOME, bill_notes.note_refused),
    (Act.BILL_NOTE_WITHDRAWN, LI_HOME, bill_notes.note_withdrawn),
    (Act.SHARED_COST_PROPOSED, UNIT, shared_costs.cost_proposed),
    (Act.SHARED_COST_APPROVED, UNIT, shared_costs.cost_decided),
    (Act.SHARED_COST_REFUSED, UNIT, shared_costs.cost_refused),
    *late_charges.ACTS,
    *instalments.ACTS,
    (Act.AGREED_SERVICE_PROPOSED, UNIT, agreed_services.service_proposed),
    (Act.AGREED_SERVICE_OPENED, UNIT, agreed_services.service_decided),
    (Act.AGREED_SERVICE_WITHDRAWN, UNIT, agreed_services.service_withdrawn),
    (Act.AGREED_SERVICE_ENDED, UNIT, agreed_services.service_ended),
    (Act.AGREED_SERVICE_ANSWERED, LI_HOME, agreed_services.service_answered),
    (Act.DEPOSIT_RETURN_ASKED, LI_HOME, deposits.return_to_ask),
    (Act.DEPOSIT_RETURN_APPROVED, LI_HOME, deposits.return_to_decide),
    (Act.DEPOSIT_RETURN_REFUSED, LI_HOME, deposits.return_to_refuse),
    (Act.DEPOSIT_RETURNED, LI_HOME, deposits.deposit_to_pay_out),
    (Act.DEPOSIT_APPROVAL_TAKEN_BACK, LI_HOME, deposits.approval_to_take_back),
    (Act.DEPOSIT_OBJECTION_ANSWERED, LI_HOME, deposits.objection_to_answer),
    (Act.METER_ADDED, LI_HOME, meters.meter_added),
    (Act.METER_REPLACED, LI_HOME, meters.meter_replaced),
    (Act.METER_PRICE_SET, COMPOUND, meters.price_set),
    (Act.METERS_BILLED, COMPOUND, meters.meters_billed),
    (Act.PAYMENT_ORDERED, LI_HOME, ordered),
    (Act.PAYMENT_LINK_MADE, LI_HOME, payment_links.link_asked),
    (Act.PAYMENT_TAKEN, LI_HOME, counter_payments.payment_taken),
    (Act.BANK_STATEMENT_UPLOADED, "", bank_statements.statement_uploaded),
    (Act.BANK_TRANSFERS_CONFIRMED, LI_HOME, bank_statements.transfers_confirmed),
    (Act.BANK_PAYOUT_CONFIRMED, LI_HOME, bank_statements.payout_to_confirm),
    (Act.BANK_CARDS_SETTLED, "", bank_statements.cards_to_settle),
    (Act.BANK_TRANSFER_SET_ASIDE, "", bank_statements.transfer_set_aside),
    (Act.BANK_TRANSFER_TAKEN_BACK, "", bank_statements.transfer_taken_back),
    (Act.DIFFERENCE_TAKEN, "", reconciliations.difference_taken),
    (Act.DIFFERENCE_CLOSED, LI_HOME, reconciliations.difference_closed),
    (Act.DAY_CLOSED, "", reconciliations.day_closed),
    (Act.SUSPENSE_RETURNED, "", in_suspense),
    (Act.REFUND_RETRIED, LI_HOME, refund_stuck),
    (Act.REFUND_ASKED, LI_HOME, refund_requests.refund_asked),
    (Act.REFUND_APPROVED, LI_HOME, refund_requests.refund_waiting),
    (Act.REFUND_REFUSED, LI_HOME, refund_requests.refund_refused),
    (Act.REFUND_PAID_OUT, LI_HOME, refund_requests.refund_to_pay_out),
    *prepayment_returns.ACTS,
    (Act.MERCHANT_PROPOSED, "", merchants.merchant_proposed),
    (Act.MERCHANT_CHANGED, "", merchants.merchant_decided),
    (Act.MERCHANT_REFUSED, "", merchants.merchant_refused),
    (Act.AUDIT_READ, COMMUNITY, audit_read),
]
NAMES = [act.value for act, _, _ in ACTS]
PREPARED = pytest.mark.parametrize("prepare", [found for *_, found in ACTS], ids=NAMES)
SUBJECTS = (
    *("request_id", "import_id", "rule_id", "payee_id", "run_id", "payment_id", "change_id"),
    *("shared_cost_id", "note_id", "meter_id", "service_id", "price_id", "round_id", "link_id"),
    *("deposit_id", "statement_id", "late_fees_id", "instalments_id"),
    *("shared_cost_id", "note_id", "meter_id", "price_id", "round_id", "link_id"),
    *("statement_id", "return_id"),
)


@pytest.mark.parametrize(("act", "place", "prepare"), ACTS, ids=NAMES)
async def test_an_act_leaves_one_row(
    estate: Estate, act: Act, place: str, prepare: Prepare
) -> None:
    ask = await prepare(estate)
    who = await estate.member(ask.by)
    reply = await send(estate, ask, who)
    assert reply.status < 300, reply.body
    [row] = await audited(estate)
    assert (row["act"], row["result"], row["code"], row["place"]) == (act, "done", "", place)
    assert (row["person"], row["address"]) == (who.person_id, "127.0.0.1")
    assert row["session"]
    made = reply.body or {}
    of_answer = next((made[name] for name in SUBJECTS if name in made), "")
    assert row["subject"] == (ask.subject or of_answer)
    assert "again" not in row["facts"] or not row["facts"]["again"]
    assert (await verification.verify(estate.world.deps)).broken == []


@PREPARED
async def test_who_may_not_is_written_down_and_a_stranger_is_not(
    estate: Estate, prepare: Prepare
) -> None:
    ask = await prepare(estate)
    before = await estate.world.db.audit.count_documents({})
    assert (await send(estate, ask, None)).status == 401
    assert await estate.world.db.audit.count_documents({}) == before
    # Neither pays for a home nor works at the desk; only heads take money at doors.
    name = "li" if prepare is counter_payments.payment_taken else "head"
    head = await estate.member(name)
    reply = await send(estate, ask, head)
    assert reply.status == 403
    [row] = await audited(estate)
    assert (row["act"], row["result"], row["code"]) == ("refused", "refused", "forbidden")
    assert (row["person"], row["facts"]) == (head.person_id, {"route": route_of(ask)})


def route_of(ask: Ask) -> str:
    [route] = [r.path for r in ALL_ROUTES if re.fullmatch(r.pattern, ask.path)]
    return f"{ask.method} {route}"


@PREPARED
async def test_an_act_that_dies_leaves_no_row_and_may_be_done_again(
    estate: Estate, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is written, and then the transaction is not committed."""
    ask = await prepare(estate)
    who = await estate.member(ask.by)
    whole = store.append

    async def dies(*arguments: Any) -> None:
        await whole(*arguments)
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(store, "append", dies)
        assert (await send(estate, ask, who, "dead")).status == 500
    assert await audited(estate, "dead") == []
    assert (await send(estate, ask, who)).status < 300
    assert len(await audited(estate)) == 1


@pytest.mark.parametrize(
    "prepare",
    [
        uploaded,
        payees.payee_added,
        payees.payee_ended,
        rule_added,
        rule_ended,
        run_started,
        run_published,
        run_cancelled,
        run_withdrawn,
        ordered,
    ],
)
async def test_asking_again_leaves_a_row_that_says_so(estate: Estate, prepare: Prepare) -> None:
    ask = await prepare(estate)
    who = await estate.member(ask.by)
    first = await send(estate, ask, who, "first")
    again = await send(estate, ask, who)
    assert (first.status, again.status) == (again.status, first.status)
    [one], [row] = await audited(estate, "first"), await audited(estate)
    assert (row["act"], row["subject"], row["place"]) == (
        one["act"],
        one["subject"],
        one["place"],
    )
    assert row["facts"] == {"again": True}


@pytest.mark.parametrize(
    "prepare", [previewed, discarded, undone, voided, in_suspense, refund_stuck]
)
async def test_an_attempt_that_comes_too_late_leaves_no_row(
    estate: Estate, prepare: Prepare
) -> None:
    ask = await prepare(estate)
    who = await estate.member(ask.by)
    await send(estate, ask, who, "first")
    assert (await send(estate, ask, who)).status == 409
    assert await audited(estate) == []


@pytest.mark.parametrize(
    "prepare",
    [uploaded, payees.payee_added, rule_added, rule_ended, run_started, run_withdrawn, voided],
)
async def test_a_request_that_makes_no_sense_leaves_no_row(
    estate: Estate, prepare: Prepare
) -> None:
    ask = await prepare(estate)
    ask.body = b"{}" if prepare is not uploaded else b"no workbook"
    assert (await send(estate, ask, await estate.member(ask.by))).status == 422
    assert await audited(estate) == []


async def test_what_one_may_not_know_of_is_refused_and_written_down(estate: Estate) -> None:
    ask = await voided(estate)
    request = Appoint(role=Role.COMMUNITY_STAFF, place=OTHER_COMPOUND, phone="13900000044")
    await appointments.grant(estate.world.deps, request, appointed_by="test")
    stranger = await estate.world.sign_in("next", "13900000044")
    for person, asked in (
        (stranger, ask),
        (await estate.member("wang"), await ordered(estate)),
        (await estate.member("staff"), Ask("/api/v1/bills/none/void", FORGIVEN)),
    ):
        request_id = f"by-{person.name}"
        assert (await send(estate, asked, person, request_id)).status == 404
        [row] = await audited(estate, request_id)
        assert (row["result"], row["code"], row["person"]) == (
            "refused",
            "not_found",
            person.person_id,
        )


async def test_a_refusal_stands_at_the_place_that_was_asked_for(estate: Estate) -> None:
    head = await estate.member("head")
    headers = {"X-Request-Id": "looking"}
    path = f"/api/v1/places/{NEXT_UNIT}/unpaid-homes"
    reply = await estate.world.api.call("GET", path, None, as_=head, headers=headers)
    assert reply.status == 404
    [row] = await audited(estate, "looking")
    assert row["place"] == NEXT_UNIT
    li = await estate.member("li")
    headers = {"X-Request-Id": "odd"}
    path = "/api/v1/places/No%20Place/unpaid-homes"
    assert (
        await estate.world.api.call("GET", path, None, as_=li, headers=headers)
    ).status == 403
    [row] = await audited(estate, "odd")
    assert row["place"] == ""


async def test_a_message_read_is_nobodys_business(estate: Estate) -> None:
    li = await estate.member("li")
    await bill(estate.world, "2026-03")
    inbox = await estate.world.api.get("/api/v1/me/messages", as_=li)
    [message, *_] = inbox.body["items"]
    path = f"/api/v1/me/messages/{message['message_id']}/read"
    assert (await send(estate, Ask(path), li)).status == 200
    assert await audited(estate) == []


async def test_what_the_worker_does_is_no_act_of_a_person(estate: Estate) -> None:
    ask = await previewed(estate)
    await send(estate, ask, await estate.member("staff"))
    before = await estate.world.db.audit.count_documents({})
    assert await estate.world.work()
    assert await estate.world.db.audit.count_documents({}) == before


async def test_many_acts_of_one_person_at_once_all_succeed(estate: Estate) -> None:
    staff = await estate.member("staff")
    bills = [b["bill_id"] for name in ("li", "wang", "sun") for b in await estate.bills(name)]
    asks = [Ask(f"/api/v1/bills/{bill_id}/void", FORGIVEN) for bill_id in bills]
    rules = [{**RULE, "start_day": f"2026-04-{day:02d}"} for day in range(1, 9)]
    asks += [Ask(f"/api/v1/places/{COMPOUND}/fee-rules", rule) for rule in rules]
    replies = await asyncio.gather(*(send(estate, ask, staff) for ask in asks))
    assert {reply.status for reply in replies} == {200, 201}
    assert len(await audited(estate)) == len(asks) == 20
    assert (await verification.verify(estate.world.deps)).broken == []


async def test_a_flood_of_refusals_is_slowed_down(estate: Estate) -> None:
    """A row for each would bury what matters, and fill the disk."""
    head = await estate.member("head")
    ask = Ask("/api/v1/audit", method="GET")
    statuses = [(await send(estate, ask, head)).status for _ in range(320)]
    assert set(statuses) == {403, 429}
    assert len(await audited(estate)) == statuses.count(403) <= 310


async def test_rows_hold_no_names_and_no_numbers(estate: Estate) -> None:
    for prepare in (uploaded, voided, ordered):
        ask = await prepare(estate)
        await send(estate, ask, await estate.member(ask.by))
    text = str(await estate.world.db.audit.find().to_list())
    for secret in ("孙八", "空置", "1380000", "1390000"):
        assert secret not in text
