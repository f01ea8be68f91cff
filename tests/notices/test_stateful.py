"""Whatever senders, residents, WeChat and the worker do, in any order, notices add up.

The real product over HTTP, the real database, WeChat's stand-in; Hypothesis chooses. Places and
people are made once and copied into the empty database of each example.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, Final

import pytest
import uvloop
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.settings import Settings
from services.jobs import actions as outbox
from services.jobs.models import Permanent
from services.messaging.broadcasts import jobs, pushes
from services.messaging.models import grant_id
from tests.build import broadcasts
from tests.build.cast import SUN_HOME, Estate, build
from tests.build.deaths import WRITES, Killed, deadly
from tests.build.documents import Documents, put, taken
from tests.build.homes import post
from tests.build.mailbox import SEND, allow, open_push
from tests.build.notices import EMERGENCY, READERS, TEMPLATE, act, published
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import Clock, World
from tests.depth import by_depth

pytestmark = [pytest.mark.slow, pytest.mark.deep]

STAYING: Final = ("li", "wang")  # mei closes her account, sun moves out
KINDS: Final = ("information", "policy", "emergency")
FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"errcode": 43101},
    {"errcode": 47003},
    {"errcode": 40037},
    {"errcode": 45009},
    {"errcode": -1},
    {"errcode": 42001},
    {"drop": "before"},
    {"drop": "after"},
)
MOST: Final = 3
PICK: Final = st.integers(0, 9)
DEATHS: Final = ("before", "after")
STEPS: Final = 9  # of a broadcast to the cast, more or less
SPENT: Final = ("sending", "sent", "unknown")


@dataclass(frozen=True)
class Beginning:
    """The state that every example begins with."""

    documents: Documents
    members: dict[str, Member]


async def beginning(base: Settings) -> Beginning:
    async with open_world(base, Clock()) as world:
        estate = await build(world, ())
        for name in (*READERS, "staff"):
            await estate.member(name)
        return Beginning(await taken(world.db), estate.members)


class Machine(RuleBasedStateMachine):
    base: Settings
    begun: Beginning
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()
        self.made: list[str] = []
        self.given = Counter[tuple[str, str]]()
        self.ids = {name: member.person_id for name, member in self.begun.members.items()}
        self.has_erased = self.has_moved = False

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize(names=st.lists(st.sampled_from(READERS), min_size=6, max_size=8))
    def open(self, names: list[str]) -> None:
        async def start() -> World:
            world = await self.stack.enter_async_context(open_world(self.base, Clock()))
            await put(world.db, self.begun.documents)
            await open_push(world)
            return world

        self.world: World = self.do(start())
        self.estate = Estate(self.world, dict(self.begun.members))
        for name in names:
            self.allow(name, TEMPLATE)

    @precondition(lambda self: len(self.made) < MOST)
    @rule(kind=st.sampled_from(KINDS))
    def publish(self, kind: str) -> None:
        self.made.append(self.do(published(self.estate, kind=kind, title=f"第{kind}条")))

    @precondition(lambda self: self.made)
    @rule(which=PICK, text=st.sampled_from(["改期", "取消部分", "再改"]))
    def correct(self, which: int, text: str) -> None:
        wish = {"because": "有误", "title": text, "text": text}
        reply = self.do(act(self.estate, self.pick(which), "correct", **wish))
        assert reply.status in {200, 409, 422}, reply.body

    @precondition(lambda self: self.made)
    @rule(which=PICK)
    def withdraw(self, which: int) -> None:
        reply = self.do(act(self.estate, self.pick(which), "withdraw", because="取消"))
        assert reply.status in {200, 409}, reply.body

    @rule(name=st.sampled_from(READERS), template=st.sampled_from([TEMPLATE, EMERGENCY]))
    def allow(self, name: str, template: str) -> None:
        if name == "mei" and self.has_erased:
            return
        self.do(allow(self.world, name, template))
        self.given[name, template] += 1

    @rule(name=st.sampled_from(READERS), is_told=st.booleans())
    def refuse(self, name: str, *, is_told: bool) -> None:
        """Somebody wants no more; WeChat's event of it arrives, or is lost."""
        wish = {} if is_told else {"copies": 0}
        self.do(self.world.wechat.do(f"users/{name}/unsubscribe", **wish))

    @rule(fault=st.sampled_from(FAULTS))
    def wechat_stumbles(self, fault: dict[str, Any]) -> None:
        self.do(self.world.wechat.fault(SEND, **fault))

    @precondition(lambda self: self.made and not self.has_erased)
    @rule()
    def erase(self) -> None:
        self.has_erased = True
        reply = self.do(post(self.estate, "mei", "me/deletion", confirm="注销"))
        assert reply.status == 202, reply.body

    @precondition(lambda self: self.made and not self.has_moved)
    @rule()
    def move(self) -> None:
        self.has_moved = True

        async def leave() -> int:
            [row] = await self.world.db.residencies.find({"home": SUN_HOME}).to_list()
            path = f"residencies/{row['_id']}/end"
            return (await post(self.estate, "staff", path, reason="搬走")).status

        assert self.do(leave()) == 204

    @precondition(lambda self: self.made)
    @rule(which=PICK)
    def step(self, which: int) -> None:
        with suppress(Permanent):
            self.do(broadcasts.step(self.world, f"notices:{self.pick(which)}"))

    @precondition(lambda self: self.made)
    @rule(which=PICK, write=st.sampled_from(WRITES), death=st.sampled_from(DEATHS))
    def step_until_killed(self, which: int, write: tuple[Any, str], death: str) -> None:
        with pytest.MonkeyPatch.context() as patched, suppress(Killed, Permanent):
            deadly(patched, iter([death]), [write])
            for _ in range(STEPS):
                self.do(broadcasts.step(self.world, f"notices:{self.pick(which)}"))

    @rule(minutes=st.sampled_from([1, 10, 61, 600]))
    def time_passes(self, minutes: int) -> None:
        self.do(self.work(minutes))

    def pick(self, which: int) -> str:
        return self.made[-1 - which % len(self.made)]

    async def work(self, minutes: int) -> None:
        await self.estate.advance(minutes=minutes)
        await self.world.work()

    @invariant()
    def nobody_is_told_twice(self) -> None:
        if hasattr(self, "world"):
            self.do(self.check())

    async def check(self) -> None:
        db = self.world.db
        rows = await db.messages.find({"template": {"$regex": "^notice"}}).to_list()
        entries = Counter((row["person"], row["broadcast"]) for row in rows)
        assert {*entries.values()} <= {1}, "one entry a person and notice"
        shown = Counter(
            (message["openid"], message["page"])
            for message in await self.world.wechat.get("messages")
        )
        assert {*shown.values()} <= {1}, "one push a person and notice"
        people = {await self.world.wechat.openid(name): self.ids[name] for name in READERS}
        tried = {(row["person"], row["page"]) for row in rows if row["delivery"] in SPENT}
        there = {(row["person"], row["page"]) for row in rows}
        arrived = {(people[openid], page) for openid, page in shown}
        assert arrived & there <= tried, "pushed, and we do not know of it"
        left = {row["_id"]: row["left"] async for row in db.message_grants.find()}
        assert all(count >= 0 for count in left.values())
        spent = Counter(
            (row["person"], f"stand-in-{row['template']}")
            for row in rows
            if row["delivery"] in SPENT
        )
        for (name, template), given in self.given.items():
            openid = await self.world.wechat.openid(name)
            kept = left.get(grant_id(openid, template), 0)
            assert kept + spent[self.ids[name], template] <= given, "a grant spent twice"

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.do(self.settle())
        finally:
            self.do(self.stack.aclose())

    async def settle(self) -> None:
        """WeChat behaves again and everything ends; then it is counted naively."""
        await self.world.wechat.control("DELETE", "faults")
        going = {"state": {"$in": ["gathering", "pushing"]}}
        for _ in range(8):
            async for job in self.world.db.outbox.find({"state": "dead"}):
                await outbox.replay(self.world.deps, job["_id"])
            await self.work(10)
            if not await self.world.db.broadcasts.count_documents(going):
                break
            await self.work(8 * 60)
        await self.check()
        for notice_id in self.made:
            await self.check_told(f"notices:{notice_id}")

    async def check_told(self, broadcast: str) -> None:
        one = await broadcasts.found(self.world, broadcast)
        assert one.state in {"done", "stopped"}
        await broadcasts.check(self.world, broadcast, erased=int(self.has_erased))
        rows = await broadcasts.entries(self.world, broadcast)
        if one.state == "done":
            assert {self.ids[name] for name in STAYING} <= rows.keys()
        assert all(row["body"] == "" for row in rows.values()), "one text for all"


@pytest.mark.usefixtures("database")
def test_notices_add_up_whatever_happens(
    base_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr(pushes, "SEEN_AT_ONCE", 2)
    monkeypatch.setattr(pushes, "AT_ONCE", 1)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        made = runner.run(beginning(base_settings))
        given = {"base": base_settings, "begun": made, "runner": runner}
        run_state_machine_as_test(
            type("Notices", (Machine,), given),
            settings=settings(
                max_examples=by_depth(day=3, night=150),
                stateful_step_count=14,
                phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes
            ),
        )
