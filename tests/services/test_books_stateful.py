"""Whatever WeChat, the payers and the clock do, in any order, the books hold.

The real product over HTTP, the real database, WeChat's stand-in; Hypothesis chooses. At the
end everything is left to settle, and the truth outside (what WeChat holds) is compared.

Places, people and bills are made once and copied into the empty database of each example.
"""

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

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
from services.bills import actions as bills_actions
from services.bills.models import MonthsAfterVoid, VoidBill
from tests.build import books
from tests.build.cast import STAFF, build
from tests.build.documents import Documents, put, taken
from tests.build.proofs import next_night, problems
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import NOON, Clock, Reply, World, fetch
from tests.depth import by_depth

pytestmark = [pytest.mark.slow, pytest.mark.deep]

PAYERS = ("li", "mei", "wang")
PREPAY = "/v3/pay/transactions/jsapi"
CLOSE = r"^/v3/pay/transactions/out-trade-no/[^/]+/close"
QUERY = r"^/v3/pay/transactions/out-trade-no/[^/]+$"
REFUND = "/v3/refund/domestic/refunds"
NOTIFY_WAYS = (True, False, "twice", "simultaneous")
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    (PREPAY, {"drop": "after"}),
    (PREPAY, {"drop": "before"}),
    (PREPAY, {"sign": "bad"}),
    (PREPAY, {"http": 500, "code": "SYSTEM_ERROR"}),
    (CLOSE, {"drop": "before"}),
    (CLOSE, {"drop": "after"}),
    (CLOSE, {"http": 429, "code": "FREQUENCY_LIMITED"}),
    (QUERY, {"drop": "before"}),
    (QUERY, {"http": 500, "code": "SYSTEM_ERROR"}),
    (QUERY, {"http": 404, "code": "ORDER_NOT_EXIST"}),
    (REFUND, {"drop": "after"}),
)
WRONG: tuple[dict[str, Any], ...] = (
    {"overrides": {"amount": {"total": 1}}},
    {"overrides": {"mchid": "1900009999"}},
    {"overrides": {"trade_state": "NOTPAY"}},
    {"sign": "bad"},
    {"sign": "stale"},
)
PAID = {"SUCCESS", "REFUND"}
PICK = st.integers(0, 9)
TOKEN_AGE = timedelta(minutes=10)  # a token lives for a quarter of an hour
LAST_HOURS = 8


@dataclass(frozen=True)
class Beginning:
    """The state that every example begins with."""

    documents: Documents
    members: dict[str, Member]
    bills: dict[str, list[str]]


async def beginning(base: Settings) -> Beginning:
    async with open_world(base, Clock()) as world:
        estate = await build(world)
        bills = {name: await estate.bill_ids(name) for name in PAYERS}  # signs them in
        return Beginning(await taken(world.db), estate.members, bills)


