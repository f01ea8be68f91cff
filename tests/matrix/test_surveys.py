"""Rows about surveys: who asks, who answers, who enters papers, who reads what was written."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import (
    broadcast_homes,
    survey_answers,
    survey_results,
    survey_second_entries,
    survey_texts,
    surveys,
)
from services.audiences import doors, readers
from services.audiences.models import Audience
from services.audiences.senders import OVERSEERS
from services.kernel.paths import ancestors
from services.kernel.permissions import Permission, Role
from services.messaging.broadcasts.models import BroadcastHome, home_id
from services.residencies.models import Relation
from services.surveys import notify
from services.surveys.answers.models import SurveyAnswer, answer_key
from services.surveys.models import Finest, Per, Survey
from services.surveys.questions import QuestionKind, SurveyQuestion
from services.surveys.results.models import SurveyResult
from services.surveys.second_entries.models import SecondEntry
from services.surveys.second_entries.states import EntryState
from services.surveys.states import SurveyState
from services.surveys.texts.models import TEXT, SurveyText
from tests.matrix.posts import COMPOUND, HOME, HOMES, UNIT, Post, lies_in
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, somewhere
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
S = SurveyState
OFFICE: Final = Role.FIRM_MANAGER
OFFICES: Final = "each office works on what it asks, staff of all rungs on those below theirs"
ASKED: Final = "owners of the homes that are asked, each in their own name"
FORM: Final = f"{ASKED}; and the heads of its places, who knock for it"
ANSWERS: Final = [{"question": 1, "choices": [1]}]
QUESTIONS: Final = [
    SurveyQuestion(kind=QuestionKind.SINGLE, text="换灯吗?", options=["同意", "不同意"])
]


def works_on(post: Post, place: str) -> Outcome:
    """Who may touch a survey of a firm: its people there, and staff over the place."""
    if not post.places(P.SEND_SURVEYS):
        return Outcome.FORBIDDEN
    held = {grant.role for grant in post.actor.grants if lies_in(place, grant.place)}
    return Outcome.ALLOWED if held & {OFFICE, *OVERSEERS} else Outcome.MISSING


def is_asked(post: Post, place: str) -> Outcome:
    held = {grant.role for grant in post.actor.grants if lies_in(grant.place, place)}
    return Outcome.ALLOWED if Role.OWNER in held else Outcome.MISSING


def reads(post: Post, place: str) -> Outcome:
    """Whoever is asked, and who enters papers of the homes there."""
    held = post.places(P.VIEW_RESIDENTS)
    carries = any(lies_in(place, each) or lies_in(each, place) for each in held)
    return Outcome.ALLOWED if carries else is_asked(post, place)


def survey(state: SurveyState) -> Maker:
    """Return a maker of a survey of a firm in a state; counted where it is closed."""

    async def make(scene: Scene) -> str:
        now = scene.town.world.deps.now()
        audience = Audience(places=[scene.place], relations=[Relation.OWNER])
        is_out = state is not S.DRAFT
        made = Survey(
            id=scene.town.new_id(),
            state=state,
            role=OFFICE,
            place=scene.place,
            places=[scene.place],
            senders=[f"{OFFICE}|{place}" for place in ancestors(scene.place)],
            author="test",
            changed_by="test",
            title="照明",
            text="照明",
            signed_by="物业",
            questions=QUESTIONS,
            audience=audience,
            per=Per.HOME,
            finest=Finest.UNIT,
            by_relation=False,
            closes_at=now + timedelta(days=9),
            created_at=now,
            changed_at=now,
            readers=readers.readers(audience) if is_out else [],
            doors=doors.tokens(audience) if is_out else [],
            opened_at=now if is_out else None,
            counted_at=now if state in {S.CLOSED, S.PUBLISHED} else None,
            published_at=now if state is S.PUBLISHED else None,
        )
        return await scene.town.insert(surveys.COLLECTION, made)

    return make


async def told(scene: Scene) -> str:
    """A published survey with a result of its place, and somebody's words."""
    survey_id = str(await survey(S.PUBLISHED)(scene))
    town, number = scene.town, scene.number
    result = SurveyResult(
        id=town.new_id(),
        survey=survey_id,
        position=f"{scene.place}!01!",
        place=scene.place,
        question=1,
        answered=700_000 + number,
        counts={"1=1": 700_000 + number},
    )
    await town.insert(survey_results.COLLECTION, result)
    await text(scene, survey_id)
    return survey_id


async def text(scene: Scene, survey_id: str) -> str:
    text_id = scene.town.new_id()
    row = SurveyText(
        id=text_id,
        survey=survey_id,
        question=1,
        answer=text_id,
        text_sealed=TEXT.seal(scene.town.world.deps.vault, text_id, scene.place),
    )
    return await scene.town.insert(survey_texts.COLLECTION, row)


async def chosen(scene: Scene) -> dict[str, str]:
    survey_id = await told(scene)
    return {"survey_id": survey_id, "text_id": await text(scene, survey_id)}


async def at_the_home(scene: Scene) -> dict[str, str]:
    return {"survey_id": str(await survey(S.OPEN)(scene)), "home": scene.place}


async def unanswered(scene: Scene) -> dict[str, str]:
    """A survey that a home has not answered."""
    survey_id = str(await survey(S.OPEN)(scene))
    home = scene.place if scene.place in HOMES else HOME
    broadcast = notify.broadcast_of(survey_id)
    key = home_id(broadcast, home)
    row = BroadcastHome(id=key, broadcast=broadcast, home=home, people=[])
    await scene.town.insert(broadcast_homes.COLLECTION, row)
    return {"survey_id": survey_id, "place": scene.place}


