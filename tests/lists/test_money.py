"""Lists about money."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import (
    cash_deliveries,
    counter_payments,
    invoice_requests,
    merchant_changes,
    merchant_probes,
    merchants,
    refunds,
)
from services.counter_payments.deliveries.states import DeliveryState
from services.kernel.documents import to_document
from services.merchant_changes.models import Change, ChangeKind
from services.merchant_changes.states import ChangeState
from services.merchants.models import Merchant, Mode
from services.merchants.probes.models import Probe, ProbeKind
from services.payments.invoices.models import TITLE, InvoiceRequest, TitleKind
from services.payments.invoices.states import InvoiceState
from services.payments.refunds.models import Refund
from services.payments.refunds.states import REFUND_STUCK, RefundState
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.counter_payments import delivery, kept
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def of_refunds(estate: Estate) -> Case:
    world = estate.world
    states = [RefundState.FAILED, RefundState.ABNORMAL, RefundState.DONE]
    made = [
        Refund(
            id=f"X{number}",
            number=f"X{number}",
            payment=f"P{number}",
            person=None,
            account="firm" if number % 2 else "sanitation",
            transaction_id=f"T{number}",
            amount_fen=1234 + number,
            total_fen=5000,
            source=f"overpaid:P{number}",
            reason=FORMULA,
            state=states[number % 3],
            open=states[number % 3] is RefundState.ABNORMAL,
            # two of each instant: ties
            requested_at=world.clock.now - timedelta(days=number // 2),
        )
        for number in range(9)
    ]
    await world.db[refunds.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("staff"),
        path="/api/v1/refunds",
        filters=[
            {"state": "failed"},
            {"state": "done"},
            {"account": "firm"},
            {"requested_from": "2026-03-01", "requested_to": "2026-03-02"},
            {"requested_to": "2026-02-28", "account": "sanitation"},
        ],
        orders={"oldest": "requested_at,refund_id", "newest": "-requested_at,-refund_id"},
        rows=6,
        unless={"state": lambda item: item["state"] in {*REFUND_STUCK}},
    )


async def of_merchants(estate: Estate) -> Case:
    world = estate.world
    made = [
        Merchant(
            id=f"m{number}",
            name=FORMULA if number == 2 else f"物业{number // 2}",
            mode=Mode.DIRECT,
            mchid=f"180000000{number}",
            appid="wx1",
            serial="A" * 16,
            keys="k1.sealed",
            is_on=number % 3 > 0,
            version=number + 1,
            changed_at=world.clock.now,
        )
        for number in range(6)
    ]
    await world.db[merchants.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("staff"),
        path="/api/v1/merchants",
        filters=[{"is_on": "true"}, {"is_on": "false"}],
        orders={"": "name,account"},
        rows=6,
    )


async def of_changes(estate: Estate) -> Case:
    world = estate.world
    states = [*ChangeState]
    made = [
        Change(
            id=f"c{number}",
            account=f"m{number}" if number else "firm",
            kind=[*ChangeKind][number],
            state=states[number % 3],
            reason=FORMULA,
            proposed_by="p1",
            proposed_at=world.clock.now - timedelta(days=number // 2),
        )
        for number in range(6)
    ]
    await world.db[merchant_changes.COLLECTION].insert_many([to_document(o) for o in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("staff"),
        path="/api/v1/merchant-changes",
        filters=[
            {"state": "proposed"},
            {"account": "firm"},
            {"state": "refused", "account": "m2"},
        ],
        orders={"": "-proposed_at,-change_id"},
        rows=6,
    )


async def of_probes(estate: Estate) -> Case:
    world = estate.world
    made = [
        Probe(
            id=f"m{number % 2}:{kind.value}",
            account=f"m{number % 2}",
            kind=kind,
            passed=number % 3 > 0,
            said=FORMULA,
            checked_at=world.clock.now,
        )
        for number, kind in enumerate(ProbeKind)
    ]
    await world.db[merchant_probes.COLLECTION].insert_many([to_document(o) for o in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("staff"),
        path="/api/v1/merchant-probes",
        filters=[{"passed": "true"}, {"passed": "false"}],
        orders={"": "account,kind"},
        rows=5,
    )


async def of_invoices(estate: Estate) -> Case:
    world, states = estate.world, [*InvoiceState]
    made = []
    for number in range(9):
        own = f"P{number}"
        one = InvoiceRequest(
            id=own,
            person="somebody",
            place=COMPOUND,
            account="firm" if number % 2 else "sanitation",
            payee_name=FORMULA,
            receipt_number=f"2026-{number:06d}",
            amount_fen=1234 + number,
            kind=[*TitleKind][number % 2],
            title_sealed=TITLE.seal(world.deps.vault, own, "李伟"),
            state=states[number % 3],
            numbers=[f"2622200000001234567{number}"],
            # two of each instant: ties
            asked_at=world.clock.now - timedelta(days=number // 2),
            changed_at=world.clock.now,
        )
        made.append(one)
    await world.db[invoice_requests.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/invoice-requests",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"state": "sent"}, {"kind": "company"}, {"state": "red", "kind": "personal"}],
        orders={"newest": "-asked_at,-request_id", "place": "place,request_id"},
        rows=9,
    )


async def of_counter_payments(estate: Estate) -> Case:
    world = estate.world
    made = [
        # two of each instant: ties
        kept(n, home=LI_HOME, compound=COMPOUND, at=world.clock.now - timedelta(days=n // 2))
        for n in range(9)
    ]
    made[3].payee_name = FORMULA
    await world.db[counter_payments.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/counter-payments",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"way": "cash"},
            {"account": "firm", "taken_by": "person1"},
            {"taken_from": "2026-02-27", "taken_to": "2026-03-01"},
        ],
        orders={"newest": "-taken_at,-payment_id", "oldest": "taken_at,payment_id"},
        rows=9,
    )


async def of_cash_deliveries(estate: Estate) -> Case:
    world, states = estate.world, [*DeliveryState]
    made = []
    for number in range(9):
        at = world.clock.now - timedelta(days=number // 2)
        one = delivery(number, compound=COMPOUND, at=at)
        one.counted_fen, one.note = 100 + number % 3 - 1, FORMULA
        one.state = states[number % 3]
        one.open = one.state is DeliveryState.OFFERED
        made.append(one)
    await world.db[cash_deliveries.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/cash-deliveries",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"state": "taken"},
            {"account": "firm"},
            {"state": "offered", "account": "firm"},
        ],
        orders={"newest": "-given_at,-delivery_id", "oldest": "given_at,delivery_id"},
        rows=9,
    )


MAKERS: Final[dict[str, Maker]] = {
    "cash_deliveries": of_cash_deliveries,
    "counter_payments": of_counter_payments,
    "invoice_requests": of_invoices,
    "merchant_changes": of_changes,
    "merchant_probes": of_probes,
    "merchants": of_merchants,
    "refunds": of_refunds,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
