"""Actions on loan prime rates (贷款市场报价利率): entered by the city, as they are announced.

What a creditor loses while somebody is late is measured by it. The law names no number of its
own (合同编通则解释 art. 65), so that the rate is data with a day and a source.
"""

from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.days import Day, check_day
from services.kernel.errors import InvalidInput
from services.kernel.permissions import Actor, Permission, require_city
from services.kernel.views import show
from services.late_charges.loans import store
from services.late_charges.loans.models import LoanRate, LoanRates, LoanRateView, SetLoanRate

MOST: Final = 200


class BadLoanRateDay(InvalidInput):
    """No rate is announced ahead."""

    code = "bad_loan_rate_day"


async def replace(
    deps: Dependencies, actor: Actor, day: Day, wish: SetLoanRate
) -> LoanRateView:
    """Enter the rate that was announced on a day.

    Raises Forbidden but for the whole city's staff and administrators, BadLoanRateDay.
    """
    require_city(actor, Permission.KEEP_LOAN_RATES)
    if check_day(day) > deps.today():
        raise BadLoanRateDay("请填写今天或以前的公布日期")
    made = LoanRate(
        id=day,
        rate=wish.rate,
        source=wish.source,
        set_by=actor.person_id,
        set_at=deps.now(),
    )
    held = actor.places(Permission.KEEP_LOAN_RATES)
    city = next(place for place in held if "." not in place)

    async def save(tx: Transaction) -> None:
        await store.put(deps.db, tx, made)
        about = {"place": city, "subject": day}
        await audit.record(deps, tx, actor, Act.LOAN_RATE_SET, **about, rate=made.rate)

    await deps.in_transaction(save)
    return show(made, LoanRateView, day=day)


async def listing(deps: Dependencies) -> LoanRates:
    """Return the rates that the city entered, to anybody: they are public."""
    found = await store.latest(deps.db, limit=MOST)
    return LoanRates(items=[show(each, LoanRateView, day=each.id) for each in found])


async def on_day(deps: Dependencies, day: Day) -> LoanRate | None:
    """Return the rate that holds on a day; None where the city entered none."""
    found = await store.latest(deps.db, until=day, limit=1)
    return found[0] if found else None
