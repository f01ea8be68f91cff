"""Repairs of the demo: one that nobody took, and some that were fixed last month.

The first shows how a repair climbs; the others give figures, ratings and call-backs.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from demo.people import UNIT
from demo.site import Site
from services.cases.models import CameBy
from services.dependencies import Dependencies
from services.kernel.days import month_of, plus_months, start_of
from services.kernel.pages import ListQuery
from services.kernel.permissions import Actor
from services.repairs import actions as repairs
from services.repairs import works
from services.repairs.call_backs import jobs as call_backs
from services.repairs.models import (
    AnswerRepair,
    AssignRepair,
    FinishRepair,
    RepairView,
    ReportRepair,
    SimilarQuery,
)
from services.repairs.ratings import actions as ratings
from services.repairs.ratings.actions import RatedBefore
from services.repairs.ratings.models import RateRepair
from services.repairs.reporters import actions as reporters
from services.repairs.states import RepairState

# Past every deadline of an ordinary repair, and every rung of the ladder.
AGO: Final = timedelta(days=40)
FORGOTTEN: Final = ReportRepair(
    place=UNIT,
    category="stair_light",
    text="三楼楼道灯不亮,晚上看不清台阶",
    on_behalf_of="王桂兰",
    way=CameBy.PHONE,
)


async def report(site: Site, staff: Actor) -> None:
    """Report a lamp by phone, some weeks ago, that nobody has looked at since.

    The worker finds its deadline passed as soon as it runs. Harmless to repeat.
    """
    query = SimilarQuery(place=FORGOTTEN.place, category=FORGOTTEN.category)
    if (await repairs.similar(site.deps, staff, query)).items:
        return
    then = site.deps.now() - AGO
    await repairs.report(replace(site.deps, now=lambda: then), staff, FORGOTTEN)


class Past(Struct, frozen=True, kw_only=True):
    """Repair that was fixed last month, a few hours after it was reported.

    `by`: who reported it. `stars`: for speed, quality and manner; none for no rating.
    """

    by: str
    category: str
    text: str
    summary: str
    stars: tuple[int, int, int] | None = None
    words: str = ""

    def wish(self) -> ReportRepair:
        """Return the report: of the visitor's home, or by the unit head for a neighbour."""
        if self.by == "resident":
            return ReportRepair(place=f"{UNIT}.502", category=self.category, text=self.text)
        return ReportRepair(
            place=UNIT,
            category=self.category,
            text=self.text,
            on_behalf_of="赵大爷",
            way=CameBy.PHONE,
        )


def _home(category: str, text: str, summary: str, *stars: int, words: str = "") -> Past:
    marks = (stars[0], stars[1], stars[2]) if stars else None
    return Past(
        by="resident", category=category, text=text, summary=summary, stars=marks, words=words
    )


def _common(category: str, text: str, summary: str) -> Past:
    return Past(by="unit", category=category, text=text, summary=summary)


# Two days apart. Eleven, of which two are drawn to be called back about: a tenth, rounded up.
LAST_MONTH: Final = (
    _home("tap_broken", "厨房水龙头关不紧", "更换阀芯", 5, 5, 5, words="师傅来得快"),
    _common("yard_light", "楼前路灯不亮", "更换灯泡"),
    _home("sink_slow", "卫生间地漏下水慢", "疏通地漏", 4, 5, 5),
    _common("unit_door", "单元门关不上", "更换闭门器"),
    _home("socket_broken", "客厅插座没电", "更换插座", 5, 4, 5),
    _common("stair_window", "二楼楼道窗户关不严", "更换窗扣"),
    _home("toilet_blocked", "马桶堵了", "疏通马桶"),
    _common("rubbish", "楼门口垃圾没清", "清运垃圾"),
    _home("no_heat", "卧室暖气不热", "排气", 2, 2, 4, words="过了两天又不热了"),
    _common("intercom", "门禁刷卡没反应", "重启门禁主机"),
    _home("home_window", "厨房窗户把手松了", "紧固把手"),
)


async def fix_last_months(site: Site, people: Mapping[str, Actor]) -> None:
    """Have repairs of last month reported, done, confirmed and rated, each on its own day.

    `people`: by their names. Harmless to repeat: what a start cut short left goes on from its
    state. The draw of the call-backs is that of every morning.
    """
    begins = start_of(f"{plus_months(month_of(site.deps.now()), -1)}-01")
    for number, past in enumerate(LAST_MONTH):
        at = begins + timedelta(days=2 * number + 1, hours=9)
        await _fix(site.deps, people, past, at)
    await call_backs.draw(site.deps, {})


async def _fix(
    deps: Dependencies, people: Mapping[str, Actor], past: Past, at: datetime
) -> None:
    reporter = people[past.by]
    known = await repairs.mine(deps, reporter, ListQuery(limit=100))
    shown = next((each for each in known.items if each.created_at == at), None)
    if shown is None:
        shown = await repairs.report(_at(deps, at), reporter, past.wish())
    while shown.state is not RepairState.CONFIRMED:
        at += timedelta(minutes=40)
        shown = await _step(_at(deps, at), people, past, shown)
    await _rate(deps, reporter, past, shown)


async def _step(
    deps: Dependencies, people: Mapping[str, Actor], past: Past, shown: RepairView
) -> RepairView:
    """Take the next step of a repair, by whoever it waits for."""
    dispatcher, repairer, repair_id = people["dispatcher"], people["repairer"], shown.repair_id
    match shown.state:
        case RepairState.REPORTED:
            return await works.accept(deps, dispatcher, repair_id)
        case RepairState.ACCEPTED:
            wish = AssignRepair(person=repairer.person_id)
            return await works.assign(deps, dispatcher, repair_id, wish)
        case RepairState.ASSIGNED:
            return await works.start(deps, repairer, repair_id)
        case RepairState.WORKING:
            done = FinishRepair(summary=past.summary)
            return await works.finish(deps, repairer, repair_id, done)
        case RepairState.DONE:
            answer = AnswerRepair(fixed=True)
            return await reporters.answer(deps, people[past.by], repair_id, answer)
    raise ValueError(f"nobody of the demo leaves a repair {shown.state}")


async def _rate(deps: Dependencies, reporter: Actor, past: Past, shown: RepairView) -> None:
    """Rate it today, so that the community has its days to answer a bad rating."""
    if past.stars is None:
        return
    speed, quality, manner = past.stars
    wish = RateRepair(speed=speed, quality=quality, manner=manner, words=past.words or None)
    try:
        await ratings.rate(deps, reporter, shown.repair_id, wish)
    except RatedBefore:  # before the last start was cut short
        return


def _at(deps: Dependencies, instant: datetime) -> Dependencies:
    return replace(deps, now=lambda: instant)
