"""Boards of repairs."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import repairs
from services.cases.models import NO_DEADLINE, CameBy
from services.kernel import words
from services.kernel.documents import to_document
from services.kernel.paths import ancestors, covers
from services.repairs.classes import Danger
from services.repairs.models import TEXT, Done, Part, Repair
from services.repairs.states import FINISHED, OPEN, RepairState
from tests.build import repairs as repairs_build
from tests.build.cast import COMPOUND, LI_HOME, OTHER_COMPOUND, UNIT, ZHAO_HOME, Estate
from tests.build.repairs import LIGHT, TAP
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

THERE: Final = (UNIT, LI_HOME, COMPOUND, OTHER_COMPOUND, ZHAO_HOME)
S: Final = RepairState
# Category → the group that it lies in.
GROUPS: Final = {LIGHT: "power", TAP: "water", "water_leak": "water"}
STATES: Final = (S.REPORTED, S.ASSIGNED, S.PAUSED, S.CLOSED, S.WORKING, S.DONE, S.CONFIRMED)


def _repair(estate: Estate, number: int, **more: Any) -> Repair:
    """Return one of differing repairs: those of a home with their text sealed."""
    world, place = estate.world, THERE[number % len(THERE)]
    state = STATES[number % len(STATES)]
    repair_id, part = f"repair{number:02d}", Part.COMMON
    text = FORMULA if number == 0 else f"水龙头坏了{number}号" if number % 3 else "灯不亮"
    sealed = ""
    if place in {LI_HOME, ZHAO_HOME}:
        part, text, sealed = Part.HOME, "", TEXT.seal(world.deps.vault, repair_id, FORMULA)
    runs = state in OPEN and state not in {S.PAUSED, S.DONE}
    due_at = world.clock.now + timedelta(hours=number // 2 - 3) if runs else None
    danger = [Danger.NORMAL, Danger.DANGER, Danger.PLANNED][number % 3]
    made = Repair(
        id=repair_id,
        number=f"26-{number:04d}",
        place=place,
        part=part,
        category=[LIGHT, TAP, LIGHT, "water_leak"][number % 4],
        danger=danger,
        state=state,
        person=None,
        filed_by="somebody",
        way=CameBy.APP,
        steps=1,
        created_at=world.clock.now,
        text=text,
        text_shown=number == 0,
        text_sealed=sealed,
        due_at=due_at,
        sort_due=due_at or NO_DEADLINE,
        overdue=due_at is not None and due_at < world.clock.now,
        words=words.read().kept(f"26-{number:04d}", text, danger),
        under=ancestors(place),
        rank=danger.rank,
    )
    if state is not S.REPORTED:
        made.accepted_at = world.clock.now
    if state in FINISHED:
        made.done_at = world.clock.now + timedelta(minutes=number)
        made.done = Done(summary=FORMULA, at=made.done_at) if number % 2 else None
    made.words.append(made.category)
    for name, value in more.items():
        setattr(made, name, value)
    return made


async def _insert(estate: Estate, made: list[Repair]) -> None:
    await estate.world.db[repairs.COLLECTION].insert_many([to_document(each) for each in made])


def is_under(item: Item, place: str) -> bool:
    return covers(place, item["place"])


def is_in(item: Item, category: str) -> bool:
    return category in {item["category"], GROUPS[item["category"]]}


async def of_repairs(estate: Estate) -> Case:
    works = await repairs_build.build(estate)
    staff = await estate.member("staff")
    made = [_repair(estate, number) for number in range(21)]
    for each in made[1::3]:
        each.holder = staff.person_id
    await _insert(estate, made)
    await works.report("head", place=LI_HOME, category=TAP, on_behalf_of="老李")
    return Case(
        who=staff,
        readers=[await estate.member("head"), await works.member("repairer")],
        stranger=await estate.member("li"),
        path="/api/v1/repairs",
        place="cc.chaoyang.guilin.xincheng",
        places={"head": UNIT, "repairer": COMPOUND},
        filters=[
            {"place": COMPOUND, "category": LIGHT},
            {"place": UNIT},
            {"place": OTHER_COMPOUND, "danger": "normal"},
            {"state": "closed"},
            {"state": "assigned", "place": COMPOUND},
            {"overdue": "true"},
            {"overdue": "false", "category": TAP},
            {"category": "water"},
            {"held_by_me": "true"},
            {"held_by_me": "true", "category": "water", "state": "closed"},
            {"held_by_me": "false", "category": "water", "danger": "normal"},
            {"q": "26-0005"},
            {"q": "0005", "place": COMPOUND},
        ],
        orders={
            "deadline": "due_at!,repair_id",
            "newest": "-repair_id",
            "oldest": "repair_id",
        },
        rows=13,
        matches={
            "place": is_under,
            "category": is_in,
            "overdue": lambda item, value: item["overdue"] is (value == "true"),
            "held_by_me": lambda item, value: item["is_held_by_me"] is (value == "true"),
            "q": lambda item, value: value in item["number"],
        },
        unless={"state": lambda item: item["state"] in {*OPEN}},
    )


async def of_repairs_today(estate: Estate) -> Case:
    works = await repairs_build.build(estate)
    repairer = await works.member("repairer")
    made = [_repair(estate, number, holder=repairer.person_id) for number in range(42)]
    made[6].holder, made[11].holder = "another", ""
    await _insert(estate, made)
    return Case(
        who=repairer,
        stranger=await estate.member("li"),
        path="/api/v1/me/repairs/today",
        place=COMPOUND,
        filters=[],
        orders={"": "danger,due_at!,place,repair_id"},
        rows=5,
        free_text=False,
    )


MAKERS: Final[dict[str, Maker]] = {
    "repairs": of_repairs,
    "repairs_today": of_repairs_today,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
