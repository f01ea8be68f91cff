"""Limitation periods of debts (诉讼时效), computed of the demands that are kept.

Three years from when a debt could be claimed (民法典 art. 188), anew from each demand that
arrived and each promise to pay (art. 195). A period of years ends on the day of the same number
(art. 202). It is counted from the due day itself and leaves out that a last day on a holiday
moves (art. 203): so nobody comes a day too late. A court decides, and does not look by itself
(art. 193).
"""

import calendar
from datetime import date
from typing import Final

from services.bills.arrears import actions as arrears
from services.bills.arrears.models import OwedBill
from services.bills.due_days import is_overdue
from services.demands import store
from services.demands.models import Limitations, LimitationView
from services.demands.store import LastDemand
from services.dependencies import Dependencies
from services.kernel.days import Day
from services.kernel.permissions import Actor, Permission, require_at
from services.places import homes as place_homes

YEARS: Final = 3
SOURCE: Final = (
    "《民法典》第188条(三年)、第195条(催缴或承诺缴费后重新计算)、第202条;"
    "从缴费期限当日起算,未计节假日顺延,以法院认定为准"
)


def ends_on(day: Day) -> Day:
    """Return the last day of a period that begins on a day: three years later."""
    begins = date.fromisoformat(day)
    year = begins.year + YEARS
    last = calendar.monthrange(year, begins.month)[1]
    return date(year, begins.month, min(begins.day, last)).isoformat()


async def of_home(deps: Dependencies, actor: Actor, home: str) -> Limitations:
    """Return the limitation period of each debt of a home. Raises NotFound."""
    require_at(actor, Permission.VIEW_DEBTORS, home)
    homes = [home, *await place_homes.merged_into(deps, [home])]
    today = deps.today()
    owed = [b for b in await arrears.owed(deps, homes) if is_overdue(b.due_on, today)]
    last = await store.last_arrived(deps.db, homes, [bill.id for bill in owed])
    items = [_view(bill, last.get(bill.id), today) for bill in owed]
    items.sort(key=lambda item: (item.ends_on, item.bill_id))
    return Limitations(items=items, source=SOURCE)


def _view(bill: OwedBill, last: LastDemand | None, today: Day) -> LimitationView:
    ends = ends_on(max(bill.due_on, last.day) if last else bill.due_on)
    return LimitationView(
        bill_id=bill.id,
        title=bill.title,
        payee_name=bill.payee_name,
        owners_until=bill.household or None,
        owed_fen=bill.owed_fen,
        due_on=bill.due_on,
        demanded_on=last.day if last else None,
        demand_id=last.demand if last else None,
        ends_on=ends,
        is_over=ends < today,
    )
