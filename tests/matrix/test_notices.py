"""Rows about notices: who sends, who reviews, who reads, who answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import (
    broadcast_homes,
    broadcasts,
    notice_question_groups,
    notice_questions,
    notice_readings,
    notice_rules,
    notice_visits,
    notices,
)
from services.audiences import doors, readers
from services.audiences.models import Audience
from services.kernel.paths import ancestors
from services.kernel.permissions import Permission
from services.messaging.broadcasts.models import Broadcast, BroadcastHome, home_id
from services.messaging.broadcasts.states import BroadcastState
from services.notices import notify
from services.notices.contents.models import AnswerForm, Proposal, Question
from services.notices.models import Notice, NoticeKind, position
from services.notices.questions.models import (
    ANSWER,
    QUESTION,
    NoticeQuestion,
    QuestionGroup,
)
from services.notices.questions.states import QuestionState
from services.notices.readings.models import Reading, reading_id
from services.notices.states import NoticeState
from services.notices.visits.models import Visit, VisitResult, visit_id
from services.residencies.models import Relation
from tests.matrix.notice_rules import (
    OFFICE,
    answers,
    carries,
    hangs_up,
    owns,
    sees_doors,
    submits,
    works_on,
)
from tests.matrix.posts import COMPOUND, HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at, decided, everyone, somewhere
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
S = NoticeState
OFFICES = "each office works on its own notices, staff of all rungs on those below theirs"
DOORS = "the same, if they see the residents: small groups are not told home by home"
HANGS = f"{OFFICES}; what is published hang up the heads of its places, too"
READERS = "owners of the homes that are meant, each in their own name"
TEXTS = f"{READERS}, and the heads of its places, who knock for it"
SAME = "the same for all"


def _notice(scene: Scene, **more: Any) -> Notice:
    now, notice_id = scene.town.world.deps.now(), scene.town.new_id()
    audience = Audience(places=[scene.place], relations=[Relation.OWNER])
    made = Notice(
        id=notice_id,
        kind=NoticeKind.ASKS_ANSWER,
        role=OFFICE,
        place=scene.place,
        places=[scene.place],
        senders=[f"{OFFICE}|{place}" for place in ancestors(scene.place)],
        author="test",
        changed_by="test",
        title="停水",
        text="停水",
        signed_by="物业",
        audience=audience,
        question=Question(form=AnswerForm.YES_NO, until=now + timedelta(days=9)),
        created_at=now,
        changed_at=now,
        **more,
    )
    if made.state in {S.PUBLISHED, S.WITHDRAWN}:
        made.version, made.published_at = 1, now
        made.readers = readers.readers(audience)
        made.position = position(now, notice_id, pinned=False)
    return made


def notice(state: NoticeState, **more: Any) -> Maker:
    """Return a maker of a notice of a firm in a state."""

    async def make(scene: Scene) -> str:
        return await scene.town.insert(notices.COLLECTION, _notice(scene, state=state, **more))

    return make


OUT: Final = notice(S.PUBLISHED)


async def proposed(scene: Scene) -> str:
    """A published notice with a correction that waits."""
    made = _notice(scene, state=S.PUBLISHED)
    at = made.created_at
    made.proposal = Proposal(content=made.content, because="有误", by="test", at=at)
    return await scene.town.insert(notices.COLLECTION, made)


async def answered(scene: Scene) -> str:
    """A notice that its home has answered."""
    notice_id = await notice(S.PUBLISHED)(scene)
    made = Reading(
        id=reading_id(notice_id, scene.place),
        notice=notice_id,
        person=scene.owner.person_id,
        home=scene.place,
        answered=True,
        answered_at=scene.town.world.deps.now(),
        choice="yes",
    )
    await scene.town.insert(notice_readings.COLLECTION, made)
    return notice_id


async def told(scene: Scene) -> str:
    """A published notice that a home was told of, and that nobody there has looked at."""
    return await _told(scene, scene.place if scene.place in HOMES else HOME)


async def _told(scene: Scene, home: str) -> str:
    made = _notice(scene, state=S.PUBLISHED)
    made.doors = doors.tokens(made.audience)
    broadcast = Broadcast(
        id=notify.broadcast_of(made),
        source=notify.SOURCE,
        key=made.id,
        template=notify.NOTICE.key,
        push_until=made.created_at,
        state=BroadcastState.DONE,
        created_at=made.created_at,
    )
    await scene.town.insert(broadcasts.COLLECTION, broadcast)
    key = home_id(broadcast.id, home)
    row = BroadcastHome(id=key, broadcast=broadcast.id, home=home, people=[])
    await scene.town.insert(broadcast_homes.COLLECTION, row)
    return await scene.town.insert(notices.COLLECTION, made)


async def visited(scene: Scene) -> str:
    """The same, where somebody has knocked."""
    notice_id = await told(scene)
    home = scene.place if scene.place in HOMES else HOME
    made = Visit(
        id=visit_id(notice_id, home, 1),
        notice=notice_id,
        home=home,
        number=1,
        result=VisitResult.NOBODY_THERE,
        by="test",
        at=scene.town.world.deps.now(),
    )
    await scene.town.insert(notice_visits.COLLECTION, made)
    return notice_id


async def at_the_door(scene: Scene) -> dict[str, str]:
    return {"notice_id": await visited(scene), "home": scene.place}


def asked(state: QuestionState) -> Maker:
    """Return a maker of a notice with a question that passed, waiting or answered."""

    async def make(scene: Scene) -> dict[str, str]:
        notice_id, town = await notice(S.PUBLISHED)(scene), scene.town
        now, vault = town.world.deps.now(), town.world.deps.vault
        question_id, group_id = town.new_id(), town.new_id()
        is_over = state is not QuestionState.PASSED
        question = NoticeQuestion(
            id=question_id,
            notice=str(notice_id),
            author=scene.owner.person_id,
            number=1,
            state=QuestionState.PASSED,
            text_sealed=QUESTION.seal(vault, question_id, scene.place),
            group=group_id,
            asked_at=now,
        )
        group = QuestionGroup(
            id=group_id,
            notice=question.notice,
            state=state,
            asked=1,
            created_at=now,
            worded_by=question_id,
            answer_sealed=ANSWER.seal(vault, group_id, scene.place) if is_over else "",
            answered_at=now if is_over else None,
        )
        await town.insert(notice_questions.COLLECTION, question)
        await town.insert(notice_question_groups.COLLECTION, group)
        return {"notice_id": question.notice, "question_id": question_id}

    return make


async def answered_for_all(scene: Scene) -> str:
    """A notice with a question that was published with its answer."""
    made = await asked(QuestionState.PUBLISHED)(scene)
    return made["notice_id"] if isinstance(made, dict) else made


async def at_the_home(scene: Scene) -> dict[str, str]:
    return {"notice_id": await told(scene), "home": scene.place}


def draft(scene: Scene, _: str) -> dict[str, Any]:
    return {
        "kind": "information",
        "audience": {"places": [scene.place], "relations": ["owner"]},
        "title": "停水",
        "text": "停水",
        "signed_by": "居委会",
    }


def of_mine(makes: Maker) -> Maker:
    """Return a maker whose notice is for the home that the rows of readers aim at."""

    async def make(scene: Scene) -> str:
        return str(await makes(replace(scene, place=HOME)))

    return make


def without_rules(makes: Maker) -> Maker:
    """Return a maker where no place asks for a review: another row may have asked for one."""

    async def make(scene: Scene) -> str:
        await scene.town.world.db[notice_rules.COLLECTION].delete_many({})
        return str(await makes(scene))

    return make


def row(verb: str, path: str, makes: Maker, **more: Any) -> Row:
    whole = f"/api/v1/notices/{{notice_id}}{path}"
    return Row(verb, whole, decided(works_on, OFFICES, COMPOUND), makes=makes, **more)


def door(path: str, makes: Maker, **more: Any) -> Row:
    whole = f"/api/v1/notices/{{notice_id}}{path}"
    return Row("get", whole, decided(sees_doors, DOORS, COMPOUND), makes=makes, **more)


def reader(verb: str, path: str, makes: Maker = OUT, **more: Any) -> Row:
    whole = f"/api/v1/me/notices/{{notice_id}}{path}"
    rule = more.pop("rule", decided(owns, READERS, HOME))
    return Row(verb, whole, rule, makes=makes, **more)


FURNITURE: Final[Furniture] = (
    (answered, tuple(HOMES)),
    (visited, tuple(HOMES)),
    (answered_for_all, tuple(HOMES)),
)
REASON: Final = {"because": "有误"}
ROWS = (
    Row("get", "/api/v1/notices", somewhere()),
    Row("post", "/api/v1/notices", at(COMPOUND), body=draft),
    row("get", "", notice(S.DRAFT)),
    row("patch", "", notice(S.DRAFT), body={"title": "停水改期"}),
    row("get", "/preview", notice(S.DRAFT), bare="counts"),
    row("get", "/attachments", notice(S.DRAFT), bare="addresses that say nothing"),
    Row(
        "get",
        "/api/v1/notices/{notice_id}/code",
        decided(hangs_up, HANGS, COMPOUND),
        makes=notice(S.PUBLISHED),
        bare="a picture",
    ),
    Row(
        "post",
        "/api/v1/notices/{notice_id}/submit",
        decided(submits, OFFICES, COMPOUND),
        makes=without_rules(notice(S.DRAFT)),
        land=(409, "notice_review_not_asked"),
        because="no place asks for a second pair of eyes",
    ),
    row("post", "/recall", notice(S.IN_REVIEW)),
    row("post", "/review", notice(S.IN_REVIEW), body={"approve": True, "revision": 0}),
    row("post", "/publish", without_rules(notice(S.DRAFT))),
    row("post", "/correct", notice(S.PUBLISHED), body={"title": "停水改期", **REASON}),
    row("post", "/withdraw", proposed, body=REASON),
    row("get", "/reach", told),
    row("get", "/progress", told, bare="counts"),
    door("/unreached", told),
    door("/visits", visited),
    *(
        Row(
            verb,
            "/api/v1/notices/{notice_id}/homes/{home}/visits",
            at(HOME),
            makes=at_the_door,
            body={"result": "paper_left"} if verb == "post" else None,
        )
        for verb in ("get", "post")
    ),
    row("get", "/answers", answered, bare="no home is named by its compound"),
    row("get", "/questions", answered_for_all),
    row(
        "post",
        "/questions/{question_id}/group",
        asked(QuestionState.PASSED),
        body={"with": None},
    ),
    row(
        "post",
        "/questions/{question_id}/answer",
        asked(QuestionState.PASSED),
        body={"answer": "今晚八点", "public": True},
    ),
    Row("get", "/api/v1/notice-templates", somewhere(), bare=SAME),
    Row("get", "/api/v1/me/notices", everyone(), beyond="what a whole compound is told"),
    Row("get", "/api/v1/me/notices/unread", everyone(), bare="a number"),
    Row(
        "post",
        "/api/v1/me/notices/read",
        everyone(),
        makes=of_mine(notice(S.PUBLISHED)),
        body=lambda _, made: {"notice_ids": [made]},
        silent="reading is no act",
    ),
    reader("get", "", rule=decided(carries, TEXTS, HOME)),
    reader(
        "get",
        "/attachments",
        rule=decided(carries, TEXTS, HOME),
        bare="addresses that say nothing",
    ),
    reader(
        "put",
        "/answer",
        rule=decided(answers, READERS, HOME),
        body={"answer": "yes"},
        land=(409, "no_answer_asked"),
        because="residents answer, and not the head who knocks for it",
    ),
    reader("get", "/questions", answered_for_all),
    reader("post", "/questions", body={"question": "何时来水"}),
    Row(
        "put",
        "/api/v1/homes/{home}/notices/{notice_id}/answer",
        at(HOME),
        makes=at_the_home,
        body={"answer": "yes"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
