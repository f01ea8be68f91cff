"""Whatever people and the network do, we never think we may send more than WeChat lets us."""

from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.kernel.permissions import Actor
from services.messaging import store as messaging_store
from services.messaging.grants import actions as grants
from services.messaging.grants.models import AskAnswer, AskResult, GrantReport
from services.messaging.models import grant_id
from services.wechat.errors import Reaction, WeChatError
from tests.build.mailbox import SEND, TEMPLATE, allow, arrived, open_push, tell
from tests.build.sign_ins import Member
from tests.build.world import World
from tests.depth import by_depth

pytestmark = pytest.mark.slow

# Something people do, or a message to be told and what the network does to its sending.
FAULTS: dict[str, dict[str, Any] | None] = {
    "told": None,
    "told while busy": {"errcode": -1},
    "told too fast": {"errcode": 45011},
    "told over quota": {"errcode": 45009},
    "told, request lost": {"drop": "before"},
    "told, answer lost": {"drop": "after"},
    "told, answer broken": {"raw": "<html>502</html>"},  # a gateway's, before WeChat's own
}
ACCEPTS = ("accept", "accept, told twice", "accept, phone first", "accept, phone last")
STEPS = (*ACCEPTS, "reject", "unsubscribe", *FAULTS)

names = (f"resident{number}" for number in count())


class Count:
    """What WeChat must have on its books, and what we may have less."""

    def __init__(self) -> None:
        self.truth = 0
        self.lost = 0  # spent on our books only: requests that never arrived

    @property
    def ours(self) -> int:
        return self.truth - self.lost

    def take(self, step: str) -> None:
        match step:
            case accept if accept in ACCEPTS:
                self.truth += 1
            case "unsubscribe":
                self.truth = self.lost = 0
            case "told, request lost" | "told, answer broken" if self.ours:
                self.lost += 1
            case told if told in FAULTS and self.ours:
                self.truth -= 1


async def act(world: World, member: Member, step: str, number: int) -> None:
    name = member.name
    match step:
        case "accept":
            await allow(world, name)
        case "accept, told twice":
            await allow(world, name, copies=2)
        case "accept, phone first":
            await report(world, member)
            await allow(world, name)
        case "accept, phone last":
            await allow(world, name)
            await report(world, member)
            await report(world, member)
        case "reject":
            await allow(world, name, answer="reject")
        case "unsubscribe":
            await world.advance(seconds=1)
            await world.wechat.do(f"users/{name}/unsubscribe", template_ids=[TEMPLATE])
        case _:
            await send(world, member, FAULTS[step], number)


async def report(world: World, member: Member) -> None:
    """Let the phone tell that the person accepted. Not over HTTP: a session ends in days."""
    answer = AskAnswer(template_id=TEMPLATE, result=AskResult.ACCEPT)
    wish = GrantReport(results=[answer], asked_at=world.clock.now)
    await grants.report(world.deps, Actor(member.person_id, ""), wish)


async def send(world: World, member: Member, fault: dict[str, Any] | None, number: int) -> None:
    """Tell a message and let the worker come back until nothing is left to do."""
    if fault:
        await world.wechat.fault(SEND, **fault)
    await tell(world, member, f"b{number}", home=f"{number}号")
    await world.work()
    await world.wechat.control("DELETE", "faults")
    await world.advance(days=1)  # past any quota; receipts come too
    await world.work()


@settings(
    max_examples=by_depth(day=10, night=150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(STEPS), max_size=10))
@example(["accept", "accept", "told, request lost", "told", "told"])
@example(["accept", "told over quota", "unsubscribe", "told"])
@example(["accept, phone first", "accept, phone last", "told", "told"])
@example(["accept", "accept, told twice", "told, answer lost", "told while busy", "told"])
async def test_our_count_is_wechats_less_what_was_lost(world: World, steps: list[str]) -> None:
    await open_push(world, sent_events=True)
    member = await world.sign_in(next(names))
    openid = (await world.wechat.do(f"users/{member.name}"))["openid"]
    grant, books = grant_id(openid, TEMPLATE), Count()
    for number, step in enumerate(steps):
        await act(world, member, step, number)
        books.take(step)
        left = await messaging_store.grants_left(world.deps.db, [grant])
        assert left.get(grant, 0) == books.ours, steps[: number + 1]

    shown = Counter(message["data"]["thing1"] for message in await arrived(world, member.name))
    assert max(shown.values(), default=1) == 1  # nobody got anything twice
    assert await refusals(world) == 0
    assert await wechats_count(world, openid) == books.truth


async def refusals(world: World) -> int:
    """Return how often WeChat said that no grant is left: messages we sent in vain."""
    calls = await world.wechat.get(f"journal?path={SEND}")
    made = [call for call in calls if call["body"]["data"] != PROBE]
    return sum(1 for call in made if "43101" in str(call["answer"]))


PROBE = {"thing1": {"value": "还有吗"}}


async def wechats_count(world: World, openid: str) -> int:
    """Use up what WeChat still grants."""
    for left in count():
        if not await takes_one_more(world, openid):
            return left
    raise AssertionError


async def takes_one_more(world: World, openid: str) -> bool:
    data = {"thing1": PROBE["thing1"]["value"]}
    try:
        await world.deps.wechat.send_subscribe_message(openid, TEMPLATE, data=data)
    except WeChatError as refusal:
        if refusal.reaction is not Reaction.REFUSED:
            raise
        return False
    return True
