"""Rows about feedback: who says something, with whom it lies, who learns who said it."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import case_parties, feedback
from services.cases.models import CameBy, Clock
from services.cases.parties.models import PartyRow, party_id
from services.feedback import rungs
from services.feedback.models import TEXT, Feedback, FeedbackKind, Rung
from services.feedback.states import FeedbackState
from services.kernel.paths import ancestors
from services.kernel.permissions import Permission, Role
from services.working_time.models import Pace
from tests.matrix.posts import HOME, HOMES, OWNER, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, citywide, decided, everyone
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P, S = Permission, FeedbackState
KNOWN: Final = "whoever said it; heads, firm and offices above with whom it lies or lay"
OWNS: Final = f"who said it; others are told 403 where they may know of it: {KNOWN}"
EVERY_DESK: Final = (*rungs.ROLES.values(), Role.FIRM_MANAGER)


def made(scene: Scene, state: FeedbackState, **more: Any) -> Feedback:
    """Return feedback that lies with every office over its place."""
    now, case_id = scene.town.world.deps.now(), scene.town.new_id()
    clock = Clock(total=60, pace=Pace.CONTINUOUS, left=60, running_since=now, due_at=None)
    desks = rungs.desks(EVERY_DESK, scene.place)
    fields: dict[str, Any] = {
        "person": None,
        "filed_by": "test",
        "kind": FeedbackKind.SUGGESTION,
        "rung": Rung.BUILDING_HEAD,
        "came_from": Rung.UNIT_HEAD,
        "seen_at": desks,
        **more,
    }
    return Feedback(
        id=case_id,
        number=f"26-{scene.number:04d}",
        place=scene.place,
        state=state,
        way=CameBy.APP,
        created_at=now,
        entered_at=now,
        steps=1,
        text_sealed=TEXT.seal(scene.town.world.deps.vault, case_id, "灯太暗"),
        desks=desks,
        under=ancestors(scene.place),
        clocks={rungs.GOAL: clock},
        due_at=now + timedelta(hours=1),
        round=1 if state is S.ANSWERED else 0,
        ended_at=now if state in {S.CONFIRMED, S.CLOSED} else None,
        **fields,
    )


def said(state: FeedbackState = S.WAITING, **more: Any) -> Maker:
    """Return a maker of feedback in a state, of somebody who is not of the matrix."""

    async def make(scene: Scene) -> str:
        return await scene.town.insert(feedback.COLLECTION, made(scene, state, **more))

    return make


def own(state: FeedbackState = S.WAITING) -> Maker:
    """Return a maker of feedback of whoever asks, which others know by their office."""

    async def make(scene: Scene) -> str:
        person = scene.owner.person_id
        case = made(scene, state, person=person, filed_by=person)
        return await scene.town.insert(feedback.COLLECTION, case)

    return make


def own_alone(state: FeedbackState = S.WAITING) -> Maker:
    """Return a maker of the same with its row as a party, which no office knows.

    A party's row is watched as theirs alone, and the id of the case with it.
    """

    async def make(scene: Scene) -> str:
        person = scene.owner.person_id
        case = made(scene, state, person=person, filed_by=person, seen_at=[])
        row = PartyRow(
            id=party_id(case.id, person),
            kind="feedback",
            case=case.id,
            person=person,
            is_reporter=True,
            joined_at=case.created_at,
        )
        await scene.town.insert(case_parties.COLLECTION, row)
        return await scene.town.insert(feedback.COLLECTION, case)

    return make


def knows(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if post.may(P.HANDLE_FEEDBACK, place) else Outcome.MISSING


def owns(post: Post, place: str) -> Outcome:
    if post == OWNER:
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if post.may(P.HANDLE_FEEDBACK, place) else Outcome.MISSING


def asked(post: Post, _place: str) -> Outcome:
    return Outcome.ALLOWED if post == OWNER else Outcome.MISSING


def mine(path: str, state: FeedbackState = S.WAITING, **more: Any) -> Row:
    """Return a row of what who said it may do."""
    whole = f"/api/v1/feedback/{{feedback_id}}{path}"
    return Row("post", whole, decided(owns, OWNS, HOME), makes=own(state), **more)


def work(path: str, makes: Maker, **more: Any) -> Row:
    """Return a row of what those may do with whom it lies."""
    whole = f"/api/v1/feedback/{{feedback_id}}{path}"
    return Row("post", whole, at(UNIT), makes=makes, **more)


def oversee(path: str, **more: Any) -> Row:
    """Return a row of what the community and those above may do; heads know of the case."""
    whole = f"/api/v1/feedback/{{feedback_id}}{path}"
    rule = at(UNIT, seen=(P.HANDLE_FEEDBACK,))
    return Row("post", whole, rule, makes=said(), **more)


def read(path: str, **more: Any) -> Row:
    whole = f"/api/v1/feedback/{{feedback_id}}{path}"
    return Row("get", whole, decided(knows, KNOWN, HOME, UNIT), makes=said(), **more)


WHY: Final = {"reason": "看过了"}
FURNITURE: Final[Furniture] = ((own_alone(), tuple(HOMES)), (said(), (UNIT,)))
ROWS = (
    Row(
        "post",
        "/api/v1/feedback",
        at(HOME, permission=P.WRITE_FEEDBACK, seen=(P.VIEW_HOME,)),
        body={
            "place": HOME,
            "kind": "suggestion",
            "text": "楼道灯太暗",
            "on_behalf_of": "王秀兰",
            "way": "meeting",
        },
    ),
    Row("get", "/api/v1/me/feedback", everyone()),
    Row(
        "get",
        "/api/v1/feedback/similar",
        everyone(),
        query={"place": HOME, "kind": "suggestion"},
        bare="only what one said oneself, and that ended lately",
    ),
    Row("get", "/api/v1/feedback-terms", everyone(), bare="minutes, of the whole city"),
    Row(
        "put",
        "/api/v1/feedback-terms",
        citywide(),
        body={"after_version": 0, "unit_head": 840},
    ),
    read(""),
    read("/history", bare="steps, without places and people"),
    read("/photos", bare="addresses that say nothing"),
    mine("/additions", body={"text": "晚上更暗"}),
    mine("/withdraw", body=WHY),
    Row(
        "post",
        "/api/v1/feedback/{feedback_id}/answer",
        decided(asked, "who said it is asked; here nobody else knows of it", HOME),
        makes=own_alone(S.ANSWERED),
        body={"solved": True},
    ),
    mine("/reopen", S.CONFIRMED, body=WHY),
    work("/take", said()),
    work("/solve", said(), body={"text": "换了灯"}),
    work("/thanks", said(kind=FeedbackKind.PRAISE), body={"text": "谢谢您"}),
    work("/question", said(), body=WHY),
    work("/hand-on", said(), body=WHY),
    work("/hand-back", said(), body=WHY),
    work("/firm", said(), body=WHY),
    oversee("/department", body={"department": "城管局", **WHY}),
    work("/back", said(S.WITH_FIRM), body=WHY),
    work("/remarks", said(), body={"text": "周三上门"}),
    oversee("/author", body={"reason": "contact_resident"}),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
