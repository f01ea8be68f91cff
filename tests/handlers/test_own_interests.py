"""Nobody uses an office for a home of their own, or a firm's for another payee's money.

Each act of the audit declares its guard; every guarded act is walked here, with an actor who
has the permission and belongs to the home: refused without a trace, then done by a colleague.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from services.fees.models import FeeKind
from services.kernel.acts import Act
from services.kernel.interests import AT_HOME, Guard
from services.kernel.permissions import Role
from tests.build import (
    agreed_services,
    bank_statements,
    content_checks,
    demands,
    deposits,
    instalments,
    invoices,
    late_charges,
    meters,
    prepayment_returns,
    reconciliations,
    reductions,
    refund_requests,
    shared_costs,
    surveys,
    visits,
)
from tests.build.bill_notes import note_proposed, note_refused, note_waiting
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
    payee_of,
)
from tests.build.counter_payments import payment_taken
from tests.build.deeds import FORGIVEN, Ask, certified, leased, send, voided
from tests.build.home_acts import (
    REVEAL,
    added,
    advised,
    changed,
    corrected,
    decided,
    ended,
    printed,
    request_for,
    revealed,
    sold,
    suspended,
)
from tests.build.homes import ask, invite, newcomer, people_of, post
from tests.build.offices import firm_at, hire
from tests.build.payments import paid
from tests.build.sign_ins import Member
from tests.handlers.test_audit_acts import refund_stuck

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]

Prepare = Callable[[Estate], Awaitable[Ask]]
# Who does it instead, where whoever runs the system may not.
OTHERS: Final = {
    Act.PAYMENT_TAKEN: "head",
    Act.REFUND_ASKED: "colleague",
    Act.REFUND_PAID_OUT: "colleague",
    **dict.fromkeys(deposits.AT_COUNTER, "colleague"),
    **refund_requests.OTHERS,
    **prepayment_returns.OTHERS,
}


def price(place: str) -> Ask:
    body = {"kind": "property_fee", "price": 1, "start_day": "2026-03-01", "due_days": 30}
    payee = payee_of(FeeKind.PROPERTY_FEE)
    return Ask(f"/api/v1/places/{place}/fee-rules", {**body, "payee_id": payee})


async def priced(_: Estate) -> Ask:
    return price(UNIT)


async def unpriced(estate: Estate) -> Ask:
    rule = await send(estate, price(UNIT), await estate.member("admin"))
    return Ask(f"/api/v1/fee-rules/{rule.body['rule_id']}/end", {"end_day": "2026-12-31"})


async def taken_back(estate: Estate) -> Ask:
    run = await estate.world.db.bill_runs.find_one({"period": "2026-01"})
    assert run is not None
    return Ask(f"/api/v1/bill-runs/{run['_id']}/withdraw", FORGIVEN)


async def written(estate: Estate) -> Ask:
    """What somebody of Li's home wrote, of which WeChat is not sure."""
    world = estate.world
    content_checks.register(world.deps)
    li, text = await estate.member("li"), content_checks.DOUBTFUL
    check_id = await content_checks.submit(world, li, text, place=LI_HOME)
    await world.work()
    body = {"passed": True, "reason": "是正常的提问"}
    return Ask(f"/api/v1/content-checks/{check_id}/decision", body)


async def appealed(estate: Estate) -> Ask:
    """A repair in Li's home that was refused, and Li does not agree."""
    li, wish = await estate.member("li"), {"category": "tap_broken", "text": "一直滴水"}
    made = await send(estate, Ask("/api/v1/repairs", {**wish, "place": LI_HOME}), li)
    path, why = f"/api/v1/repairs/{made.body['repair_id']}", {"reason": "不在范围"}
    await send(estate, Ask(f"{path}/refuse", why), await estate.member("admin"))
    await send(estate, Ask(f"{path}/appeal", why), li)
    return Ask(f"{path}/appeal-decision", {"accept": True, "reason": "看过了"})


async def answered_on_paper(estate: Estate) -> Ask:
    survey_id = await surveys.opened(estate)
    body = {"answers": surveys.YES, "relation": "owner"}
    path = f"/api/v1/homes/{LI_HOME}/surveys/{survey_id}/answer"
    return Ask(path, body, method="PUT")


