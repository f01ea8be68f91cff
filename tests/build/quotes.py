"""Quotes of repairs in tests: a repair of Li's home, done by a firm that may be paid for it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from services.fees.models import FeeKind
from services.fees.payees import actions as payees
from services.fees.payees.models import NewPayee
from services.repairs import actions as repairs
from services.repairs import works as repair_works
from services.repairs.models import AssignRepair, ReportRepair
from services.repairs.prices import actions as prices
from services.repairs.prices.models import NewPrice, PriceKind
from tests.build import payments, template
from tests.build.cast import ADMIN, COMPOUND, LI_HOME
from tests.build.repairs import TAP, Works
from tests.build.sign_ins import Member, actor_of
from tests.build.world import Reply, World

TODAY = "2026-03-02"
ACCOUNT = "partner"  # neither of the cast's payees has it
PRICES = (
    ("visit", "上门检修", "次", PriceKind.LABOUR, 2000, 4000),
    ("valve", "阀芯", "个", PriceKind.MATERIAL, 500, 3000),
)


@dataclass
class Quoted:
    """A repair of Li's home, in the hands of a firm that has prices and a merchant account."""

    works: Works
    repair: str

    @property
    def world(self) -> World:
        return self.works.world

    async def offer(
        self, *lines: tuple[str, int, int], who: str = "repairer", **more: Any
    ) -> Reply:
        wanted = lines or (("visit", 1, 3000), ("valve", 2, 1000))
        wish = [{"code": c, "quantity": n, "unit_fen": fen} for c, n, fen in wanted]
        body = {"after_version": 0, "guarantee_days": 90, "lines": wish, **more}
        return await self.works.post(who, f"repairs/{self.repair}/quotes", **body)

    async def offered(self, *lines: tuple[str, int, int], **more: Any) -> str:
        reply = await self.offer(*lines, **more)
        assert reply.status == 201, reply.body
        return str(reply.body["quote_id"])

    async def ask(self, who: str, quote: str, step: str) -> Reply:
        return await self.works.post(who, f"repair-quotes/{quote}/{step}")

    async def accepted(self, who: str = "li", **more: Any) -> str:
        quote = await self.offered(**more)
        reply = await self.ask(who, quote, "accept")
        assert (reply.status, reply.body.get("state")) == (200, "accepted"), reply.body
        return quote

    async def finish(self) -> None:
        await self.works.do("repairer", self.repair, "start")
        await self.works.do("repairer", self.repair, "finish", summary="换了阀芯")
        await self.world.work()

    async def quotes(self, who: str = "li") -> list[dict[str, Any]]:
        reply = await self.works.get(who, f"repairs/{self.repair}/quotes")
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def states(self) -> list[str]:
        return [quote["state"] for quote in await self.quotes("repairer")]

    async def owed(self, who: str = "li", state: str = "owing") -> list[dict[str, Any]]:
        reply = await self.works.get(who, f"me/repair-bills?state={state}")
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def report_again(self, category: str = TAP) -> str:
        return await self.works.report("li", place=LI_HOME, category=category, text="又漏了")

    async def pay(self, who: str = "li") -> dict[str, Any]:
        """Pay what somebody owes for repairs, in WeChat."""
        member, estate = await self.works.member(who), self.works.estate
        bills = [bill["bill_id"] for bill in await self.owed(who)]
        made = await payments.ordered(estate, member, bills)
        answer = await payments.pay(estate, member, made)
        assert answer["result"] == "ok", answer
        return made


async def build(works: Works) -> Quoted:
    """Give the firm a merchant account and prices, and a repair that it has in hand."""
    li = await works.member("li")
    repair = await template.add(works.world, "quotes", partial(_made, works=works, li=li))
    return Quoted(works, repair)


async def _made(world: World, *, works: Works, li: Member) -> str:
    deps = world.deps
    payee = NewPayee(
        name="安居物业",
        account=ACCOUNT,
        kinds=[FeeKind.PROPERTY_FEE],
        firm_id=works.firm,
        from_day="2026-01-01",
    )
    await payees.add(deps, ADMIN, COMPOUND, payee)
    manager, dispatcher = [
        await actor_of(deps, works.crew[name]) for name in ("manager", "dispatcher")
    ]
    for code, label, unit, kind, low, high in PRICES:
        price = NewPrice(
            after_version=0,
            code=code,
            label=label,
            unit=unit,
            kind=kind,
            low_fen=low,
            high_fen=high,
            from_day=TODAY,
        )
        await prices.write(deps, manager, COMPOUND, price)
    wish = ReportRepair(place=LI_HOME, category=TAP, text="水龙头漏水")
    made = await repairs.report(deps, await actor_of(deps, li), wish)
    await repair_works.accept(deps, dispatcher, made.repair_id)
    to = AssignRepair(person=works.crew["repairer"].person_id)
    await repair_works.assign(deps, dispatcher, made.repair_id, to)
    return made.repair_id
