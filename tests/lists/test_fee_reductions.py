"""Lists of fee reductions, and of the rules by which they are granted."""

from typing import Final

import pytest

from mongo_indexes import fee_reduction_rules, fee_reductions
from services.fee_reductions.models import Reduction
from services.fee_reductions.rules.models import Cause, Decider, ReductionRule
from services.fee_reductions.states import ReductionState
from services.fees.models import FeeKind
from services.kernel.documents import to_document
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    SUN_HOME,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
)
from tests.build.reductions import manager
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

HOMES: Final = (WANG_HOME, LI_HOME, ZHAO_HOME, SUN_HOME)
NUMBER: Final = "吉低保2026-00123"


async def of_rules(estate: Estate) -> Case:
    made = [
        ReductionRule(
            id=f"rule{number}",
            place=(COMPOUND, OTHER_COMPOUND)[number % 2],
            cause=[*Cause][number % 3],
            kinds=[*FeeKind][: number % 2 + 1],
            share=3000 + number,
            longest_months=12,
            decider=[*Decider][number % 2],
            source=FORMULA,
            version=number,
            start_day=f"202{number}-01-01",
            end_day=None if number % 3 else f"202{number}-12-31",
            slots=[f"test|{number}", f"test|v{number}"],
            created_by="test",
            created_at=estate.world.clock.now,
        )
        for number in range(6)
    ]
    rows = [to_document(one) for one in made]
    await estate.world.db[fee_reduction_rules.COLLECTION].insert_many(rows)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/fee-reduction-rules",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"cause": "vacant"},
            {"on_day": "2024-06-01"},
            {"on_day": "2023-06-01", "cause": "vacant"},
        ],
        orders={"newest": "-rule_id", "place": "place,rule_id"},
        rows=6,
        matches={"on_day": lambda item, day: _holds(item["start_day"], item["end_day"], day)},
    )


def _holds(first: str, last: str | None, day: str) -> bool:
    return first <= day and (last is None or day <= last)


async def of_reductions(estate: Estate) -> Case:
    firm, states = await manager(estate), [*ReductionState]
    made = [_reduction(estate, number, states[number % 5]) for number in range(12)]
    rows = [to_document(one) for one in made]
    await estate.world.db[fee_reductions.COLLECTION].insert_many(rows)
    return Case(
        who=await estate.member("staff"),
        readers=[firm],
        places={firm.name: COMPOUND},
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/fee-reductions",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"state": "granted"},
            {"cause": "vacant"},
            {"cause": "vacant", "state": "requested"},
            {"last_from": "2026-06-30", "last_to": "2026-08-31"},
        ],
        orders={
            "newest": "-created_at,-reduction_id",
            "ending": "last_day,reduction_id",
            "home": "home,reduction_id",
        },
        rows=9,
        secrets=[NUMBER],
    )


def _reduction(estate: Estate, number: int, state: ReductionState) -> Reduction:
    """Every other one of a vacant home, of which a firm knows; two end on each day."""
    vault, last = estate.world.deps.vault, f"2026-{number // 2 + 4:02d}-30"
    made = Reduction(
        id=f"reduction{number:02d}",
        home=HOMES[number % 4],
        cause=Cause.VACANT if number % 2 else Cause.LOW_INCOME,
        rule_id="rule",
        rule_version=1,
        kinds=[FeeKind.PROPERTY_FEE],
        share=3000,
        decider=Decider.COMMUNITY,
        person=None,
        filed_by="test",
        open_key=None,
        state=state,
        from_day="2026-01-01",
        to_day=last,
        last_day=last,
        created_at=estate.world.clock.now,
    )
    made.note_sealed = made.seal(vault, FORMULA, "note")
    made.decision_sealed = made.seal(vault, FORMULA, "decision")
    if made.cause.is_sensitive:
        made.document_sealed = made.seal(vault, NUMBER, "document")
    return made


MAKERS: Final[dict[str, Maker]] = {
    "fee_reduction_rules": of_rules,
    "fee_reductions": of_reductions,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_sorted_filtered_paged_and_exported(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
