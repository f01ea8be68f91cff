"""Lists of fee rules, payees, and differences with WeChat."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import discrepancies, fee_rules, payees
from services.fees.models import FeeKind, FeeRule
from services.fees.payees.models import Payee
from services.kernel.documents import to_document
from services.payments.discrepancies.models import Discrepancy, Doubt
from services.payments.discrepancies.states import WAITING, DiscrepancyState
from services.places.models import Usage
from tests.build.cast import COMMUNITY, COMPOUND, NEXT_UNIT, OTHER_COMPOUND, UNIT, Estate
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

PLACES: Final = (UNIT, COMPOUND, NEXT_UNIT, OTHER_COMPOUND)


async def of_fee_rules(estate: Estate) -> Case:
    made = [
        FeeRule(
            id=f"rule{number}",
            place=PLACES[number % len(PLACES)],
            kind=[*FeeKind][number % 2],
            price=None if number % 2 else 3850 + number,
            monthly_fen=500 if number % 2 else None,
            usages=[*Usage][: number % 2 + 1],
            start_day=f"202{number}-01-01",
            end_day=None if number % 3 else f"202{number}-12-31",
            due_days=30,
            account="firm" if number % 2 else "sanitation",
            payee_name=FORMULA,
            slots=[f"test|{number}"],
            created_by="test",
            created_at=estate.world.clock.now,
        )
        for number in range(6)
    ]
    await estate.world.db[fee_rules.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/fee-rules",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"kind": "waste_fee"},
            {"account": "firm"},
            {"on_day": "2024-06-01"},
            {"on_day": "2023-06-01", "kind": "property_fee"},
        ],
        orders={"oldest": "rule_id", "newest": "-rule_id", "place": "place,rule_id"},
        rows=10,
        matches={"on_day": lambda item, day: _holds(item["start_day"], item["end_day"], day)},
    )


def _holds(first: str, last: str | None, day: str) -> bool:
    return first <= day and (last is None or day <= last)


async def of_payees(estate: Estate) -> Case:
    made = [
        Payee(
            id=f"payee{number}",
            place=PLACES[number % 2 * 2 + 1],
            name=FORMULA if number == 1 else f"收款单位{number}",
            account=f"account{number % 3}",
            kinds=[*FeeKind][: number % 2 + 1],
            from_day=f"202{number // 2}-01-01",  # two of each day: ties
            to_day=None if number % 3 else f"202{number // 2}-12-31",
            written_by="test",
            written_at=estate.world.clock.now,
        )
        for number in range(6)
    ]
    await estate.world.db[payees.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/payees",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"kind": "waste_fee"},
            {"account": "account1"},
            {"on_day": "2021-06-01"},
            {"on_day": "2022-06-01", "kind": "property_fee"},
        ],
        orders={"latest": "-from_day,payee_id", "place": "place,payee_id"},
        rows=8,
        matches={"kind": _charges, "on_day": _may_charge},
    )


def _charges(item: Item, kind: str) -> bool:
    return kind in item["kinds"]


def _may_charge(item: Item, day: str) -> bool:
    return _holds(item["from_day"], item["to_day"], day)


async def of_discrepancies(estate: Estate) -> Case:
    states = [DiscrepancyState.OPEN, DiscrepancyState.EXPLAINED, DiscrepancyState.IN_SUSPENSE]
    made = [
        Discrepancy(
            id=f"firm:T{number}",
            account="firm" if number % 2 else "sanitation",
            doubts=[Doubt.AMOUNT, Doubt.CURRENCY][: number % 2 + 1],
            out_trade_no=f"T{number}",
            transaction_id=FORMULA,
            amount_fen=1234 + number,
            expected_fen=None if number % 2 else 1234,
            state=states[number % 3],
            # two of each instant: ties
            found_at=estate.world.clock.now - timedelta(days=number // 2),
        )
        for number in range(9)
    ]
    kept = estate.world.db[discrepancies.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("staff"),
        path="/api/v1/discrepancies",
        filters=[
            {"state": "explained"},
            {"state": "in_suspense", "account": "firm"},
            {"doubt": "currency"},
            {"found_from": "2026-03-01", "found_to": "2026-03-01"},
        ],
        orders={
            "order": "discrepancy_id",
            "oldest": "found_at,discrepancy_id",
            "newest": "-found_at,-discrepancy_id",
        },
        rows=6,
        matches={"doubt": lambda item, doubt: doubt in item["doubts"]},
        unless={"state": lambda item: item["state"] in {*WAITING}},
    )


MAKERS: Final[dict[str, Maker]] = {
    "discrepancies": of_discrepancies,
    "fee_rules": of_fee_rules,
    "payees": of_payees,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
