"""State × action × person: what the API answers is what the table says.

By day one of each answer of an action and a person; with --nightly every triple.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import pytest

from mongo_indexes import case_parties, feedback
from services.cases.kinds import Step
from services.cases.models import CameBy, Clock
from services.cases.parties.models import PartyRow, party_id
from services.feedback import rungs
from services.feedback.models import TEXT, Feedback, FeedbackKind, Rung
from services.feedback.states import TABLE
from services.feedback.states import FeedbackAction as A
from services.feedback.states import FeedbackState as S
from services.kernel.documents import new_id, to_document
from services.kernel.paths import ancestors
from services.kernel.permissions import PERMISSIONS, Role
from services.working_time.models import Pace
from tests.build.cast import UNIT
from tests.build.feedback import Voices
from tests.build.sign_ins import Member
from tests.depth import by_night

pytestmark = [pytest.mark.slow, pytest.mark.deep]


AT_ONCE: Final = 12
WHY: Final = {"reason": "看过了"}
# Action → where it is asked for, and with what. What has no address happens by itself.
ROUTES: Final[dict[A, tuple[str, dict[str, Any]]]] = {
    A.ADD: ("additions", {"text": "更暗了"}),
    A.WITHDRAW: ("withdraw", WHY),
    A.TAKE: ("take", {}),
    A.SOLVE: ("solve", {"text": "换了灯"}),
    A.THANK: ("thanks", {"text": "谢谢"}),
    A.ASK: ("question", WHY),
    A.HAND_ON: ("hand-on", WHY),
    A.HAND_BACK: ("hand-back", WHY),
    A.TO_FIRM: ("firm", WHY),
    A.TO_DEPARTMENT: ("department", {"department": "城管局", **WHY}),
    A.BACK: ("back", WHY),
    A.REMARK: ("remarks", {"text": "周三上门"}),
    A.CONFIRM: ("answer", {"solved": True}),
    A.RETURN: ("answer", {"solved": False}),
    A.REOPEN: ("reopen", WHY),
}
ANSWERS: Final = {A.CONFIRM, A.RETURN}


@dataclass(frozen=True)
class Player:
    """Somebody of the cast. `office`: theirs at the place of the cases."""

    member: Member
    office: Role | None = None
    is_author: bool = False

    def holds(self, row: Step[S, A]) -> bool:
        return self.office is not None and row.needs in PERMISSIONS[self.office]


@dataclass
class Stage:
    voices: Voices
    cast: dict[str, Player] = field(default_factory=dict)

    def lies_with(self, who: str, state: S) -> bool:
        return who == ("manager" if state is S.WITH_FIRM else "staff")


@dataclass(frozen=True)
class Triple:
    state: S
    action: A
    who: str
    status: int
    code: str


def is_theirs(stage: Stage, state: S, row: Step[S, A], who: str) -> bool:
    player = stage.cast[who]
    if row.needs is None:
        return row.own and player.is_author
    is_free = not row.held or who == "staff"
    return player.holds(row) and is_free and stage.lies_with(who, state)


def expected(stage: Stage, state: S, action: A, who: str) -> tuple[int, str]:
    """Return the answer by the table: who may ask at all comes before the state."""
    rows = [row for row in TABLE.of(action) if isinstance(row, Step)]
    player = stage.cast[who]
    if not any(is_theirs(stage, state, row, who) for row in rows):
        is_closed = rows[0].needs is not None and not player.holds(rows[0])
        known = is_closed or player.is_author or player.office is not None
        return (403, "forbidden") if known else (404, "not_found")
    row = TABLE.find(state, action)
    if row is None:
        return (409, "case_not_asked" if action in ANSWERS else "feedback_moved_on")
    mine = isinstance(row, Step) and is_theirs(stage, state, row, who)
    return (200, "") if mine else (403, "forbidden")


def triples(stage: Stage) -> Iterator[Triple]:
    for action in ROUTES:
        for who in stage.cast:
            for state in S:
                yield Triple(state, action, who, *expected(stage, state, action, who))


def by_day(found: list[Triple]) -> list[Triple]:
    """Return each answer of an action and a person once, each of another state."""
    chosen: dict[object, Triple] = {}
    for number, each in enumerate(found):
        turned = found[number - number % len(S) + (number * 7 + number // len(S)) % len(S)]
        chosen.setdefault((turned.action, turned.who, turned.status), turned)
        if each.status == 200:
            chosen.setdefault((each.action, each.state), each)
    return list(dict.fromkeys(chosen.values()))


@pytest.fixture
async def stage(voices: Voices) -> Stage:
    of = voices.member
    return Stage(
        voices,
        {
            "author": Player(await of("li"), is_author=True),
            "household": Player(await of("mei")),
            "neighbour": Player(await of("wang")),
            "head": Player(await of("head"), Role.UNIT_HEAD),
            "staff": Player(await of("staff"), Role.COMMUNITY_STAFF),
            "subdistrict": Player(await of("subdistrict"), Role.SUBDISTRICT_STAFF),
            "manager": Player(await of("manager"), Role.FIRM_MANAGER),
        },
    )


def made(stage: Stage, triple: Triple) -> tuple[Feedback, PartyRow]:
    """Return a case of Li's in a state, that the community has."""
    world, author = stage.voices.world, stage.cast["author"].member.person_id
    now, case_id = world.clock.now, new_id(world.clock.now)
    clock = Clock(total=60, pace=Pace.CONTINUOUS, left=60, running_since=now, due_at=None)
    role = Role.FIRM_MANAGER if triple.state is S.WITH_FIRM else Role.COMMUNITY_STAFF
    holder = stage.cast["staff"].member.person_id
    case = Feedback(
        id=case_id,
        number="26-0001",
        place=UNIT,
        kind=FeedbackKind.PRAISE if triple.action is A.THANK else FeedbackKind.SUGGESTION,
        state=triple.state,
        person=author,
        filed_by=author,
        way=CameBy.APP,
        created_at=now,
        entered_at=now,
        steps=1,
        text_sealed=TEXT.seal(world.deps.vault, case_id, "灯暗"),
        rung=Rung.COMMUNITY_STAFF,
        came_from=Rung.GRID_HEAD,
        desks=rungs.desks([role], UNIT),
        seen_at=rungs.desks([*rungs.ROLES.values(), Role.FIRM_MANAGER], UNIT),
        under=ancestors(UNIT),
        holder=holder if triple.state in {S.TAKEN, S.NEEDS_INFO} else "",
        clocks={rungs.GOAL: clock},
        round=1,
        ended_at=now,
    )
    row = PartyRow(
        id=party_id(case_id, author),
        kind="feedback",
        case=case_id,
        person=author,
        is_reporter=True,
        joined_at=now,
    )
    return case, row