async def drawn(estate: Estate) -> Ask:
    """A paper of Li's home that is to be entered again, and is lost."""
    survey_id = await surveys.opened(estate)
    assert (await surveys.enter(estate, survey_id, LI_HOME)).status == 200
    await surveys.counted(estate, survey_id)
    entry = await estate.world.db.survey_second_entries.find_one({"survey": survey_id})
    assert entry is not None
    path = f"/api/v1/survey-second-entries/{entry['_id']}/decide"
    return Ask(path, {"keep": "first", "reason": "原件丢失"})


async def drawn_again(estate: Estate) -> Ask:
    path = (await drawn(estate)).path.removesuffix("/decide")
    return Ask(path, {"answers": surveys.YES, "relation": "owner"}, method="PUT")


async def call_asked(estate: Estate) -> Ask:
    await estate.member("li")
    return Ask("/api/v1/calls", {"about": "home", "subject_id": "r0-li"})


# Every act with a guard at a home, and the one request of it.
PARTS: Final = (
    *(agreed_services, bank_statements, deposits, instalments, late_charges),
    *(prepayment_returns, reductions, refund_requests, shared_costs, visits),
)
AT_LI: Final[dict[Act, Prepare]] = {
    Act.HOME_ADVISED: advised,
    Act.HOME_DECIDED: decided,
    Act.CODES_PRINTED: printed,
    Act.RESIDENT_ADDED: added,
    Act.RESIDENT_CHANGED: changed,
    Act.RESIDENCY_ENDED: ended,
    Act.OWNER_CHANGED: sold,
    Act.TENANT_PAYS_SET: leased,
    Act.HOME_CORRECTED: corrected,
    Act.FEE_RULE_ADDED: priced,
    Act.FEE_RULE_ENDED: unpriced,
    Act.BILL_RUN_WITHDRAWN: taken_back,
    Act.BILL_VOIDED: voided,
    Act.BILL_NOTE_PROPOSED: note_proposed,
    Act.BILL_NOTE_APPLIED: note_waiting,
    Act.BILL_NOTE_REFUSED: note_refused,
    Act.DEBTS_CERTIFIED: certified,
    Act.PAYMENT_TAKEN: payment_taken,
    Act.METER_ADDED: meters.meter_added,
    Act.METER_REPLACED: meters.meter_replaced,
    Act.SUSPENSE_RETURNED: suspended,
    Act.DIFFERENCE_CLOSED: reconciliations.difference_closed,
    Act.REFUND_RETRIED: refund_stuck,
    Act.INVOICE_SENT: invoices.sending,
    Act.INVOICE_RED_LETTERED: invoices.taking_back,
    Act.REVEALED: revealed,
    Act.CONTENT_DECIDED: written,
    Act.REPAIR_APPEAL_DECIDED: appealed,
    Act.SURVEY_ANSWER_ENTERED: answered_on_paper,
    Act.SURVEY_ENTERED_AGAIN: drawn_again,
    Act.SURVEY_ENTRY_DECIDED: drawn,
    Act.CALL_ASKED: call_asked,
    Act.DEMANDS_PAUSED: demands.paused,
    Act.DEMANDS_RESUMED: demands.resumed,
    Act.DEMAND_LETTER_DELIVERED: demands.delivered,
    **{act: prepare for part in PARTS for act, prepare in part.AT_LI.items()},
}
# What is refused by the money's payee alone.
OF_MONEY: Final = {
    Act.BILL_RUN_STARTED,
    Act.BILL_RUN_PUBLISHED,
    Act.BILL_RUN_CANCELLED,
    Act.CASH_TAKEN,
    Act.DEMANDS_STARTED,
    Act.METERS_BILLED,  # tests/handlers/test_meters.py
}


def test_every_guarded_act_is_walked() -> None:
    at_home = {act for act in Act if act.guard in {*AT_HOME, Guard.BY_OFFICE}}
    assert at_home == AT_LI.keys()
    of_money = {act for act in Act if act.guard is Guard.OWN_MONEY}
    assert of_money == OF_MONEY


async def live_at_lis(estate: Estate, who: str) -> None:
    """Make somebody of the office a tenant of Li's; in the register, as a decision would."""
    member = await estate.member(who)
    row = {"person": member.person_id, "bound_by": "request", "relation": "tenant"}
    kept = (await people_of(estate.world, LI_HOME))[0]
    extra: dict[str, Any] = {"_id": "r9-office", "phone_sealed": None, "phone_index": None}
    sealed = estate.world.deps.vault.seal("办", place="residencies/r9-office/name")
    extra["name_sealed"] = sealed
    await estate.world.db.residencies.insert_one({**kept, **row, **extra})


