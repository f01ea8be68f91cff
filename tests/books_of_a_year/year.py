"""The year as it is lived: a day comes, bills are made, somebody pays; all through the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import pytest

from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.kernel.days import BEIJING
from tests.build import deposits, payments, prepayment_returns, refund_requests
from tests.build.cast import (
    LI_HOME,
    OTHER_COMPOUND,
    PHONES,
    STAFF,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
)
from tests.build.homes import get, post
from tests.build.payments import pay
from tests.build.sign_ins import Member, by_actions
from tests.build.world import World

LI, WANG, SUN, ZHAO = LI_HOME, WANG_HOME, SUN_HOME, ZHAO_HOME
QIAN_HOME: Final = f"{OTHER_COMPOUND}.b1.u2.101"
WU_HOME: Final = f"{OTHER_COMPOUND}.b1.u3.101"
PROPERTY, WASTE = "property_fee", "waste_fee"


class EstateOfAYear(Estate):
    """The cast, signed in by what the product does.

    What a sign-in does to the database is not kept for the next test, as elsewhere: no other
    one signs in on these days.
    """

    async def member(self, name: str) -> Member:
        if name not in self.members:
            self.members[name] = await by_actions(self.world.deps, name, PHONES[name])
        return self.members[name]


class Year:
    """A year of the cast's homes."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.estate, self.monkeypatch = EstateOfAYear(world), monkeypatch
        self.of_two_months = ""  # Li's payment of January and February
        self.meter = ""  # of Li's water
        self.deposits: dict[str, str] = {}  # by what they are kept for
        self.hanging = ""  # the refund that WeChat could not place

    @property
    def world(self) -> World:
        return self.estate.world

    async def on(self, day: str) -> None:
        """Let noon of a day come; everybody signs in anew."""
        then = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=BEIJING)
        await self.estate.advance(seconds=(then - self.world.clock.now).total_seconds())
        await self.world.work()

    async def bill(self, period: str, compound: str, months: int = 1) -> None:
        """Make and publish the bills of some months."""
        deps, wish = self.world.deps, StartBillRun(period=period, months=months)
        run = await runs.start(deps, STAFF, compound, wish)
        await self.world.work()
        await runs.publish(deps, STAFF, run.run_id)
        await self.world.work()

    async def ids(self, home: str, kind: str, *periods: str) -> list[str]:
        """Return the bills of a home for a fee, of some months or all, in their order."""
        query = {"home": home, "kind": kind, "state": {"$in": ["owing", "paid"]}}
        in_order = [("period", 1), ("from_day", 1)]
        found = await self.world.db.bills.find(query).sort(in_order).to_list()
        return [bill["_id"] for bill in found if not periods or bill["period"] in periods]

    async def do(self, who: str, path: str, **body: Any) -> dict[str, Any]:
        """Post something that must go well, and let the worker do what follows."""
        reply = await post(self.estate, who, path, body)
        assert reply.status < 300, (path, reply.body)
        await self.world.work()
        return dict(reply.body)

    async def look(self, who: str, path: str) -> dict[str, Any]:
        reply = await get(self.estate, who, path)
        assert reply.status == 200, (path, reply.body)
        return dict(reply.body)

    async def confirm(self, who: str, order: dict[str, Any], **how: Any) -> None:
        """Pay an order in WeChat, or several that one tap pays."""
        answer = await pay(self.estate, await self.estate.member(who), order, **how)
        assert answer["result"] == "ok", answer
        await self.world.work()

    async def wechat(self, who: str, bill_ids: list[str], **wish: Any) -> str:
        """Order and pay bills in WeChat; return the id of the payment."""
        order = await self.do(who, "payments", bill_ids=bill_ids, **wish)
        await self.confirm(who, order)
        return str(order["payment_id"])

    async def check_out(self, who: str, bill_ids: list[str]) -> None:
        """Pay bills of several payees: one order after another, or all of them at once."""
        made = await self.do(who, "me/checkouts", bill_ids=bill_ids)
        path = f"me/checkouts/{made['checkout_id']}"
        while any(part["state"] != "done" for part in (await self.look(who, path))["parts"]):
            await self.confirm(who, await self.do(who, f"{path}/next"))

    async def give_back(self, payment_id: str, **wish: Any) -> dict[str, Any]:
        """Let staff ask for a refund by hand and an administrator approve it."""
        made = await refund_requests.approved(self.estate, payment_id, **wish)
        await self.world.work()
        await self.estate.advance(minutes=2)  # WeChat gives it back, and tells us
        await self.world.work()
        return made

    async def give_back_by_transfer(self, payment_id: str, voucher: str, **wish: Any) -> None:
        """Let money of a counter payment be given back through the bank."""
        made = await refund_requests.approved(self.estate, payment_id, counter=True, **wish)
        path = f"refund-requests/{made['request_id']}/payout"
        await self.do("staff", path, way="transfer", voucher=voucher)

    async def hang(self, payment_id: str) -> None:
        """Let a payment be given back to a card that does not take it."""
        await self.world.wechat.do("settings", refunds={"outcome": "ABNORMAL"})
        self.hanging = str((await self.give_back(payment_id))["refund_number"])
        await self.world.wechat.do("settings", refunds={"outcome": "SUCCESS"})

    async def mend(self) -> None:
        """Let it go to another card, in the merchant's console, and WeChat be asked of it."""
        waiting = (await self.look("admin", "refunds"))["items"]
        found = [(each["refund_id"], each["problem"]) for each in waiting]
        assert found == [(self.hanging, "ABNORMAL")]
        mended = {"status": "SUCCESS", "notify": False}
        await self.world.wechat.do(f"refunds/{self.hanging}/settle", **mended)
        await self.do("admin", f"refunds/{self.hanging}/retry")

    async def prepaid_back(self, home: str, payout: dict[str, Any] | None, **wish: Any) -> None:
        """Let money that a home paid in advance be given back; without a payout it waits."""
        query = {"home": home, "fen": {"$gt": 0}}
        [kept] = await self.world.db.prepayments.find(query).to_list()
        made = await prepayment_returns.approved(self.estate, kept["_id"], **wish)
        if payout:
            await self.do("staff", f"prepayment-returns/{made}/payout", **payout)

    async def deposit_back(
        self, name: str, payout: dict[str, Any] | None, deduct_fen: int = 0
    ) -> None:
        """Let a deposit be given back, or what is left of it; without a payout nothing is."""
        path = f"deposits/{self.deposits[name]}"
        asked = await deposits.asked(self.estate, self.deposits[name], deduct_fen)
        assert asked.status == 200, asked.body
        await self.do("admin", f"{path}/return-decision", **deposits.YES)
        if payout:
            await self.do("staff", f"{path}/payout", **payout)

    @asynccontextmanager
    async def paid_beside(
        self, who: str, bill_ids: list[str], **wish: Any
    ) -> AsyncIterator[None]:
        """Let a phone pay what is paid in another way, too, before WeChat tells of it."""
        order = await self.do(who, "payments", bill_ids=bill_ids, **wish)
        payment_id = str(order["payment_id"])
        answer = await pay(self.estate, await self.estate.member(who), order, notify=False)
        assert answer["result"] == "ok", answer
        change = {"$set": {"state": "closed", "open": False}}
        await self.world.db.payments.update_one({"_id": payment_id}, change)
        yield
        await self.world.wechat.do("notify", out_trade_no=payment_id)
        await payments.pass_time(self.estate)

    async def faster_than_the_counter(self, who: str, bill_ids: list[str], **wish: Any) -> None:
        """Let somebody pay in WeChat while staff want to take cash: staff are told to wait."""
        order = await self.do(who, "payments", bill_ids=bill_ids, **wish)
        member = await self.estate.member(who)
        await pay(self.estate, member, order, slow=True)
        cash = {"bill_ids": bill_ids, "way": "cash", "voucher": "K-0"}
        refused = await post(self.estate, "staff", "counter-payments", cash)
        assert (refused.status, refused.code) == (409, "payment_in_progress")
        done = {"out_trade_no": order["payment_id"]}
        await self.world.wechat.do(f"users/{who}/finish-payment", **done)
        await self.world.work()

    async def slower_than_the_counter(
        self, who: str, bill_ids: list[str], way: str, voucher: str
    ) -> None:
        """Let staff take money for what somebody has ordered: WeChat takes none any more."""
        order = await self.do(who, "payments", bill_ids=bill_ids)
        await self.take("staff", bill_ids, way, voucher)
        answer = await pay(self.estate, await self.estate.member(who), order)
        assert answer["result"] != "ok", answer

    async def sell(self, home: str, who: str, name: str, day: str) -> None:
        """Let staff write down who bought a home, and on which day it became theirs."""
        sale = {"name": name, "phone": PHONES[who], "day": day, "reason": "已过户"}
        await self.do("staff", f"homes/{home}/transfer", **sale)

    async def measure(self, home: str, area: int, day: str) -> None:
        """Let staff write down what a home measures since a day."""
        paper = {"document": "房产测绘报告", "reason": "阳台拆除后重新测量"}
        await self.do("staff", f"homes/{home}/correction", area=area, from_day=day, **paper)

    async def pay_while_voided(self, who: str, bill_ids: list[str]) -> None:
        """Let somebody pay a bill that staff voids after it was ordered."""
        order = await self.do(who, "payments", bill_ids=bill_ids)
        void = {"reason": "登记有误", "months": "forgiven"}
        await self.do("staff", f"bills/{bill_ids[0]}/void", **void)
        await self.confirm(who, order)
        await payments.pass_time(self.estate)

    async def take(
        self, who: str, bill_ids: list[str], way: str, voucher: str, **wish: Any
    ) -> str:
        """Book money that somebody took; return the id of the payment."""
        body = {"bill_ids": bill_ids, "way": way, "voucher": voucher, **wish}
        return str((await self.do(who, "counter-payments", **body))["payment_id"])

    async def hand_over(self, fen: int, account: str = "firm") -> int:
        """Let the head hand cash over to staff; return what is too much, or too little."""
        body = {"account": account, "counted_fen": fen}
        offered = await self.do("head", f"places/{UNIT}/cash-deliveries", **body)
        path = f"cash-deliveries/{offered['delivery_id']}/taking"
        taken = await self.do("staff", path, counted_fen=fen)
        return int(taken["difference_fen"])

    async def statement(self, who: str, home: str) -> dict[str, Any]:
        """Return fee → sums of a home's year, which its entries come to."""
        found = await self.look(who, f"homes/{home}/statement?year=2026")
        fields = ("start", "billed", "paid", "refunded", "voided", "corrected", "end")
        sums = {
            each["fee"]: tuple(each[f"{name}_fen"] for name in fields) for each in found["sums"]
        }
        for fee, (start, *_, end) in sums.items():
            own = [each["amount_fen"] for each in found["entries"] if each["fee"] == fee]
            assert start + sum(own) == end, (home, fee)
        return sums