def test_what_has_an_act_has_an_address() -> None:
    # Whether somebody solves or settles it, whoever says what was done does not choose.
    settled = {A.SETTLE}
    assert {row.action for row in TABLE.rows if row.act} == ROUTES.keys() | settled


async def test_triples_are_answered_by_the_table(stage: Stage) -> None:
    every = list(triples(stage))
    asked = every if by_night() else by_day(every)
    world, turns = stage.voices.world, asyncio.Semaphore(AT_ONCE)
    scenes = [(triple, *made(stage, triple)) for triple in asked]
    cases, rows = [to_document(c) for _, c, _ in scenes], [to_document(r) for *_, r in scenes]
    await world.db[feedback.COLLECTION].insert_many(cases)
    await world.db[case_parties.COLLECTION].insert_many(rows)
    wrong = list[str]()

    async def ask(triple: Triple, case_id: str) -> None:
        path, body = ROUTES[triple.action]
        url, who = f"/api/v1/feedback/{case_id}/{path}", stage.cast[triple.who].member
        async with turns:
            reply = await world.api.call("POST", url, msgspec.json.encode(body), as_=who)
        code = reply.code if reply.status >= 400 else ""
        if (reply.status, code) != (triple.status, triple.code):
            wrong.append(f"{triple}: {reply.status} {code}")

    for start in range(0, len(scenes), 200):
        await world.deps.redis.flushdb()  # nobody asks so much in a minute
        some = scenes[start : start + 200]
        await asyncio.gather(*(ask(triple, case.id) for triple, case, _ in some))
    assert wrong == []
    assert {triple.status for triple in asked} == {200, 403, 404, 409}