async def state_of(estate: Estate) -> Any:
    """Everything that the acts change."""
    db = estate.world.db
    names = ("residencies", "home_codes", "home_requests", "bills", "journals", "refunds")
    names += ("fee_rules", "bill_runs", "content_checks", "shared_costs")
    names += ("meters", "fee_reductions", "late_charges", "instalments")
    names += ("survey_answers", "survey_second_entries")
    names += ("visits", "payment_promises", "calls", "household_cards")
    names += ("notice_visits", "notice_readings", "bill_notes")
    names += ("invoice_requests", "reconciliation_differences")
    names += ("refund_requests", "refund_reserves", "journal", "bank_transfers")
    names += ("agreed_services", "agreed_service_answers", "deposits")
    names += ("demand_pauses", "demand_letters", "demands")
    names += ("demand_pauses", "demand_letters", "demands", "prepayments")
    names += ("prepayment_returns",)
    return {name: await db[name].find().sort("_id", 1).to_list() for name in names}


@pytest.mark.parametrize(("act", "prepare"), AT_LI.items(), ids=[a.value for a in AT_LI])
async def test_nobody_does_it_at_home(estate: Estate, act: Act, prepare: Prepare) -> None:
    await appoint(estate.world.deps, Role.ADMINISTRATOR, "cc", "staff")
    wanted = await prepare(estate)
    await live_at_lis(estate, "staff")
    staff, before = await estate.member("staff"), await state_of(estate)
    own = await send(estate, wanted, staff)
    assert (own.status, (own.body or {}).get("code")) == (403, "own_home")
    assert await state_of(estate) == before
    other = await send(
        estate, wanted, await estate.member(OTHERS.get(act, "admin")), "a-colleague"
    )
    assert other.status < 300, other.body
    [row] = await estate.world.db.audit.find({"request_id": "a-colleague"}).to_list()
    assert row["act"] == act


async def test_money_one_paid_oneself_is_returned_by_others(estate: Estate) -> None:
    """Also when it was paid for a home of others."""
    wanted = await refund_stuck(estate)
    admin = await estate.member("admin")
    await estate.world.db.payments.update_many({}, {"$set": {"person": admin.person_id}})
    own = await send(estate, wanted, admin)
    assert (own.status, own.code) == (403, "own_home")


async def test_a_bill_of_the_months_one_lived_there_is_voided_by_others(
    estate: Estate,
) -> None:
    """Who moved out in January still owes for January, and owes nothing for February."""
    await live_at_lis(estate, "staff")
    moved = {"to_day": "2026-01-31", "ended_at": estate.world.clock.now}
    await estate.world.db.residencies.update_one({"_id": "r9-office"}, {"$set": moved})
    ids = {b["period"]: b["bill_id"] for b in await estate.bills("li")}
    staff = await estate.member("staff")
    for period, status in (("2026-01", 403), ("2026-02", 200)):
        void = Ask(f"/api/v1/bills/{ids[period]}/void", FORGIVEN)
        assert (await send(estate, void, staff)).status == status


async def test_a_price_for_the_whole_compound_is_for_all_neighbours(estate: Estate) -> None:
    await live_at_lis(estate, "staff")
    assert (await send(estate, price(COMPOUND), await estate.member("staff"))).status == 201


async def test_a_run_of_which_ones_own_bill_is_settled_is_taken_back(estate: Estate) -> None:
    await live_at_lis(estate, "staff")
    li, wanted = await estate.member("li"), await taken_back(estate)
    for kind in ("property_fee", "waste_fee"):
        await paid(estate, li, await estate.bill_ids("li", kind))
    rest = Ask(wanted.path, {**FORGIVEN, "unpaid_only": True})
    assert (await send(estate, rest, await estate.member("staff"))).status == 202


async def test_codes_of_a_whole_place_leave_out_ones_own_home(estate: Estate) -> None:
    await live_at_lis(estate, "staff")
    mine = await post(estate, "staff", f"places/{UNIT}/home-codes")
    assert {c["address"] for c in mine.body["codes"]} == {"春光小区3栋2单元501室"}
    assert mine.body["left_out"] == 2
    others = await post(estate, "admin", f"places/{UNIT}/home-codes")
    assert (len(others.body["codes"]), others.body["left_out"]) == (3, 0)


