"""Rows about mediations: who may open one, who knows of it, who mediates."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import (
    mediation_agreements,
    mediation_parties,
    mediation_sessions,
    mediations,
)
from services.cases.models import Clock
from services.kernel.permissions import Permission, Role
from services.mediations.agreements.models import TEXT, Agreement, Form, agreement_id, digest
from services.mediations.kind import FOLLOW_UP
from services.mediations.models import Matter, Mediation
from services.mediations.parties.models import NAME, PartyRow, party_id
from services.mediations.sessions.models import WHERE, Session
from services.mediations.sessions.states import SessionState
from services.mediations.states import MediationState
from services.working_time.models import Pace
from tests.matrix.posts import (
    CITY,
    COMMUNITY,
    DISTRICT,
    HOME,
    HOMES,
    NEXT_DOOR,
    OWNER,
    SUBDISTRICT,
    Position,
    Post,
    lies_in,
)
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, somewhere
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P, S = Permission, MediationState
OWNS: Final = "a party; the community's mediation member knows of it and is told 403"
MEDIATES: Final = "whoever was asked to mediate, by an office over any place of the community"
NAMED: Final = "the answer names the community and the other party, who are the matter"
MEMBER: Final = Post(Position.OWN, ((Role.MEDIATION_MEMBER, COMMUNITY),))


def _community(place: str) -> str:
    return ".".join(place.split(".")[:4])


async def _made(scene: Scene, state: MediationState, **more: Any) -> Mediation:
    """Insert a mediation of two parties without an account, with an agreement and a session."""
    deps, town = scene.town.world.deps, scene.town
    now, made_id = deps.now(), town.new_id()
    clock = Clock(total=60, pace=Pace.WORKING, left=60, running_since=now, due_at=now)
    home = scene.place if scene.place in HOMES else HOME
    made = Mediation(
        id=made_id,
        place=_community(home),
        matter=Matter.NOISE,
        state=state,
        person="",
        filed_by="test",
        created_at=now,
        entered_at=now,
        steps=1,
        version=1,
        clocks={FOLLOW_UP: clock},
        **more,
    )
    await town.insert(mediations.COLLECTION, made)
    for number in (1, 2):
        row_id = party_id(made_id, number)
        row = PartyRow(
            id=row_id,
            mediation=made_id,
            number=number,
            person=next(iter(made.people), None) if number == 1 else None,
            home="",
            name_sealed=NAME.seal(deps.vault, row_id, f"{HOMES[home]}建国"),
        )
        await town.insert(mediation_parties.COLLECTION, row)
    version = agreement_id(made_id, 1)
    agreement = Agreement(
        id=version,
        mediation=made_id,
        version=1,
        form=Form.ORAL,
        text_sealed=TEXT.seal(deps.vault, version, "不再施工"),
        sha256=digest(made_id, 1, Form.ORAL, "不再施工"),
        by="test",
        created_at=now,
    )
    await town.insert(mediation_agreements.COLLECTION, agreement)
    return made


def mediation(state: MediationState = S.ASKING) -> Maker:
    """Return a maker of a mediation of people who are not of the matrix."""

    async def make(scene: Scene) -> dict[str, str]:
        return _ids(await _made(scene, state))

    return make


def own(state: MediationState = S.ASKING) -> Maker:
    """Return a maker of a mediation of which whoever asks is a party."""

    async def make(scene: Scene) -> dict[str, str]:
        return _ids(await _made(scene, state, people=[scene.owner.person_id]))

    return make


def held(state: MediationState = S.TALKS) -> Maker:
    """Return a maker of a mediation that whoever asks mediates."""

    async def make(scene: Scene) -> dict[str, str]:
        return _ids(await _made(scene, state, holder=scene.owner.person_id))

    return make


async def with_session(scene: Scene) -> dict[str, str]:
    made = await _made(scene, S.TALKS, holder=scene.owner.person_id)
    deps, session_id = scene.town.world.deps, scene.town.new_id()
    session = Session(
        id=session_id,
        mediation=made.id,
        state=SessionState.PLANNED,
        begins=deps.now(),
        where_sealed=WHERE.seal(deps.vault, session_id, "调解室"),
        by="test",
        created_at=deps.now(),
    )
    await scene.town.insert(mediation_sessions.COLLECTION, session)
    return {"mediation_id": made.id, "session_id": session_id}


async def assignable(scene: Scene) -> dict[str, str]:
    """Return a mediation, and the office of a member who may be asked."""
    member = scene.town.people[MEMBER].person_id
    found = await scene.town.world.db.appointments.find_one({"person": member})
    assert found is not None
    return {**_ids(await _made(scene, S.ASKING)), "appointment_id": str(found["_id"])}


def _ids(made: Mediation) -> dict[str, str]:
    return {"mediation_id": made.id, "party_id": party_id(made.id, 2)}


def owns(post: Post, _: str) -> Outcome:
    if post == OWNER:
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if post.may(P.ASSIGN_MEDIATOR, COMMUNITY) else Outcome.MISSING


def mediates(post: Post, _: str) -> Outcome:
    places = post.places(P.MEDIATE)
    is_here = any(lies_in(each, COMMUNITY) or lies_in(COMMUNITY, each) for each in places)
    return Outcome.ALLOWED if is_here else Outcome.MISSING


def sha256(made: dict[str, str]) -> str:
    return digest(made["mediation_id"], 1, Form.ORAL, "不再施工")


def party(path: str, state: MediationState = S.ASKING, **more: Any) -> Row:
    """Return a row of what a party does."""
    verb, rule = more.pop("verb", "post"), decided(owns, OWNS, HOME)
    whole = f"{A_MEDIATION}{path}"
    return Row(verb, whole, rule, makes=own(state), beyond=NAMED, **more)


def work(path: str, makes: Maker, **more: Any) -> Row:
    """Return a row of what the mediator does."""
    verb, rule = more.pop("verb", "post"), decided(mediates, MEDIATES, COMMUNITY)
    return Row(verb, f"{A_MEDIATION}{path}", rule, makes=makes, beyond=NAMED, **more)


def seen(path: str, **more: Any) -> Row:
    """Return a row of what the community's member sees, and nobody else but those in it."""
    rule = at(COMMUNITY, permission=P.ASSIGN_MEDIATOR)
    return Row("get", f"{A_MEDIATION}{path}", rule, makes=mediation(), **more)


