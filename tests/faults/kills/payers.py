"""Payers: each orders bills over HTTP and pays in WeChat, again and again, while all dies.

To add a way to pay: an act of `Payers` with its weight in ACTS; what it moved outside belongs
into `Truth` (truth.py), what people were told into `Evidence` (checks.py).
"""

import asyncio
import random
from collections import Counter, defaultdict
from itertools import chain
from typing import Any, Final

from tests.build.sign_ins import Member
from tests.faults.kills.site import Site
from tests.faults.kills.wire import Said

HOT: Final = 0.3
ONCE: Final = True
MOST_BILLS: Final = 3
FIRST: Final = 4  # of what a home owes, the bills that are chosen from: in hot homes, hot ones
REFRESH_SECONDS: Final = 1.5
TOLD_AGAIN: Final = 0.06  # by another notice, which has a name of its own
SLOW_SECONDS: Final = 2.0
TOGETHER: Final = 0.1  # of the orders: for all payees at once
PART_FEN: Final = 100  # of one bill, when not all of a payment is to go back
# How WeChat tells of a payment: 15 of 100 twice, half of them at once.
NOTICES: Final[dict[Any, int]] = {ONCE: 72, "twice": 8, "simultaneous": 7, False: 13}
ACTS: Final = {"slowly": 6, "never": 8, "at_the_counter": 12, "given_back": 12}  # of a hundred


