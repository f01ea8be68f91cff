"""Every state × action × person: what the API answers is what the table says.

By day each answer of each state and action once, and each refusal of each action and person;
with --nightly every triple.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from mongo_indexes import case_parties, repairs
from services.cases.kinds import Step
from services.cases.models import CameBy, Clock
from services.cases.parties.models import PartyRow, party_id
from services.kernel.documents import new_id, to_document
from services.kernel.permissions import PERMISSIONS, Permission, Role
from services.repairs.classes import Danger
from services.repairs.models import TEXT, Done, Part, Repair
from services.repairs.states import ON_HAND, TABLE, RepairAction, RepairState
from services.working_time.models import Pace
from tests.build.cast import LI_HOME, OTHER_COMPOUND, UNIT, appoint
from tests.build.offices import firm_at
from tests.build.repairs import LIGHT, TAP, Works
from tests.build.sign_ins import Member
from tests.depth import by_night

pytestmark = [pytest.mark.slow, pytest.mark.deep]

A, S = RepairAction, RepairState
AT_ONCE: Final = 12
# Somebody does it, or did it.
HELD: Final = {*ON_HAND, S.DONE, S.CONFIRMED, S.CLOSED}
OTHERS_DISPATCHER: Final = "13900000051"
Body = Callable[["Town", str], dict[str, Any]]
WHY: Final[Body] = lambda *_: {"reason": "看过了"}  # noqa: E731
NONE: Final[Body] = lambda *_: {}  # noqa: E731


def pause(town: "Town", _: str) -> dict[str, Any]:
    until = town.works.world.clock.now + timedelta(days=1)
    return {"reason": "materials", "until": until.isoformat().replace("+00:00", "Z")}


# Action → where it is asked for, and with what. What has no address happens by itself.
ROUTES: Final[dict[A, tuple[str, str, Body]]] = {
    A.EDIT: ("PATCH", "", lambda *_: {"text": "还在漏"}),
    A.CANCEL: ("POST", "/cancel", WHY),
    A.ADD: ("POST", "/additions", lambda *_: {"text": "更严重了"}),
    A.URGE: ("POST", "/urge", NONE),
    A.ACCEPT: ("POST", "/accept", NONE),
    A.REFUSE: ("POST", "/refuse", WHY),
    A.APPEAL: ("POST", "/appeal", WHY),
    A.UPHOLD: ("POST", "/appeal-decision", lambda *_: {"accept": False, "reason": "不属实"}),
    A.OVERTURN: ("POST", "/appeal-decision", lambda *_: {"accept": True, "reason": "属实"}),
    A.RECLASSIFY: ("PUT", "/class", lambda *_: {"danger": "urgent"}),
    A.MERGE: ("POST", "/merge", lambda town, repair_id: {"into": town.targets[repair_id]}),
    A.SPLIT: ("POST", "/split", lambda *_: {"category": "pests", "text": "还有老鼠"}),
    A.ASSIGN: (
        "POST",
        "/assignment",
        lambda town, _: {"person": town.cast["repairer"].member.person_id},
    ),
    A.TAKE: ("POST", "/take", NONE),
    A.GIVE_BACK: ("POST", "/give-back", WHY),
    A.SET_OUT: ("POST", "/set-out", NONE),
    A.START: ("POST", "/start", NONE),
    A.PAUSE: ("POST", "/pause", pause),
    A.RESUME: ("POST", "/resume", NONE),
    A.FINISH: ("POST", "/finish", lambda *_: {"summary": "换了阀芯"}),
    A.CONFIRM: ("POST", "/answer", lambda *_: {"fixed": True}),
    A.RETURN: ("POST", "/answer", lambda *_: {"fixed": False}),
    A.REOPEN: ("POST", "/reopen", WHY),
    A.REMARK: ("POST", "/remarks", lambda *_: {"text": "配件周三到"}),
}
# What is answered for a state that has no such step, where it is not "repair_moved_on".
CODES: Final = {
    **{(state, A.CONFIRM): "case_not_asked" for state in S},
    **{(state, A.RETURN): "case_not_asked" for state in S},
    (S.MERGED, A.MERGE): "repair_merged_before",
}


@dataclass(frozen=True)
class Player:
    """Somebody of the cast. `role`, `here`: their office, and whether it is at the place.

    `lives`: whether they live at the home, and `below`: under the unit.
    """

    member: Member
    role: Role | None = None
    here: bool = True
    lives: bool = False
    below: bool = False

    def holds(self, needs: Permission) -> bool:
        return self.role is not None and needs in PERMISSIONS[self.role]

    def may(self, needs: Permission) -> bool:
        return self.here and self.holds(needs)

    def knows(self, part: Part) -> bool:
        if self.may(Permission.WORK_ON_REPAIRS):
            return True
        if part is Part.HOME:
            return self.lives
        return self.below or self.may(Permission.FOLLOW_REPAIRS)


@dataclass
class Town:
    works: Works
    cast: dict[str, Player]
    targets: dict[str, str] = field(default_factory=dict)  # repair → what it is merged into


@dataclass(frozen=True)
class Triple:
    part: Part
    state: S
    action: A
    who: str
    status: int
    code: str


Scene = tuple[Triple | None, Repair, list[PartyRow]]


def triples(town: Town) -> Iterator[Triple]:
    for part in Part:
        for action in ROUTES:
            for who, player in town.cast.items():
                for state in S:
                    status, code = expected(part, state, action, who, player)
                    yield Triple(part, state, action, who, status, code)


def expected(part: Part, state: S, action: A, who: str, player: Player) -> tuple[int, str]:
    """Return the answer by the table: who may ask at all comes before the state."""
    rows = [row for row in TABLE.of(action) if isinstance(row, Step)]
    if any(is_theirs(part, state, row, who, player) for row in rows):
        moved = CODES.get((state, action), "repair_moved_on")
        done = 201 if action is A.SPLIT else 200
        return (done, "") if TABLE.find(state, action) else (409, moved)
    needs = rows[0].needs
    is_closed = needs is not None and not player.holds(needs)
    known = is_closed or player.knows(part)
    return (403, "forbidden") if known else (404, "not_found")


def is_theirs(
    part: Part, state: S, row: Step[RepairState, RepairAction], who: str, player: Player
) -> bool:
    if row.needs is not None:
        holds = who == "repairer" and state in HELD
        return player.may(row.needs) and (holds or not row.held)
    joined = row.party and who == "joiner" and part is Part.COMMON
    return joined or (row.own and who == "reporter")


def by_day(found: list[Triple]) -> list[Triple]:
    """Return each answer of a state and an action, and each of an action and a person, once."""
    chosen: dict[object, Triple] = {}
    for number, each in enumerate(found):
        turned = found[number - number % len(S) + (number * 7 + number // len(S)) % len(S)]
        if each.status in {200, 201, 409}:
            chosen.setdefault((each.state, each.action, each.status), each)
        if each.status in {200, 201}:
            chosen.setdefault((each.action, each.who, each.status), each)
        if turned.status in {403, 404}:
            chosen.setdefault((turned.action, turned.who, turned.status), turned)
    return list(dict.fromkeys(chosen.values()))


@pytest.fixture
async def town(works: Works) -> Town:
    world = works.world
    firm = await firm_at(world, OTHER_COMPOUND, name="别家物业")
    phone = OTHERS_DISPATCHER
    await appoint(world.deps, Role.DISPATCHER, OTHER_COMPOUND, phone, firm_id=firm)
    other = await world.sign_in("other", phone)
    stranger = await world.sign_in("stranger", "13900000052")
    of = works.member
    cast = {
        "reporter": Player(await of("li"), lives=True, below=True),
        "household": Player(await of("mei"), lives=True, below=True),
        "joiner": Player(await of("wang"), below=True),  # next door: no party in a home
        "elsewhere": Player(await of("sun")),
        "head": Player(await of("head"), Role.UNIT_HEAD),
        "repairer": Player(await of("repairer"), Role.REPAIRER),
        "second": Player(await of("second"), Role.REPAIRER),
        "dispatcher": Player(await of("dispatcher"), Role.DISPATCHER),
        "manager": Player(await of("manager"), Role.FIRM_MANAGER),
        "community": Player(await of("staff"), Role.COMMUNITY_STAFF),
        "other": Player(other, Role.DISPATCHER, here=False),
        "stranger": Player(stranger),
    }
    return Town(works, cast)


def made(town: Town, triple: Triple, *, merged_into: str = "") -> tuple[Repair, list[PartyRow]]:
    """Return a repair in a state, of Li and, of what all share, with Wang."""
    world = town.works.world
    now, vault, repair_id = world.clock.now, world.deps.vault, new_id(world.clock.now)
    is_home, reporter = triple.part is Part.HOME, town.cast["reporter"].member.person_id
    clock = Clock(total=60, pace=Pace.CONTINUOUS, left=60, running_since=now, due_at=None)
    joiner = town.cast["joiner"].member.person_id
    people = [reporter] if is_home else [reporter, joiner]
    case = Repair(
        id=repair_id,
        number="26-0001",
        place=LI_HOME if is_home else UNIT,
        part=triple.part,
        category=TAP if is_home else LIGHT,
        danger=Danger.NORMAL,
        state=triple.state,
        person=reporter,
        filed_by=reporter,
        way=CameBy.APP,
        created_at=now,
        entered_at=now,
        steps=1,
        text="" if is_home else "灯不亮",
        text_sealed=TEXT.seal(vault, repair_id, "漏水") if is_home else "",
        holder=town.cast["repairer"].member.person_id if triple.state in HELD else "",
        firm=town.works.firm,
        clocks={"response": clock, "completion": clock},
        round=1,
        # Who is alone with it may cancel it, and that is not of the table.
        joiners=0 if is_home or triple.action is A.CANCEL else 1,
        done=Done(summary="换了", at=now) if triple.state is S.DONE else None,
        merged_into=merged_into,
        ended_at=now,
    )
    rows = [
        PartyRow(
            id=party_id(repair_id, person),
            kind="repair",
            case=repair_id,
            person=person,
            is_reporter=person == reporter,
            joined_at=now,
        )
        for person in people
    ]
    return case, rows


def set_up(town: Town, triple: Triple) -> list[Scene]:
    """Return the repair that is asked about, and the one that it can be merged into."""
    if triple.action is not A.MERGE:
        return [(triple, *made(town, triple))]
    target, rows = made(town, replace(triple, state=S.REPORTED))
    into = target.id if triple.state is S.MERGED else ""
    case, own = made(town, triple, merged_into=into)
    town.targets[case.id] = target.id
    return [(triple, case, own), (None, target, rows)]


def test_what_has_an_act_has_an_address() -> None:
    assert {row.action for row in TABLE.rows if row.act} == ROUTES.keys()


async def test_every_triple_is_answered_by_the_table(town: Town) -> None:
    every = list(triples(town))
    asked = every if by_night() else by_day(every)
    world, turns = town.works.world, asyncio.Semaphore(AT_ONCE)
    scenes = [scene for triple in asked for scene in set_up(town, triple)]
    await world.db[repairs.COLLECTION].insert_many([to_document(case) for _, case, _ in scenes])
    parties = [to_document(row) for _, _, rows in scenes for row in rows]
    await world.db[case_parties.COLLECTION].insert_many(parties)
    wrong = list[str]()

    async def ask(triple: Triple, repair_id: str) -> None:
        verb, path, body = ROUTES[triple.action]
        url, who = f"/api/v1/repairs/{repair_id}{path}", town.cast[triple.who].member
        async with turns:
            raw = msgspec.json.encode(body(town, repair_id))
            reply = await world.api.call(verb, url, raw, as_=who)
        code = reply.code if reply.status >= 400 else ""
        if (reply.status, code) != (triple.status, triple.code):
            wrong.append(f"{triple}: {reply.status} {code}")

    for start in range(0, len(scenes), 200):
        await world.deps.redis.flushdb()  # nobody asks so much in a minute
        some = scenes[start : start + 200]
        await asyncio.gather(*(ask(triple, case.id) for triple, case, _ in some if triple))
    assert wrong == []
    assert {triple.status for triple in asked} == {200, 201, 403, 404, 409}