def plan(scene: Scene, _: Any) -> dict[str, str]:
    begins = scene.town.world.deps.now() + timedelta(days=1)
    return {"begins": begins.isoformat().replace("+00:00", "Z"), "where": "调解室"}


A_MEDIATION: Final = "/api/v1/mediations/{mediation_id}"
FURNITURE: Final[Furniture] = ((own(), tuple(HOMES)),)
ROWS = (
    Row(
        "post",
        "/api/v1/mediations",
        at(HOME, permission=P.MEDIATE),
        body={
            "matter": "noise",
            "statement": "晚上太吵",
            "parties": [{"name": "甲", "home": HOME}, {"name": "乙", "home": NEXT_DOOR}],
        },
        bare="the id of what was made",
    ),
    Row("get", "/api/v1/mediations", somewhere(), beyond="of others, whom it does not name"),
    Row("get", "/api/v1/me/mediations", everyone(), beyond=NAMED),
    seen(""),
    seen("/history", bare="steps, without places and people"),
    seen("/papers", bare="addresses that say nothing"),
    seen("/candidates"),
    Row(
        "put",
        f"{A_MEDIATION}/mediator",
        at(COMMUNITY),
        makes=assignable,
        body=lambda _, made: {"appointment_id": made["appointment_id"]},
    ),
    party("/answer", body={"agree": True}),
    party("/statement", verb="put", body={"text": "我也有话说"}),
    party("/leave", S.TALKS),
    party(
        "/agreement/answer",
        S.PROPOSED,
        body=lambda _, made: {"sha256": sha256(made), "agree": True},
    ),
    work("/parties/{party_id}/answer", held(S.ASKING), body={"agree": True}),
    work("/parties/{party_id}/leave", held()),
    work(
        "/parties/{party_id}/signature",
        held(S.PROPOSED),
        body=lambda _, made: {"sha256": sha256(made), "agree": False},
    ),
    work("/sessions", held(), body=plan),
    work(
        "/sessions/{session_id}/held",
        with_session,
        body={"minutes": "都讲了经过", "present": []},
    ),
    work("/sessions/{session_id}/cancel", with_session),
    work("/agreement", held(), verb="put", body={"form": "oral", "text": "不再施工"}),
    work("/end", held(), body={"reason": "far_apart"}),
    work("/follow-up", held(S.AGREED), body={"outcome": "kept"}),
    Row(
        "get",
        "/api/v1/places/{place}/mediation-figures",
        # not also at each one's own place: there are none below a community
        replace(at(COMMUNITY, SUBDISTRICT, DISTRICT, CITY), by_place=False),
        query={"quarter": "2025Q4"},
        bare="numbers of a quarter without mediations",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