class Machine(RuleBasedStateMachine):
    base: Settings
    begun: Beginning
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.typing: list[tuple[str, str]] = []
        self.taken: list[str] = []

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize(typing=st.booleans())
    def open(self, *, typing: bool) -> None:
        async def start() -> World:
            world = await self.stack.enter_async_context(open_world(self.base, Clock()))
            await put(world.db, self.begun.documents)
            for name in PAYERS:
                await world.wechat.do(f"users/{name}")
            return world

        self.world: World = self.do(start())
        self.bills = self.begun.bills
        self.members = {name: replace(who) for name, who in self.begun.members.items()}
        self.token_from: dict[str, datetime] = dict.fromkeys(PAYERS, NOON)
        for name in ("wang", "li"):  # something to pay, whatever is chosen next
            self.order(name, first=0, count=1)
        if typing:
            self.begin_typing(0)

    @rule(
        name=st.sampled_from(PAYERS),
        first=st.integers(0, 1),
        count=st.integers(1, 2),
        fen=st.sampled_from((None, None, 700, 6000)),
    )
    def order(self, name: str, first: int, count: int, fen: int | None = None) -> None:
        wanted = self.bills[name][first : first + count]

        async def ask() -> Reply:
            who = await self.signed_in(name)
            return await self.world.api.post(
                "/api/v1/payments", {"bill_ids": wanted} | part, as_=who
            )

        part = {"amount_fen": fen} if fen else {}
        reply: Reply = self.do(ask())
        assert reply.status in {201, 409, 503} or reply.code == "more_than_owed", reply.body
        if reply.status == 201:
            self.made.append((name, reply.body))

    @precondition(lambda self: self.made)
    @rule(which=PICK, notify=st.sampled_from(NOTIFY_WAYS))
    def pay(self, which: int, notify: Any) -> None:
        name, made = self.made[-1 - which % len(self.made)]
        self.tell(name, made, notify=notify)

    @precondition(lambda self: self.made)
    @rule(which=PICK)
    def begin_typing(self, which: int) -> None:
        name, made = self.made[-1 - which % len(self.made)]
        if self.tell(name, made, slow=True) == "paying":
            self.typing.append((name, made["payment_id"]))

    def tell(self, name: str, made: dict[str, Any], **how: Any) -> str:
        """Let somebody pay in WeChat; what was paid once is offered no more."""
        answer = self.do(self.world.wechat.do(f"users/{name}/pay", **made["pay_params"], **how))
        if answer["result"] in {"ok", "paying"}:
            self.made.remove((name, made))
            self.taken.append(made["payment_id"])
        return str(answer["result"])

    @precondition(lambda self: self.typing)
    @rule(cancel=st.booleans(), notify=st.sampled_from(NOTIFY_WAYS))
    def finish_typing(self, *, cancel: bool, notify: Any) -> None:
        name, number = self.typing.pop()
        if self.do(self.at_wechat(number)) == "USERPAYING":
            wish = {"out_trade_no": number, "cancel": cancel, "notify": notify}
            self.do(self.world.wechat.do(f"users/{name}/finish-payment", **wish))

    @precondition(lambda self: self.taken)
    @rule(which=PICK)
    def repeat_notice(self, which: int) -> None:
        number = self.taken[-1 - which % len(self.taken)]
        if self.paid_at_wechat(number):
            answer = self.do(self.world.wechat.do("notify", out_trade_no=number))
            assert answer["status"] == 204

    @precondition(lambda self: self.made or self.taken)
    @rule(which=PICK, how=st.sampled_from(WRONG))
    def wrong_notice(self, which: int, how: dict[str, Any]) -> None:
        numbers = [*self.taken, *(made["payment_id"] for _, made in self.made)]
        number = numbers[-1 - which % len(numbers)]
        before = self.do(self.credited())
        answer = self.do(self.world.wechat.do("notify", out_trade_no=number, **how))
        assert answer["status"] in {204, 401}
        assert self.do(self.credited()) == before

    @rule(fault=st.sampled_from(FAULTS))
    def wechat_stumbles(self, fault: tuple[str, dict[str, Any]]) -> None:
        path, action = fault
        self.do(self.world.wechat.fault(path, **action))

    @rule(seconds=st.sampled_from([1, 5, 61, 600, 600, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.do(self.world.advance(seconds=seconds))
        self.do(self.world.work())

    @rule(name=st.sampled_from(PAYERS))
    def void(self, name: str) -> None:
        bill_id = self.bills[name][1]  # the other stays to be paid
        wish = VoidBill(reason="登记有误", months=MonthsAfterVoid.FORGIVEN)
        with suppress(bills_actions.BillNotOwing):
            self.do(bills_actions.void(self.world.deps, STAFF, bill_id, wish))

    @invariant()
    def the_books_hold(self) -> None:
        if hasattr(self, "world"):
            self.do(books.check(self.world))

    async def signed_in(self, name: str) -> Member:
        """Return a payer with a token that is good for some minutes, as the phone renews it."""
        who, now = self.members[name], self.world.clock.now
        if now - self.token_from[name] >= TOKEN_AGE:
            wish = {"refresh_token": who.refresh_token}
            reply = await self.world.api.post("/api/v1/sessions/refresh", wish, as_=None)
            assert reply.status == 201, reply.body
            who.token = reply.body["access_token"]
            who.refresh_token = reply.body["refresh_token"]
            self.token_from[name] = now
        return who

    async def credited(self) -> int:
        journals = await self.world.db.journal.find().to_list()
        return sum(fen for a, fen in books.balances(journals).items() if "wechat:" in a)

    def paid_at_wechat(self, number: str) -> bool:
        return self.do(self.at_wechat(number)) in PAID

    async def at_wechat(self, number: str) -> str:
        """The truth outside. An order may never have reached WeChat."""
        reply = await fetch(f"{self.world.wechat.base}/__ctl/orders/{number}", "GET", None)
        return str(reply.body["trade_state"]) if reply.status == 200 else "NOWHERE"

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.do(self.settle())
        finally:
            self.do(self.stack.aclose())

    async def settle(self) -> None:
        """WeChat behaves again, everything open ends; then the truth is compared."""
        assert await problems(self.world) == []
        await self.world.wechat.control("DELETE", "faults")
        for name, number in self.typing:
            wish = {"out_trade_no": number, "cancel": True}
            if await self.at_wechat(number) == "USERPAYING":
                await self.world.wechat.do(f"users/{name}/finish-payment", **wish)
        for _ in range(LAST_HOURS):
            await self.world.advance(hours=1)
            await self.world.work()
            if not await self.world.db.outbox.count_documents({"open": True}):
                break
        await self.world.advance(hours=LAST_HOURS)  # WeChat repeats its notices
        await self.world.work()
        await books.check(self.world)
        assert await self.world.db.payments.count_documents({"open": True}) == 0
        await self.agree_with_wechat()
        await next_night(self.world)
        assert await problems(self.world) == []

    async def agree_with_wechat(self) -> None:
        journals = await self.world.db.journal.find({"kind": "payment"}).to_list()
        booked = {j["reference"]["payment"] for j in journals}
        for payment in await self.world.db.payments.find().to_list():
            number = payment["_id"]
            paid = await self.at_wechat(number) in PAID
            assert paid == (number in booked), number
            assert payment["state"] == ("paid" if paid else "closed")
        refunds = await self.world.db.refunds.find().to_list()
        assert {r["state"] for r in refunds} <= {"done"}


@pytest.mark.usefixtures("database")
def test_the_books_hold_whatever_happens(base_settings: Settings) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        made = runner.run(beginning(base_settings))
        given = {"base": base_settings, "begun": made, "runner": runner}
        run_state_machine_as_test(
            type("Books", (Machine,), given),
            settings=settings(
                max_examples=by_depth(day=12, night=300),
                stateful_step_count=20,
                phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes
            ),
        )
