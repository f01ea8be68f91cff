"""Lists of surveys, of their results and texts, of homes and papers that are still missing."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import (
    broadcast_homes,
    survey_results,
    survey_second_entries,
    survey_texts,
    surveys,
)
from services.audiences import doors
from services.audiences.models import Audience
from services.kernel.documents import to_document
from services.kernel.permissions import Role
from services.messaging.broadcasts.models import BroadcastHome, home_id
from services.residencies.models import Relation
from services.surveys import notify
from services.surveys.models import Finest, Per, Survey
from services.surveys.questions import QuestionKind, SurveyQuestion
from services.surveys.results.models import SurveyResult
from services.surveys.second_entries.models import SecondEntry
from services.surveys.second_entries.states import EntryState
from services.surveys.states import SurveyState
from services.surveys.texts.models import TEXT, SurveyText
from services.surveys.texts.states import TextState
from tests.build.cast import COMMUNITY, COMPOUND, OTHER_COMPOUND, UNIT, Estate
from tests.build.offices import BUILDING
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

QUESTION: Final = SurveyQuestion(
    kind=QuestionKind.SINGLE, text=FORMULA, options=["同意", "不同意"]
)


def survey(estate: Estate, number: int, state: SurveyState, place: str = COMPOUND) -> Survey:
    now = estate.world.clock.now
    return Survey(
        id=f"survey{number}",
        state=state,
        role=Role.COMMUNITY_STAFF,
        place=place,
        places=[place],
        senders=[f"community_staff|{COMMUNITY}", f"community_staff|{place}"],
        author="staff",
        changed_by="staff",
        title=FORMULA,
        text="照明",
        signed_by="居委会",
        questions=[QUESTION] * 3,
        audience=Audience(places=[place], relations=[Relation.OWNER]),
        per=Per.HOME,
        finest=Finest.UNIT,
        by_relation=False,
        closes_at=now + timedelta(days=9),
        created_at=now,
        changed_at=now,
        opened_at=now,
        counted_at=now,
    )


async def insert(estate: Estate, collection: str, rows: list[Any]) -> None:
    await estate.world.db[collection].insert_many([to_document(row) for row in rows])


async def of_surveys(estate: Estate) -> Case:
    states = [*SurveyState]
    made = [
        survey(estate, n, states[n % 3], COMPOUND if n % 2 else OTHER_COMPOUND)
        for n in range(8)
    ]
    await insert(estate, surveys.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path="/api/v1/surveys",
        place=COMMUNITY,
        filters=[{"state": "draft"}, {"place": COMPOUND}],
        matches={"place": lambda item, place: item["place"] == place},
        orders={"newest": "-survey_id", "oldest": "survey_id"},
        rows=8,
    )


async def of_results(estate: Estate) -> Case:
    await insert(estate, surveys.COLLECTION, [survey(estate, 1, SurveyState.CLOSED)])
    made = [
        SurveyResult(
            id=f"result{n}{place}",
            survey="survey1",
            position=f"{place}!{n}!",
            place=place,
            question=n,
            answered=None if n == 2 else 10 + n,
            counts={} if n == 2 else {f"{n}=1": 10 + n},
        )
        for n in (1, 2, 3)
        for place in (COMPOUND, BUILDING)
    ]
    await insert(estate, survey_results.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path="/api/v1/surveys/survey1/results",
        subject="survey1",
        place=COMPOUND,
        filters=[{"place": BUILDING}, {"question": "2"}, {"place": COMPOUND, "question": "1"}],
        orders={"": "place,question"},
        rows=6,
    )


async def of_texts(estate: Estate) -> Case:
    await insert(estate, surveys.COLLECTION, [survey(estate, 1, SurveyState.CLOSED)])
    told = [
        SurveyResult(
            id=f"result{n}",
            survey="survey1",
            position=f"{n}",
            place=COMPOUND,
            question=n,
            answered=None if n == 3 else 9,
        )
        for n in (1, 2, 3)
    ]
    await insert(estate, survey_results.COLLECTION, told)
    vault, states = estate.world.deps.vault, [*TextState]
    made = [
        SurveyText(
            id=f"text{n}",
            survey="survey1",
            question=1 + n % 3,
            answer=f"answer{n}",
            text_sealed=TEXT.seal(vault, f"text{n}", FORMULA),
            state=states[n % 4],
        )
        for n in range(12)
    ]
    await insert(estate, survey_texts.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path="/api/v1/surveys/survey1/texts",
        subject="survey1",
        place=COMPOUND,
        filters=[{"question": "1"}, {"state": "private"}, {"question": "2", "state": "shown"}],
        orders={"": "question,text_id"},
        rows=8,
    )


async def of_open(estate: Estate) -> Case:
    made = [
        survey(estate, n, SurveyState.CLOSED if n == 1 else SurveyState.OPEN, place)
        for n, place in enumerate([COMPOUND, COMPOUND, OTHER_COMPOUND, UNIT, BUILDING] * 2)
    ]
    for number, each in enumerate(made):
        each.doors = doors.tokens(each.audience)
        each.per = Per.PERSON if number % 3 == 0 else Per.HOME
    await insert(estate, surveys.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{BUILDING}/surveys",
        subject=BUILDING,
        place=BUILDING,
        filters=[{"per": "person"}],
        orders={"": "-survey_id"},
        rows=7,
    )


async def of_unanswered(estate: Estate) -> Case:
    made = [survey(estate, n, SurveyState.OPEN) for n in (1, 2)]
    for each in made:
        each.title = "楼道照明"
    await insert(estate, surveys.COLLECTION, made)
    now = estate.world.clock.now
    rows = [
        BroadcastHome(
            id=home_id(notify.broadcast_of(f"survey{1 + n % 2}"), home),
            broadcast=notify.broadcast_of(f"survey{1 + n % 2}"),
            home=home,
            people=["li"] * (n % 4 == 0),
            shown_at=now if n % 3 == 0 else None,
            answered_at=now if n > 15 else None,
            reached=n % 3 == 0 or n > 15,
        )
        for n in range(20)
        for home in [f"{BUILDING}.u1.{100 + n}"]
    ]
    await insert(estate, broadcast_homes.COLLECTION, rows)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/survey-unanswered",
        subject=COMPOUND,
        place=COMPOUND,
        base={"survey_id": "survey1"},
        filters=[{"survey_id": "survey2"}],
        orders={"": "home"},
        rows=8,
        free_text=False,
    )


async def of_second_entries(estate: Estate) -> Case:
    await insert(estate, surveys.COLLECTION, [survey(estate, 1, SurveyState.CLOSED)])
    states = [*EntryState]
    made = [
        SecondEntry(
            id=f"entry{n}",
            survey="survey1",
            answer=f"answer{n}",
            home=f"{BUILDING}.u1.{100 + n // 2}",
            first_by="head",
            rank=f"{n}",
            of=90,
            state=states[n % 3],
        )
        for n in range(9)
    ]
    await insert(estate, survey_second_entries.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/survey-second-entries",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"state": "waiting"}],
        orders={"": "home,entry_id"},
        rows=9,
    )


MAKERS: Final[dict[str, Maker]] = {
    "surveys": of_surveys,
    "survey_results": of_results,
    "survey_texts": of_texts,
    "place_surveys": of_open,
    "survey_unanswered": of_unanswered,
    "survey_second_entries": of_second_entries,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