def entry(state: EntryState) -> Maker:
    """Return a maker of a paper answer that was drawn."""

    async def make(scene: Scene) -> str:
        survey_id = str(await survey(S.CLOSED)(scene))
        now = scene.town.world.deps.now()
        paper = SurveyAnswer(
            id=(key := answer_key(scene.town.world.deps.vault, survey_id, scene.place)),
            keys=[key],
            survey=survey_id,
            by_home=True,
            home=scene.place,
            place=scene.place,
            relation=Relation.OWNER,
            choices=["1", "1=1"],
            paper=True,
            entered_by="test",
            answered_at=now,
        )
        await scene.town.insert(survey_answers.COLLECTION, paper)
        made = SecondEntry(
            id=scene.town.new_id(),
            survey=survey_id,
            answer=paper.id,
            home=scene.place,
            first_by="test",
            rank="0",
            of=1,
            state=state,
            choices=["1", "1=2"],
            relation=Relation.OWNER,
        )
        return await scene.town.insert(survey_second_entries.COLLECTION, made)

    return make


def draft(scene: Scene, _: str) -> dict[str, Any]:
    now = scene.town.world.deps.now()
    return {
        "audience": {"places": [scene.place], "relations": ["owner"]},
        "title": "照明",
        "text": "照明",
        "signed_by": "居委会",
        "questions": [{"kind": "single", "text": "换灯吗?", "options": ["同意", "不同意"]}],
        "closes_at": (now + timedelta(days=9)).isoformat(),
    }


def later(scene: Scene, _: str) -> dict[str, Any]:
    at = scene.town.world.deps.now() + timedelta(days=20)
    return {"closes_at": at.isoformat()}


def of_mine(makes: Maker) -> Maker:
    """Return a maker whose survey asks the home that the rows of readers aim at."""

    async def make(scene: Scene) -> str:
        return str(await makes(replace(scene, place=HOME)))

    return make


def row(verb: str, path: str, makes: Maker, **more: Any) -> Row:
    whole = f"/api/v1/surveys/{{survey_id}}{path}"
    return Row(verb, whole, decided(works_on, OFFICES, COMPOUND), makes=makes, **more)


def mine(verb: str, path: str, makes: Maker, **more: Any) -> Row:
    whole = f"/api/v1/me/surveys/{{survey_id}}{path}"
    rule = more.pop("rule", decided(is_asked, ASKED, HOME))
    return Row(verb, whole, rule, makes=of_mine(makes), **more)


AGAIN: Final = {"answers": ANSWERS, "relation": "owner"}
FURNITURE: Final[Furniture] = (
    (told, tuple(HOMES)),
    (unanswered, tuple(HOMES)),
    (entry(EntryState.DIFFERENT), tuple(HOMES)),
)
ROWS = (
    Row("get", "/api/v1/surveys", somewhere()),
    Row("post", "/api/v1/surveys", at(COMPOUND), body=draft),
    row("get", "", survey(S.DRAFT)),
    row("patch", "", survey(S.DRAFT), body={"title": "楼道照明"}),
    row("post", "/open", survey(S.DRAFT), body={}),
    row("post", "/extend", survey(S.OPEN), body=later),
    row("post", "/close", survey(S.OPEN)),
    row("post", "/publish", survey(S.CLOSED), body={"summary": "换"}),
    row("post", "/withdraw", survey(S.OPEN), body={"because": "有误"}),
    row("get", "/results", told),
    row("get", "/turnout", survey(S.OPEN)),
    Row("get", "/api/v1/surveys/{survey_id}/texts", at(COMPOUND), makes=told),
    Row(
        "post",
        "/api/v1/surveys/{survey_id}/texts/{text_id}/choose",
        at(COMPOUND),
        makes=chosen,
    ),
    Row(
        "put",
        "/api/v1/homes/{home}/surveys/{survey_id}/answer",
        at(HOME),
        makes=at_the_home,
        body=AGAIN,
    ),
    Row(
        "get",
        "/api/v1/places/{place}/survey-unanswered",
        at(UNIT, COMPOUND),
        makes=unanswered,
        query=lambda _, made: {"survey_id": made["survey_id"]},
    ),
    Row(
        "get",
        "/api/v1/survey-second-entries/{entry_id}",
        at(HOME),
        makes=entry(EntryState.WAITING),
    ),
    Row(
        "put",
        "/api/v1/survey-second-entries/{entry_id}",
        at(HOME),
        makes=entry(EntryState.WAITING),
        body=AGAIN,
    ),
    Row(
        "post",
        "/api/v1/survey-second-entries/{entry_id}/decide",
        at(HOME, seen=(P.CHECK_SURVEY_PAPERS,)),
        makes=entry(EntryState.DIFFERENT),
        body={"keep": "first", "reason": "原件如此"},
    ),
    Row("get", "/api/v1/me/surveys", everyone(), beyond="what a whole compound is asked"),
    mine("get", "", survey(S.OPEN), rule=decided(reads, FORM, HOME)),
    mine("put", "/answer", survey(S.OPEN), body={"answers": ANSWERS}),
    mine("get", "/results", told),
    mine("get", "/texts", told, bare="none was chosen"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