async def test_a_head_is_not_asked_about_their_own_home(estate: Estate) -> None:
    await live_at_lis(estate, "head")
    chen = await newcomer(estate, "chen")
    filed = await ask(estate, chen, LI_HOME, relation="family")
    assert filed.body["state"] == "with_community"
    filed = await ask(estate, chen, WANG_HOME, relation="family")
    assert filed.body["state"] == "with_head"


async def test_residents_may_still_end_their_own(estate: Estate) -> None:
    await live_at_lis(estate, "staff")
    ends = await post(estate, "staff", "residencies/r9-office/end", reason="搬走")
    assert ends.status == 204
    assert (await post(estate, "li", "residencies/r1-mei/end", reason="搬走")).status == 204
    assert (await invite(estate))["token"]


# --- a firm and the money of others


async def firms_manager(estate: Estate, since: str = "2026-01-01") -> Member:
    firm = await firm_at(estate.world, COMPOUND, from_day=since)
    its = {"$set": {"place": COMPOUND, "firm": firm}}
    changed = await estate.world.db.payees.update_one({"account": "firm"}, its)
    assert changed.modified_count == 1
    return await hire(
        estate.world, Role.FIRM_MANAGER, COMPOUND, name="m", phone="13900000099", firm=firm
    )


async def test_a_firms_manager_voids_the_firms_bills_only(estate: Estate) -> None:
    manager = await firms_manager(estate)
    outcomes = {}
    for kind in ("waste_fee", "property_fee"):
        [bill_id, *_] = await estate.bill_ids("li", kind)
        void = Ask(f"/api/v1/bills/{bill_id}/void", FORGIVEN)
        reply = await send(estate, void, manager)
        outcomes[kind] = (reply.status, reply.body.get("code"))
    assert outcomes == {"waste_fee": (403, "other_payee"), "property_fee": (200, None)}


async def test_the_months_of_an_earlier_firm_are_not_the_next_ones_to_void(
    estate: Estate,
) -> None:
    manager = await firms_manager(estate, "2026-02-01")
    ids = {
        b["period"]: b["bill_id"]
        for b in await estate.bills("li")
        if b["kind"] == "property_fee"
    }
    for period, status in (("2026-01", 403), ("2026-02", 200)):
        void = Ask(f"/api/v1/bills/{ids[period]}/void", FORGIVEN)
        assert (await send(estate, void, manager)).status == status


async def test_a_firms_manager_bills_for_the_firm_only(estate: Estate) -> None:
    manager = await firms_manager(estate)
    path = f"/api/v1/places/{COMPOUND}/bill-runs"
    both = await send(estate, Ask(path, {"period": "2026-03"}), manager)
    assert (both.status, both.code) == (403, "other_payee")
    own = {"period": "2026-03", "kinds": ["property_fee"]}
    assert (await send(estate, Ask(path, own), manager)).status == 202
    run = await send(estate, Ask(path, {"period": "2026-03"}), await estate.member("staff"))
    await estate.world.work()
    taken_back = {"reason": "单价填错了", "months": "open"}
    for action, body in (("publish", {}), ("cancel", {}), ("withdraw", taken_back)):
        asks = Ask(f"/api/v1/bill-runs/{run.body['run_id']}/{action}", body)
        assert (await send(estate, asks, manager)).code == "other_payee"


async def test_who_also_works_for_the_community_is_no_payee(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMPOUND, "13900000099")
    manager = await firms_manager(estate)
    [bill_id, *_] = await estate.bill_ids("li", "waste_fee")
    void = Ask(f"/api/v1/bills/{bill_id}/void", FORGIVEN)
    assert (await send(estate, void, manager)).status == 200


async def test_whole_names_at_home_are_read_by_others(estate: Estate) -> None:
    """But for one's own row: one knows who one is."""
    await live_at_lis(estate, "staff")
    request_id = await request_for(estate)
    for path, status in (
        ("residencies/r1-mei", 403),
        ("residencies/r9-office", 200),
        (f"home-requests/{request_id}", 403),
    ):
        assert (await post(estate, "staff", f"{path}/reveal", REVEAL)).status == status
