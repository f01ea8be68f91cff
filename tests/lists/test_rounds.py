"""Lists of rounds and of their plans."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import round_plans, rounds
from services.kernel.documents import to_document
from services.tasks.models import HeadRole
from services.tasks.parts.rungs import tokens
from services.tasks.rounds.models import Check, Round, RoundItem, RoundPlan
from services.tasks.rounds.rhythms import RoundRhythm, RoundRhythmKind
from services.tasks.rounds.states import RoundPlanState, RoundState
from tests.build.cast import COMMUNITY, COMPOUND, OTHER_COMPOUND, UNIT, Estate
from tests.lists.case import Case, Maker
from tests.lists.walk import walk

ROLE: Final = HeadRole.UNIT_HEAD


def lies_at(item: dict[str, Any], place: str) -> bool:
    return str(item["place"]).startswith(place)


async def of_plans(estate: Estate) -> Case:
    now, states = estate.world.clock.now, [*RoundPlanState]
    made = [
        RoundPlan(
            id=f"plan{number}",
            place=COMPOUND if number % 3 else OTHER_COMPOUND,
            places=[COMPOUND],
            role=ROLE,
            title="巡查",
            items=[RoundItem(key="exit", label="通道")],
            rhythm=RoundRhythm(kind=RoundRhythmKind.BY_HAND),
            days=3,
            from_day="2026-03-02",
            next_day=None,
            state=states[number % 2],
            made_by="staff",
            made_at=now - timedelta(hours=number // 2),
        )
        for number in range(7)
    ]
    await estate.world.db[round_plans.COLLECTION].insert_many(map(to_document, made))
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path="/api/v1/round-plans",
        place=COMMUNITY,
        filters=[{"state": "ended"}, {"place": COMPOUND}],
        orders={"": "-made_at,-plan_id"},
        rows=7,
        matches={"place": lies_at},
        free_text=False,
    )


def _round(estate: Estate, number: int) -> dict[str, Any]:
    now, place = estate.world.clock.now, f"{UNIT[:-1]}{number}"
    state = [*RoundState][number % 3]
    due = now + timedelta(days=number // 2)
    return to_document(
        Round(
            id=f"round{number}",
            plan=f"plan{number % 2}",
            run="2026-03-02",
            place=place,
            role=ROLE,
            rung=ROLE.role,
            held=tokens(place, ROLE.role),
            title="巡查",
            checks=[Check(key="exit", label="通道")],
            until="2026-03-12",
            state=state,
            filed_by="staff",
            created_at=now - timedelta(hours=number // 2),
            steps=1,
            overdue=state is RoundState.OPEN and number > 3,
            findings=number % 2,
            due_at=due,
            sort_due=due,
        )
    )


async def of_rounds(estate: Estate) -> Case:
    made = [_round(estate, number) for number in range(9)]
    await estate.world.db[rounds.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path="/api/v1/rounds",
        place=COMMUNITY,
        filters=[
            {"state": "open"},
            {"overdue": "true"},
            {"plan_id": "plan1"},
            {"has_findings": "true"},
            {"place": f"{UNIT[:-1]}3"},
        ],
        orders={"": "-created_at,-round_id"},
        rows=9,
        matches={
            "place": lies_at,
            "has_findings": lambda item, said: (item["findings"] > 0) is (said == "true"),
        },
        free_text=False,
    )


async def of_my_rounds(estate: Estate) -> Case:
    made = [_round(estate, number) for number in range(9)]
    for one in made:
        one |= {"state": "open", "held": [f"unit_head|{UNIT}"], "place": UNIT}
    for one in made[6:]:
        one |= {"state": "done", "due_at": None, "created_at": made[0]["created_at"]}
    await estate.world.db[rounds.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("head"),
        stranger=await estate.member("li"),
        path="/api/v1/me/rounds",
        place=UNIT,
        filters=[{"state": "done"}],
        unless={"state": lambda item: item["state"] == "open"},
        orders={"": "due_at,round_id"},
        rows=6,
        free_text=False,
    )


MAKERS: Final[dict[str, Maker]] = {
    "round_plans": of_plans,
    "rounds": of_rounds,
    "my_rounds": of_my_rounds,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