class Payers:
    """`done`: what they did and were told. `paid`: orders of which WeChat said "paid".

    `slips`: slip of cash → what the counter was told that it booked, None where it heard
    nothing; a slip that was refused is none. `approved`: refund by hand → what staff was told
    that goes back.
    """

    def __init__(self, site: Site, chance: random.Random) -> None:
        self.site, self.chance = site, chance
        self.done: Counter[str] = Counter()
        self.paid: list[str] = []
        self.slips: dict[str, int | None] = {}
        self.approved: dict[str, int] = {}
        self.owing: dict[tuple[str, str], list[str]] = {}
        self.typing: dict[str, Member] = {}  # order → whose phone asks for the password

    async def go_on(self) -> None:
        while True:
            await self.pay_once()

    async def look(self) -> None:
        """Know what homes owe, as their people would see it."""
        while True:
            found = defaultdict[tuple[str, str], list[str]](list)
            cursor = self.site.deps.db.bills.find({"state": "owing"}, {"home": 1, "kind": 1})
            for row in await cursor.sort("liable_on", 1).to_list():
                found[row["home"], row["kind"]].append(row["_id"])
            self.owing = found
            await asyncio.sleep(REFRESH_SECONDS)

    async def pay_once(self) -> None:
        who, bill_ids = self._choose()
        if not bill_ids:
            self.done["nothing owed"] += 1
            await asyncio.sleep(REFRESH_SECONDS)
        elif self.chance.random() < TOGETHER:
            await self.together(who, bill_ids)
        else:
            await self._order(who, bill_ids)

    async def _order(self, who: Member, bill_ids: list[str]) -> None:
        said = await self.site.wire.ask(
            "POST", "payments", {"bill_ids": bill_ids}, token=who.token, address=_address(who)
        )
        if said.status != 201:
            await self._refused(said)
            return
        self.done["ordered"] += 1
        if said.body["payment_id"] in self.typing:
            return  # their own order again, which their phone is just paying
        acts = ACTS | {"after_a_void": self.site.plan.voids}
        acts["at_once"] = 100 - sum(acts.values())
        [act] = self.chance.choices([*acts], [*acts.values()])
        await getattr(self, act)(who, said.body, bill_ids)

    async def _refused(self, said: Said) -> None:
        code = said.body.get("code") if isinstance(said.body, dict) else said.body
        self.done[f"order refused: {code or said.status}"] += 1
        await asyncio.sleep(self.chance.uniform(0.1, 0.5))

    async def together(self, who: Member, bill_ids: list[str]) -> None:
        """Pay these bills and one of each other fee with one tap: WeChat's combined order."""
        homes = [home for home, people in self.site.people.items() if who in people]
        others = [ids[:1] for (home, _), ids in self.owing.items() if home in homes]
        wish = {"bill_ids": list(dict.fromkeys([*bill_ids, *chain(*others)]))}
        asked = {"token": who.token, "address": _address(who)}
        said = await self.site.wire.ask("POST", "me/checkouts", wish, **asked)
        if said.status == 201:
            path = f"me/checkouts/{said.body['checkout_id']}/next"
            said = await self.site.wire.ask("POST", path, {}, **asked)
        if said.status != 201:
            await self._refused(said)
            return
        ids = [payment["payment_id"] for payment in said.body["payments"]]
        self.done[f"ordered together from {len(ids)} payees"] += 1
        if not {*ids} & self.typing.keys():
            [how] = self.chance.choices([*NOTICES], [*NOTICES.values()])
            answer = await self._in_wechat(who, said.body, notify=how)
            self.paid += ids if answer["result"] == "ok" else []
            self.done[f"together: {answer['result']}"] += 1

    def _choose(self) -> tuple[Member, list[str]]:
        """Choose a person and one to three bills of one fee."""
        people = self.site.people
        is_hot = self.chance.random() < HOT
        homes = self.site.hot if is_hot else [h for h in people if h not in self.site.hot]
        owing = [key for key in self.owing if key[0] in homes and self.owing[key]]
        if not owing:
            return self.site.staff, []
        self.done["orders tried for hot bills"] += is_hot
        home, kind = self.chance.choice(sorted(owing))
        first = self.owing[home, kind][:FIRST]
        count = min(self.chance.randint(1, MOST_BILLS), len(first))
        return self.chance.choice(people[home]), self.chance.sample(first, count)

    async def at_once(self, who: Member, made: Any, _: list[str]) -> None:
        [how] = self.chance.choices([*NOTICES], [*NOTICES.values()])
        answer = await self._in_wechat(who, made, notify=how)
        if answer["result"] == "ok":
            await self._paid(made, how)
        else:
            self.done["could not be paid any more"] += 1
        path = f"payments/{made['payment_id']}"
        await self.site.wire.ask("GET", path, token=who.token, address=_address(who))

    async def slowly(self, who: Member, made: Any, _: list[str]) -> None:
        """Type the password slowly: somebody else may want the same bills meanwhile."""
        self.typing[made["payment_id"]] = who
        answer = await self._in_wechat(who, made, slow=True)
        if answer["result"] == "paying":
            await asyncio.sleep(self.chance.uniform(0, SLOW_SECONDS))
            await self._finish(made["payment_id"], who)
        del self.typing[made["payment_id"]]

    async def _finish(self, payment_id: str, who: Member) -> None:
        path = f"users/{who.name}/finish-payment"
        await self.site.wire.control(path, out_trade_no=payment_id)
        await self._paid({"payment_id": payment_id}, ONCE)
        self.done["paid slowly"] += 1

    async def finish_typing(self) -> None:
        """Finish what was begun when the load ended: no order is paid for ever.

        WeChat lets nobody type for ever either; nothing closes an order that is being paid.
        """
        for payment_id, who in self.typing.items():
            order = await self.site.wire.look(f"orders/{payment_id}")
            if order["trade_state"] == "USERPAYING":
                await self._finish(payment_id, who)

    async def after_a_void(self, who: Member, made: Any, bill_ids: list[str]) -> None:
        """Pay although staff voids one of the bills at this moment: its money goes back."""
        path, staff = f"bills/{bill_ids[0]}/void", self.site.staff
        wish = {"reason": "登记有误", "months": "forgiven"}
        voiding = self.site.wire.ask("POST", path, wish, token=staff.token, address="10.9.9.9")
        if self.chance.random() < 0.5:
            said, _ = await asyncio.gather(voiding, self.at_once(who, made, bill_ids))
        else:
            said = await voiding
            await self.at_once(who, made, bill_ids)
        if said.status == 200:
            self.done["bills voided while they were ordered"] += 1
        elif isinstance(said.body, dict):
            self.done[f"void refused: {said.body['code']}"] += 1

    async def at_the_counter(self, who: Member, made: Any, bill_ids: list[str]) -> None:
        """Pay although somebody pays the same bills in cash at this moment, or just before."""
        if self.chance.random() < 0.5:
            await asyncio.gather(self._take_cash(bill_ids), self.at_once(who, made, bill_ids))
        else:
            await self._take_cash(bill_ids)
            await self.at_once(who, made, bill_ids)

    async def _take_cash(self, bill_ids: list[str]) -> None:
        """Book cash for bills; whoever hears no answer tries again with the same slip."""
        slip, staff = f"K-{self.chance.getrandbits(64):x}", self.site.staff
        self.slips[slip] = None
        wish = {"bill_ids": bill_ids, "way": "cash", "voucher": slip}
        said = await self.site.wire.ask(
            "POST", "counter-payments", wish, token=staff.token, address="10.9.9.8"
        )
        if said.status == 201:
            self.slips[slip] = said.body["amount_fen"]
            self.done["paid in cash while it was ordered"] += 1
        elif isinstance(said.body, dict) and said.status < 500:
            del self.slips[slip]
            self.done[f"cash refused: {said.body['code']}"] += 1

    async def given_back(self, who: Member, made: Any, bill_ids: list[str]) -> None:
        """Pay; then one of the staff asks that some of it goes back, and another approves."""
        await self.at_once(who, made, bill_ids)
        wish: dict[str, Any] = {"reason": "多缴"}
        if self.chance.random() < 0.5:
            wish["bills"] = [{"bill_id": bill_ids[0], "amount_fen": PART_FEN}]
        path, yes = (
            f"payments/{made['payment_id']}/refund-requests",
            {"approve": True, "reason": "已核对"},
        )
        asked = await self._by_office(self.site.staff, path, wish)
        if asked is None:
            return
        decision = f"refund-requests/{asked['request_id']}/decision"
        decided = await asyncio.gather(
            *(self._by_office(self.site.admin, decision, yes) for _ in range(2))
        )
        for said in filter(None, decided):
            self.approved[said["request_id"]] = said["amount_fen"]
        self.done["given back by hand"] += any(decided)

    async def _by_office(self, who: Member, path: str, wish: Any) -> Any:
        """Ask for something as one of the staff; None when it was refused, or nothing heard."""
        said = await self.site.wire.ask("POST", path, wish, token=who.token, address="10.9.9.7")
        if said.status in {200, 201}:
            return said.body
        if isinstance(said.body, dict) and said.status < 500:
            self.done[f"refund refused: {said.body['code']}"] += 1
        return None

    async def never(self, _: Member, __: Any, ___: list[str]) -> None:
        self.done["ordered and not paid"] += 1

    async def _in_wechat(self, who: Member, made: Any, **how: Any) -> Any:
        wish = {**made["pay_params"], **how}
        return await self.site.wire.control(f"users/{who.name}/pay", **wish)

    async def _paid(self, made: Any, how: Any) -> None:
        payment_id = made["payment_id"]
        self.paid.append(payment_id)
        self.done["paid"] += 1
        self.done[f"told of: {_SAID[how]}"] += 1
        if self.chance.random() < TOLD_AGAIN:
            await self.tell_again(payment_id)

    async def tell_again(self, payment_id: str) -> None:
        """Have WeChat tell of a payment by one notice more; of a part by that of the whole."""
        order = await self.site.wire.look(f"orders/{payment_id}")
        number = order["combined_no"] or payment_id
        await self.site.wire.control("notify", out_trade_no=number)
        self.done["told of: by a notice more"] += 1


_SAID: Final[dict[Any, str]] = {
    ONCE: "once",
    "twice": "twice",
    "simultaneous": "twice at once",
    False: "never",
}


def _address(who: Member) -> str:
    """Return the address that somebody asks from: everybody has an own one."""
    number = int(who.phone)
    return f"10.{number // 10_000 % 250}.{number % 10_000 // 100}.{number % 100}"
