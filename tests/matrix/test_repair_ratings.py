"""Rows about what comes after a repair: ratings, reviews of bad ones, call-backs."""

from collections import Counter
from dataclasses import replace
from typing import Any, Final

import pytest

from mongo_indexes import (
    case_parties,
    repair_call_backs,
    repair_figures,
    repair_ratings,
    repair_reviews,
    repairs,
)
from services.cases.models import CameBy, Clock
from services.cases.parties.models import PartyRow, party_id
from services.kernel.paths import parent
from services.kernel.permissions import Permission
from services.repairs.call_backs.models import CallBack
from services.repairs.classes import Danger
from services.repairs.figures.arithmetic import Sums
from services.repairs.figures.definitions import COUNTS
from services.repairs.figures.models import By, Cell
from services.repairs.models import Part, Repair
from services.repairs.ratings.models import Rating
from services.repairs.reviews.models import Review
from services.repairs.reviews.states import ReviewState
from services.repairs.states import RepairState
from services.working_time.models import Pace
from tests.matrix import makers
from tests.matrix.posts import (
    COMMUNITY,
    COMPOUND,
    COMPOUNDS,
    HOME,
    HOMES,
    OWNER,
    UNIT,
    UNITS,
    Post,
)
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
RATES: Final = "who reported it; others who may know of a home's repair are told 403"
READS: Final = "whoever may know of a home's repair; only who hands repairs out reads all"
STARS: Final = {"speed": 5, "quality": 5, "manner": 5}


async def fixed(scene: Scene, person: str | None = None) -> Repair:
    """Return a repair that was fixed, of somebody who is not of the matrix by default."""
    now, is_home = scene.town.world.deps.now(), scene.place in HOMES
    clock = Clock(total=60, pace=Pace.CONTINUOUS, left=60, running_since=now, due_at=None)
    made = Repair(
        id=scene.town.new_id(),
        number=f"26-{scene.number:04d}",
        place=scene.place,
        part=Part.HOME if is_home else Part.COMMON,
        category="tap_broken" if is_home else "stair_light",
        danger=Danger.NORMAL,
        state=RepairState.CONFIRMED,
        person=person,
        filed_by=person or "test",
        way=CameBy.APP,
        created_at=now,
        steps=1,
        clocks={"completion": clock},
        firm=await makers.firm(scene),
        ended_at=now,
    )
    await scene.town.insert(repairs.COLLECTION, made)
    return made


async def own(scene: Scene) -> str:
    person = scene.owner.person_id
    made = await fixed(scene, person)
    row = PartyRow(
        id=party_id(made.id, person),
        kind="repair",
        case=made.id,
        person=person,
        is_reporter=True,
        joined_at=made.created_at,
    )
    await scene.town.insert(case_parties.COLLECTION, row)
    return made.id


async def rated(scene: Scene) -> dict[str, str]:
    made = await fixed(scene)
    rating = Rating(
        id=scene.town.new_id(),
        repair=made.id,
        person=None,
        place=made.place,
        firm=made.firm,
        is_bad=True,
        rated_at=made.created_at,
        **{**STARS, "speed": 1},
    )
    await scene.town.insert(repair_ratings.COLLECTION, rating)
    return {"repair_id": made.id, "rating_id": rating.id}


async def review(scene: Scene) -> str:
    ids, now = await rated(scene), scene.town.world.deps.now()
    clock = Clock(total=60, pace=Pace.CONTINUOUS, left=60, running_since=now, due_at=None)
    made = Review(
        id=scene.town.new_id(),
        repair=ids["repair_id"],
        rating=ids["rating_id"],
        number=f"26-{scene.number:04d}",
        place=scene.place,
        state=ReviewState.OPEN,
        person=None,
        created_at=now,
        steps=1,
        clocks={"answer": clock},
    )
    return await scene.town.insert(repair_reviews.COLLECTION, made)


async def call_back(scene: Scene) -> str:
    """A call-back about what all share, or about a home."""
    made = await fixed(scene)
    row = CallBack(
        id=scene.town.new_id(),
        repair=made.id,
        number=made.number,
        place=made.place,
        compound=COMPOUND,
        part=made.part,
        category=made.category,
        person=None,
        month="2026-02",
        rank="0",
        of=1,
    )
    return await scene.town.insert(repair_call_backs.COLLECTION, row)


async def kept_figures(scene: Scene) -> str:
    """A month in which everything was the same: what the answer names is the place."""
    key = f"{scene.place}|2026-02"
    row = {
        "_id": key,
        "place": scene.place,
        "parent": parent(scene.place),
        "month": "2026-02",
        **Cell(By.ALL, "", few=False)._asdict(),
        **Sums(Counter(dict.fromkeys(COUNTS, 1))).kept(),
    }
    await scene.town.world.db[repair_figures.COLLECTION].insert_one(row)
    return key


def may_know(post: Post, place: str) -> bool:
    return post.may(P.WORK_ON_REPAIRS, place) or post.may(P.VIEW_HOME, place)


def rates(post: Post, place: str) -> Outcome:
    if post == OWNER:
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if may_know(post, place) else Outcome.MISSING


def reads(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if may_know(post, place) else Outcome.MISSING


def answer(_: Scene, made: Any) -> dict[str, str]:
    return {"rating_id": made["rating_id"], "text": "谢谢"}


FURNITURE: Final[Furniture] = (
    (rated, tuple(HOMES)),
    (review, COMPOUNDS),
    (call_back, UNITS),
    (kept_figures, COMPOUNDS),
)
A_REVIEW: Final = "/api/v1/repair-reviews/{review_id}"
TEXT: Final = {"text": "已约谈物业"}
ROWS = (
    Row(
        "post",
        "/api/v1/repairs/{repair_id}/rating",
        decided(rates, RATES, HOME),
        makes=own,
        body=STARS,
    ),
    Row(
        "post",
        "/api/v1/repairs/{repair_id}/rating/answer",
        at(HOME),
        makes=rated,
        body=answer,
    ),
    Row(
        "get",
        "/api/v1/repairs/{repair_id}/ratings",
        decided(reads, READS, HOME),
        makes=rated,
        bare="who lives there reads what they gave themselves, and these are somebody else's",
    ),
    Row("get", A_REVIEW, at(UNIT, permission=P.DECIDE_REPAIR_APPEALS), makes=review),
    Row(
        "get",
        f"{A_REVIEW}/history",
        at(UNIT, permission=P.DECIDE_REPAIR_APPEALS),
        makes=review,
        bare="a review that nobody took up has no rows",
    ),
    Row("post", f"{A_REVIEW}/answer", at(UNIT), makes=review, body=TEXT),
    Row("post", f"{A_REVIEW}/close", at(UNIT), makes=review, body=TEXT),
    Row("post", f"{A_REVIEW}/remarks", at(UNIT), makes=review, body=TEXT),
    Row(
        "post",
        "/api/v1/repair-call-backs/{call_back_id}/result",
        at(UNIT),
        makes=call_back,
        body={"result": "fixed"},
    ),
    Row(
        "get",
        "/api/v1/places/{place}/repair-figures",
        # not also at each one's own place: a head's is below a compound, where there are none
        replace(at(COMPOUND, COMMUNITY), by_place=False),
        query={"from_month": "2026-01", "to_month": "2026-03", "by": "place"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
