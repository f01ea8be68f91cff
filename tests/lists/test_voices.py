"""Board of feedback."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import feedback
from services.cases.models import NO_DEADLINE, CameBy
from services.feedback import rungs
from services.feedback.boards import keys
from services.feedback.models import TEXT, Feedback, FeedbackKind, Rung
from services.feedback.states import OPEN, FeedbackState
from services.kernel import words
from services.kernel.documents import to_document
from services.kernel.paths import ancestors, covers
from services.kernel.permissions import Role
from tests.build import feedback as feedback_build
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    UNIT,
    ZHAO_HOME,
    Estate,
)
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

THERE: Final = (UNIT, LI_HOME, COMPOUND, OTHER_COMPOUND, ZHAO_HOME)
S: Final = FeedbackState
STATES: Final = (S.WAITING, S.TAKEN, S.WITH_FIRM, S.CLOSED, S.CONFIRMED, S.ANSWERED, S.THANKED)
ROLES: Final = (*rungs.ROLES.values(), Role.FIRM_MANAGER)


def _said(estate: Estate, number: int, **more: Any) -> Feedback:
    """Return one of differing cases."""
    world, place = estate.world, THERE[number % len(THERE)]
    state, case_id = STATES[number % len(STATES)], f"said{number:02d}"
    text = FORMULA if number == 0 else f"水龙头坏了{number}号"
    due_at = world.clock.now + timedelta(hours=number // 2 - 3) if state in OPEN else None
    desks = rungs.desks(ROLES, place)
    told = words.read().kept(f"26-{number:04d}", text)
    fields: dict[str, Any] = {
        "holder": "",
        "kind": [*FeedbackKind][number % 5],
        "rung": [*Rung][number % 5],
        **more,
    }
    return Feedback(
        id=case_id,
        number=f"26-{number:04d}",
        place=place,
        state=state,
        person=None,
        filed_by="somebody",
        way=CameBy.APP,
        steps=1,
        created_at=world.clock.now,
        text_sealed=TEXT.seal(world.deps.vault, case_id, text),
        due_at=due_at,
        sort_due=due_at or NO_DEADLINE,
        overdue=due_at is not None and due_at < world.clock.now,
        words=keys.fingerprints(world.deps, told),
        under=ancestors(place),
        desks=desks,
        seen_at=desks,
        **fields,
    )


def is_under(item: Item, place: str) -> bool:
    return covers(place, item["place"])


async def of_feedback(estate: Estate) -> Case:
    voices = await feedback_build.build(estate)
    staff = await estate.member("staff")
    made = [_said(estate, number) for number in range(21)]
    made[4].holder = made[8].holder = staff.person_id
    made[7].about_people = [staff.person_id]
    rows = [to_document(each) for each in made]
    await estate.world.db[feedback.COLLECTION].insert_many(rows)
    return Case(
        who=staff,
        readers=[await estate.member("head"), await voices.member("manager")],
        stranger=await estate.member("li"),
        path="/api/v1/feedback",
        place="cc.chaoyang.guilin.xincheng",
        places={"head": UNIT, "manager": COMPOUND},
        filters=[
            {"place": COMPOUND, "kind": "complaint"},
            {"place": UNIT},
            {"place": OTHER_COMPOUND, "rung": "community_staff"},
            {"state": "closed"},
            {"state": "waiting", "place": COMPOUND},
            {"overdue": "true"},
            {"overdue": "false", "kind": "praise"},
            {"scope": "desk", "overdue": "true"},
            {"scope": "mine"},
            {"q": "26-0005"},
            {"q": "0005", "place": COMPOUND},
        ],
        orders={
            "deadline": "due_at!,feedback_id",
            "newest": "-feedback_id",
            "oldest": "feedback_id",
        },
        rows=11,
        matches={
            "place": is_under,
            "scope": lambda item, value: item["is_held_by_me"] or value == "desk",
            "overdue": lambda item, value: item["overdue"] is (value == "true"),
            "q": lambda item, value: value in item["number"],
        },
        unless={"state": lambda item: item["state"] in {*OPEN}},
    )


async def of_figures(estate: Estate) -> Case:
    """Figures of cases that differ in kind, rung and month."""
    voices = await feedback_build.build(estate)
    staff = await estate.member("staff")
    made = [_said(estate, number) for number in range(21)]
    for case in made[:7]:
        case.created_at -= timedelta(days=40)
    rows = [to_document(each) for each in made]
    await estate.world.db[feedback.COLLECTION].insert_many(rows)
    path = f"/api/v1/places/{COMMUNITY}/feedback-figures"
    return Case(
        who=staff,
        readers=[await voices.member("subdistrict")],
        stranger=await voices.member("manager"),
        path=path,
        subject=COMMUNITY,
        place=COMMUNITY,
        base={"from_month": "2026-01", "to_month": "2026-03"},
        filters=[
            {"by": "rung"},
            {"by": "month", "from_month": "2026-03"},
            {"to_month": "2026-02"},
        ],
        orders={"": "key"},
        rows=6,
        matches={name: lambda item, value, name=name: item[name] == value for name in MONTHS},
        unless={"by": lambda item: item["by"] == "kind"},
        free_text=False,
    )


MONTHS: Final = ("from_month", "to_month")
MAKERS: Final[dict[str, Maker]] = {"feedback": of_feedback, "feedback_figures": of_figures}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
