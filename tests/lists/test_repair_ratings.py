"""Lists of what comes after a repair: ratings, reviews of bad ones, call-backs."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import repair_call_backs, repair_ratings, repair_reviews
from services.kernel.documents import to_document
from services.repairs.call_backs.models import NOTE, CallBack, CallBackResult
from services.repairs.models import Part
from services.repairs.ratings.models import ANSWER, WORDS, Rating
from services.repairs.reviews.models import Review
from services.repairs.reviews.states import ReviewState
from tests.build.cast import COMMUNITY, LI_HOME, OTHER_COMPOUND, UNIT, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

PLACES: Final = (LI_HOME, UNIT, OTHER_COMPOUND)


async def of_ratings(estate: Estate) -> Case:
    vault = estate.world.deps.vault
    thanks = [ANSWER.seal(vault, f"rating{n}", "谢谢") if n % 2 else "" for n in range(6)]
    made = [
        Rating(
            id=f"rating{number}",
            repair=f"repair{number}",
            person=None,
            place=PLACES[number % 3],
            speed=1 + number % 5,
            quality=5,
            manner=5,
            is_bad=number % 5 < 2,
            words_sealed=WORDS.seal(vault, f"rating{number}", FORMULA),
            rated_at=estate.world.clock.now - timedelta(days=number // 2),
            answer_sealed=thanks[number],
            answered_at=estate.world.clock.now if number % 2 else None,
        )
        for number in range(6)
    ]
    kept = estate.world.db[repair_ratings.COLLECTION]
    await kept.insert_many([to_document(each) for each in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/repair-ratings",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[{"is_bad": "true"}, {"is_bad": "false", "is_answered": "true"}],
        orders={"": "-rated_at,-rating_id"},
        rows=6,
    )


async def of_reviews(estate: Estate) -> Case:
    made = [
        Review(
            id=f"review{number}",
            repair=f"repair{number}",
            rating=f"rating{number}",
            number=f"26-000{number}",
            place=PLACES[number % 3],
            state=[*ReviewState][number % 3],
            person=None,
            created_at=estate.world.clock.now - timedelta(days=number // 2),
            steps=1,
            overdue=number == 3,
        )
        for number in range(6)
    ]
    kept = estate.world.db[repair_reviews.COLLECTION]
    await kept.insert_many([to_document(each) for each in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/repair-reviews",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[{"state": "open", "overdue": "true"}, {"overdue": "false"}],
        orders={"": "-created_at,-review_id"},
        rows=6,
        free_text=False,
    )


async def of_call_backs(estate: Estate) -> Case:
    """Staff see all; who is asked about a home's repair is nothing for heads."""
    vault, now = estate.world.deps.vault, estate.world.clock.now
    made = [
        CallBack(
            id=f"call{number}",
            repair=f"repair{number}",
            number=f"26-000{number}",
            place=PLACES[number % 3],
            compound=OTHER_COMPOUND,
            part=Part.COMMON,
            category="stair_light",
            person=None,
            month=f"2026-0{1 + number // 2}",
            rank="0",
            of=number + 1,
            result=[None, *CallBackResult][number % 4],
            note_sealed=NOTE.seal(vault, f"call{number}", FORMULA) if number == 1 else "",
            tries=number % 4 and 1,
            called_at=now if number % 4 else None,
        )
        for number in range(6)
    ]
    kept = estate.world.db[repair_call_backs.COLLECTION]
    await kept.insert_many([to_document(each) for each in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMMUNITY}/repair-call-backs",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"result": "fixed"},
            {"month": "2026-01"},
            {"is_waiting": "true"},
            {"is_waiting": "false", "month": "2026-03"},
        ],
        orders={"": "-month,call_back_id"},
        rows=6,
    )


MAKERS: Final[dict[str, Maker]] = {
    "repair_ratings": of_ratings,
    "repair_reviews": of_reviews,
    "repair_call_backs": of_call_backs,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
