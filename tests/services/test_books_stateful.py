"""Whatever WeChat, the payers and the clock do, in any order, the books hold.

The real product over HTTP, the real database, WeChat's stand-in; Hypothesis chooses. At the
end everything is left to settle, and the truth outside (what WeChat holds) is compared.
"""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, Phase, settings
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
from services.bills import actions as bills
from services.bills.models import MonthsAfterVoid, VoidBill
from tests import books
from tests.cast import STAFF, Estate, build
from tests.stage import open_world
from tests.world import Clock, Reply, fetch

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


class Machine(RuleBasedStateMachine):
    base: Settings

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.stack = AsyncExitStack()
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.typing: list[tuple[str, str]] = []

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        async def start() -> Estate:
            world = await self.stack.enter_async_context(open_world(self.base, Clock()))
            estate = await build(world)
            for name in PAYERS:
                await estate.member(name)
            return estate

        self.estate: Estate = self.do(start())
        self.world = self.estate.world
        self.bills = {name: self.do(self.estate.bill_ids(name)) for name in PAYERS}

    @rule(name=st.sampled_from(PAYERS), first=st.integers(0, 1), count=st.integers(1, 2))
    def order(self, name: str, first: int, count: int) -> None:
        wanted = self.bills[name][first : first + count]

        async def ask() -> Reply:
            who = self.estate.members[name]
            return await self.world.api.post("/api/v1/payments", {"bill_ids": wanted}, as_=who)

        reply: Reply = self.do(ask())
        assert reply.status in {201, 401, 409, 503}, reply.body
        if reply.status == 201:
            self.made.append((name, reply.body))

    @precondition(lambda self: self.made)
    @rule(which=PICK, notify=st.sampled_from(NOTIFY_WAYS))
    def pay(self, which: int, notify: Any) -> None:
        name, made = self.made[which % len(self.made)]
        self.do(self.world.wechat.do(f"users/{name}/pay", **made["pay_params"], notify=notify))

    @precondition(lambda self: self.made)
    @rule(which=PICK)
    def begin_typing(self, which: int) -> None:
        name, made = self.made[which % len(self.made)]
        wish = {**made["pay_params"], "slow": True}
        if self.do(self.world.wechat.do(f"users/{name}/pay", **wish))["result"] == "paying":
            self.typing.append((name, made["payment_id"]))

    @precondition(lambda self: self.typing)
    @rule(cancel=st.booleans(), notify=st.sampled_from(NOTIFY_WAYS))
    def finish_typing(self, *, cancel: bool, notify: Any) -> None:
        name, number = self.typing.pop()
        if self.do(self.at_wechat(number)) == "USERPAYING":
            wish = {"out_trade_no": number, "cancel": cancel, "notify": notify}
            self.do(self.world.wechat.do(f"users/{name}/finish-payment", **wish))

    @precondition(lambda self: self.made)
    @rule(which=PICK)
    def repeat_notice(self, which: int) -> None:
        number = self.made[which % len(self.made)][1]["payment_id"]
        if self.paid_at_wechat(number):
            answer = self.do(self.world.wechat.do("notify", out_trade_no=number))
            assert answer["status"] == 204

    @precondition(lambda self: self.made)
    @rule(which=PICK, how=st.sampled_from(WRONG))
    def wrong_notice(self, which: int, how: dict[str, Any]) -> None:
        number = self.made[which % len(self.made)][1]["payment_id"]
        before = self.do(self.credited())
        answer = self.do(self.world.wechat.do("notify", out_trade_no=number, **how))
        assert answer["status"] in {204, 401}
        assert self.do(self.credited()) == before

    @rule(fault=st.sampled_from(FAULTS))
    def wechat_stumbles(self, fault: tuple[str, dict[str, Any]]) -> None:
        path, action = fault
        self.do(self.world.wechat.fault({"path": path}, action))

    @rule(seconds=st.sampled_from([1, 5, 61, 600, 2000, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.do(self.world.advance(seconds=seconds))
        self.do(self.world.work())
        if seconds >= 600:  # tokens live for a quarter of an hour
            self.estate.members.clear()
            for name in PAYERS:
                self.do(self.estate.member(name))

    @rule(name=st.sampled_from(PAYERS), which=st.integers(0, 1))
    def void(self, name: str, which: int) -> None:
        bill_id = self.bills[name][which]
        wish = VoidBill(reason="登记有误", months=MonthsAfterVoid.FORGIVEN)
        with suppress(bills.BillNotOwing):
            self.do(bills.void(self.world.deps, STAFF, bill_id, wish))

    @invariant()
    def the_books_hold(self) -> None:
        if hasattr(self, "world"):
            self.do(books.check(self.world))

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
            self.runner.close()

    async def settle(self) -> None:
        """WeChat behaves again, everything open ends; then the truth is compared."""
        await self.world.wechat.control("DELETE", "faults")
        for name, number in self.typing:
            wish = {"out_trade_no": number, "cancel": True}
            if await self.at_wechat(number) == "USERPAYING":
                await self.world.wechat.do(f"users/{name}/finish-payment", **wish)
        for _ in range(8):
            await self.world.advance(hours=1)
            await self.world.work()
        await books.check(self.world)
        assert await self.world.db.payments.count_documents({"open": True}) == 0
        await self.agree_with_wechat()

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
    run_state_machine_as_test(
        type("Books", (Machine,), {"base": base_settings}),
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
