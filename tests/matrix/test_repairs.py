"""Rows about repairs: who reports, who follows, who works on them."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import case_parties, repair_categories, repairs
from services.cases.models import CameBy, Clock
from services.cases.parties.models import PartyRow, party_id
from services.kernel.permissions import Permission, Role
from services.repairs.categories.catalogue import id_of
from services.repairs.categories.models import Category, Scope, Skill
from services.repairs.classes import Danger
from services.repairs.models import TEXT, Part, Repair
from services.repairs.states import RepairState
from services.working_time.models import Pace
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, HOME, HOMES, OWNER, UNIT, Position, Post, lies_in
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P, S = Permission, RepairState
SEEN: Final = (P.FOLLOW_REPAIRS,)
KNOWN: Final = (
    "what all share is known to all who live under it, and to whoever follows or does repairs "
    "there; a home's own to its household and whoever does repairs there"
)
JOINS: Final = "whoever lives there joins; who only follows it is told that it is not for them"
OWNS: Final = f"the reporter; others are told 403 where they may know of it: {KNOWN}"
SHARED: Final = "what all share lies above the homes of those who may know of it"


def _repair(scene: Scene, state: RepairState, **more: Any) -> Repair:
    now, repair_id = scene.town.world.deps.now(), scene.town.new_id()
    is_home = scene.place in HOMES
    vault = scene.town.world.deps.vault
    clock = Clock(total=60, pace=Pace.CONTINUOUS, left=60, running_since=now, due_at=None)
    return Repair(
        id=repair_id,
        number=f"26-{scene.number:04d}",
        place=scene.place,
        part=Part.HOME if is_home else Part.COMMON,
        category="tap_broken" if is_home else "stair_light",
        danger=Danger.NORMAL,
        state=state,
        **{"person": None, "filed_by": "test", **more},
        way=CameBy.APP,
        created_at=now,
        entered_at=now,
        steps=1,
        text="" if is_home else "灯不亮",
        text_sealed=TEXT.seal(vault, repair_id, "漏水") if is_home else "",
        clocks={"response": clock, "completion": clock},
        due_at=now + timedelta(hours=1),
        round=1 if state is S.DONE else 0,
        ended_at=now if state in {S.CONFIRMED, S.CLOSED} else None,
    )


def repair(state: RepairState = S.REPORTED) -> Maker:
    """Return a maker of a repair in a state, of somebody who is not of the matrix."""

    async def make(scene: Scene) -> str:
        return await scene.town.insert(repairs.COLLECTION, _repair(scene, state))

    return make


def of_the_firm(state: RepairState) -> Maker:
    """Return a maker of a repair that the firm of the compound has in hand."""

    async def make(scene: Scene) -> str:
        made = _repair(scene, state, firm=await makers.firm(scene))
        return await scene.town.insert(repairs.COLLECTION, made)

    return make


def held(state: RepairState) -> Maker:
    """Return a maker of a repair that whoever asks works on."""

    async def make(scene: Scene) -> str:
        made = _repair(scene, state, holder=scene.owner.person_id)
        return await scene.town.insert(repairs.COLLECTION, made)

    return make


def own(state: RepairState = S.REPORTED) -> Maker:
    """Return a maker of a repair that whoever asks reported."""

    async def make(scene: Scene) -> str:
        person = scene.owner.person_id
        made = _repair(scene, state, person=person, filed_by=person)
        row = PartyRow(
            id=party_id(made.id, person),
            kind="repair",
            case=made.id,
            person=person,
            is_reporter=True,
            joined_at=made.created_at,
        )
        await scene.town.insert(case_parties.COLLECTION, row)
        return await scene.town.insert(repairs.COLLECTION, made)

    return make


def may_know(post: Post, place: str) -> bool:
    if post.may(P.WORK_ON_REPAIRS, place):
        return True
    if place in HOMES:
        return post.may(P.VIEW_HOME, place)
    return post.may(P.FOLLOW_REPAIRS, place) or lives_there(post, place)


def lives_there(post: Post, place: str) -> bool:
    return any(lies_in(home, place) for home in post.places(P.VIEW_HOME))


def knows(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if may_know(post, place) else Outcome.MISSING


def joins(post: Post, place: str) -> Outcome:
    if lives_there(post, place):
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if may_know(post, place) else Outcome.MISSING


def owns(post: Post, place: str) -> Outcome:
    if post == OWNER:
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if may_know(post, place) else Outcome.MISSING


def mine(path: str, state: RepairState = S.REPORTED, **more: Any) -> Row:
    """Return a row of what the reporter may do."""
    verb, rule = more.pop("verb", "post"), decided(owns, OWNS, HOME)
    return Row(verb, f"/api/v1/repairs/{{repair_id}}{path}", rule, makes=own(state), **more)


def work(path: str, makes: Maker, **more: Any) -> Row:
    """Return a row of what those who work on repairs may do, at what all share."""
    whole, verb = f"/api/v1/repairs/{{repair_id}}{path}", more.pop("verb", "post")
    return Row(verb, whole, at(UNIT, seen=SEEN), makes=makes, **more)


def at_home(path: str, makes: Maker, **more: Any) -> Row:
    """Return the same in a home, of whose repairs heads do not know."""
    return Row("post", f"/api/v1/repairs/{{repair_id}}{path}", at(HOME), makes=makes, **more)


def pause(scene: Scene, _: Any) -> dict[str, Any]:
    until = scene.town.world.deps.now() + timedelta(days=1)
    return {"reason": "materials", "until": until.isoformat().replace("+00:00", "Z")}


async def category(scene: Scene) -> str:
    """A category of the city that nobody named before; its own tree has no other of ours."""
    code = "tap_" + "".join(chr(ord("a") + int(figure)) for figure in str(scene.number))
    city = scene.place.partition(".")[0]
    made = Category(
        id=id_of(city, code),
        place=city,
        code=code,
        label="水龙头坏",
        scope=Scope.BOTH,
        danger=Danger.NORMAL,
        skill=Skill.PLUMBING,
        from_day="2020-01-01",
        changed_at=scene.town.world.deps.now(),
    )
    await scene.town.insert(repair_categories.COLLECTION, made)
    return code


async def twice(scene: Scene) -> dict[str, str]:
    """Two repairs of the same thing."""
    make = repair()
    return {"repair_id": str(await make(scene)), "into": str(await make(scene))}


async def with_category(scene: Scene) -> dict[str, str]:
    make = repair()
    return {"repair_id": str(await make(scene)), "category": await category(scene)}


async def at_work(scene: Scene) -> dict[str, str]:
    return {"place": scene.place, "person_id": repairer(scene, None)["person"]}


def repairer(scene: Scene, _: Any) -> dict[str, str]:
    post = Post(Position.OWN, ((Role.REPAIRER, COMPOUND),))
    return {"person": scene.town.people[post].person_id}


WHY: Final = {"reason": "看过了"}
# What there is of it everywhere, so that it can leak.
FURNITURE: Final[Furniture] = ((own(), tuple(HOMES)), (repair(), (UNIT,)))
ROWS = (
    Row(
        "post",
        "/api/v1/repairs",
        at(HOME, permission=P.REPORT_FOR_OTHERS, seen=(P.VIEW_HOME,)),
        makes=category,
        body=lambda scene, made: {
            "place": scene.place,
            "category": made,
            "text": "漏水",
            "on_behalf_of": "王秀兰",
            "way": "phone",
        },
    ),
    Row(
        "get",
        "/api/v1/repairs/similar",
        everyone(),
        query={"place": HOME, "category": "tap_broken"},
        beyond=SHARED,
    ),
    Row("get", "/api/v1/me/repairs", everyone()),
    Row(
        "get",
        "/api/v1/repairs/{repair_id}",
        decided(knows, KNOWN, HOME, UNIT),
        makes=repair(),
        beyond=SHARED,
    ),
    Row(
        "get",
        "/api/v1/repairs/{repair_id}/history",
        decided(knows, KNOWN, HOME, UNIT),
        makes=repair(),
        bare="steps, without places and people",
    ),
    Row(
        "get",
        "/api/v1/repairs/{repair_id}/photos",
        decided(knows, KNOWN, HOME, UNIT),
        makes=repair(),
        bare="addresses that say nothing",
    ),
    Row(
        "post",
        "/api/v1/repairs/{repair_id}/join",
        decided(joins, JOINS, HOME, UNIT),
        makes=repair(),
        beyond=SHARED,
    ),
    mine("", verb="patch", body={"text": "还在漏"}),
    mine("/cancel", body=WHY),
    mine("/additions", body={"text": "更严重了"}),
    mine("/urge"),
    mine("/appeal", S.REFUSED, body=WHY),
    mine("/answer", S.DONE, body={"fixed": False}),
    mine("/reopen", S.CONFIRMED, body=WHY),
    at_home("/appeal-decision", repair(S.APPEALED), body={"accept": True, **WHY}),
    at_home("/accept", repair()),
    work("/refuse", repair(), body=WHY),
    work("/class", repair(), verb="put", body={"danger": "urgent"}),
    work("/merge", twice, body=lambda _, made: {"into": made["into"]}),
    Row(
        "post",
        "/api/v1/repairs/{repair_id}/split",
        at(HOME),
        makes=with_category,
        body=lambda _, made: {"category": made["category"], "text": "门锁也坏了"},
    ),
    work("/assignment", of_the_firm(S.ACCEPTED), body=repairer),
    Row("get", "/api/v1/places/{place}/repair-crew", at(COMPOUND, UNIT), bare="ids of staff"),
    Row(
        "put",
        "/api/v1/places/{place}/repair-crew/{person_id}",
        at(COMPOUND),
        makes=at_work,
        body={"skills": ["plumbing"]},
    ),
    at_home("/take", repair(S.ACCEPTED)),
    work("/give-back", held(S.ASSIGNED), body=WHY),
    at_home("/set-out", held(S.ASSIGNED)),
    work("/start", held(S.ASSIGNED)),
    work("/pause", held(S.WORKING), body=pause),
    at_home("/resume", held(S.PAUSED)),
    at_home("/finish", held(S.WORKING), body={"summary": "换了阀芯"}),
    at_home("/remarks", repair(), body={"text": "配件周三到"}),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
