"""Repairs of the demo: one that nobody took, so that the tour can show how it climbed."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from demo.people import UNIT
from demo.site import Site
from services.cases.models import CameBy
from services.kernel.permissions import Actor
from services.repairs import actions as repairs
from services.repairs.models import ReportRepair, SimilarQuery

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
