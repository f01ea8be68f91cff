"""Lists of late charges: rules of contracts, what was proposed, and its lines."""

from typing import Final

import pytest

from mongo_indexes import late_charge_rules, late_charges
from services.fees.models import HomeFee
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.late_charges.models import LateFees, LateLine
from services.late_charges.rules.models import LateRule
from services.late_charges.rules.states import LateRuleState
from services.late_charges.states import LateFeesState
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    Estate,
)
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


def line(number: int) -> LateLine:
    return LateLine(
        bill=f"bill{number}",
        home=[SUN_HOME, WANG_HOME, LI_HOME][number % 3],
        title=f"2026年{number + 1}月物业费",
        kind=HomeFee.PROPERTY_FEE,
        liable_on="2026-01-01",
        rule="rule",
        clause="物业服务合同第18条(第7页)",
        payee="payee",
        account="firm",
        payee_name="安居物业",
        first="2026-04-02",
        last="2026-04-30",
        days=29,
        fen=70 + number,
        explanation=f"{number}",
    )


def fees(estate: Estate, number: int) -> LateFees:
    states = [*LateFeesState]
    return LateFees(
        id=f"fees{number}",
        compound=COMPOUND,
        place=COMPOUND if number % 2 else UNIT,
        account=f"firm{number}",
        payee_name="安居物业",
        to_day=f"2026-04-0{number + 1}",
        lines=[line(each) for each in range(8)],
        bills=8,
        amount_fen=1000 + number,
        left_out=[LI_HOME] if number == 0 else [],
        left_out_because=FORMULA if number == 0 else "",
        state=states[number % 4],
        proposed_by="test",
        proposed_at=estate.world.clock.now,
    )


async def of_late_charges(estate: Estate) -> Case:
    made = [to_document(fees(estate, number)) for number in range(8)]
    await estate.world.db[late_charges.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/late-charges",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"state": "billed"}],
        orders={"": "-proposed_at,-late_fees_id"},
        rows=8,
    )


async def of_lines(estate: Estate) -> Case:
    made = fees(estate, 1)
    await estate.world.db[late_charges.COLLECTION].insert_one(to_document(made))
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/late-charges/{made.id}/lines",
        subject=made.id,
        place=COMPOUND,
        filters=[{"under": UNIT}, {"under": LI_HOME}],
        orders={"": "home,bill_id"},
        rows=8,
        matches={"under": lambda item, place: covers(place, item["home"])},
        free_text=False,
    )


async def of_rules(estate: Estate) -> Case:
    made = [
        LateRule(
            id=f"rule{number}",
            place=(COMPOUND, OTHER_COMPOUND)[number % 2],
            payee="payee",
            account=("firm", "other")[number % 3 == 0],
            payee_name="安居物业",
            kinds=[HomeFee.PROPERTY_FEE],
            daily_rate=100 + number,
            after_days=1,
            cap=None if number % 2 else 3000,
            stops=[],
            source=FORMULA,
            page=7,
            version=number,
            start_day=f"202{number}-01-01",
            slots=[f"test|{number}"],
            state=[*LateRuleState][number % 4],
            proposed_by="test",
            proposed_at=estate.world.clock.now,
        )
        for number in range(6)
    ]
    rows = [to_document(one) for one in made]
    await estate.world.db[late_charge_rules.COLLECTION].insert_many(rows)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/late-charge-rules",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[{"state": "in_force"}, {"account": "firm"}, {"account": "other"}],
        orders={"newest": "-rule_id", "place": "place,rule_id"},
        rows=6,
    )


MAKERS: Final[dict[str, Maker]] = {
    "late_charge_lines": of_lines,
    "late_charge_rules": of_rules,
    "late_charges": of_late_charges,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
