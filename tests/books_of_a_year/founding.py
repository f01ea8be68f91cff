"""What is charged in the year, and to whom: the rules as the contracts have them.

春光小区: 0.60 yuan per m² and month, 0.66 from 16 March on, by actual days; on the staircase of
Sun's home by months of thirty days. Waste 5.00 a month and home, billed by the quarter. The
month of a sale is shared by days. Water 2.80 per m³.

和平小区: the same prices. Zhao's staircase is billed by the half-year, and what changes within
a month counts from the next one; Qian's by the month, and a month that was begun is charged
whole; Wu's by the year from 15 March, at 0.60. The month of a sale is owed by the buyer alone
on Zhao's staircase, by the seller alone on Qian's. Waste 3.00 a month and person, by the year.
"""

from functools import partial
from typing import Any, Final

from services.fees import actions as fees
from services.fees.models import (
    BillingPeriod,
    FeeKind,
    HandOver,
    NewFeeRule,
    NewRuleSource,
    Proration,
    SourceKind,
)
from services.fees.payees import actions as payees
from services.fees.payees.models import NewPayee
from services.kernel.permissions import Role
from services.places import actions as places
from services.places.models import Kind, NewPlace
from services.residencies.models import Relation
from tests.books_of_a_year.year import QIAN_HOME, WU_HOME
from tests.build import cast, template
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    PAID_SINCE,
    PAYEES,
    STAFF,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    payee_of,
)
from tests.build.world import World

AREAS: Final = {
    LI_HOME: 8530,
    WANG_HOME: 6000,
    SUN_HOME: 7000,
    ZHAO_HOME: 9000,
    QIAN_HOME: 5000,
    WU_HOME: 4000,
}
OTHERS: Final = {
    "qian": "13900000021",
    "wu": "13900000022",
    "an": "13900000023",
    # who buy homes in the year: Wang's, Qian's and Zhao's
    "buyer": "13900000040",
    "xu": "13900000041",
    "zhou": "13900000042",
}
RESIDENTS: Final = [
    (LI_HOME, "li", Relation.OWNER),
    (LI_HOME, "mei", Relation.FAMILY),
    (WANG_HOME, "wang", Relation.OWNER),
    (SUN_HOME, "sun", Relation.OWNER),
    (ZHAO_HOME, "zhao", Relation.OWNER),
    (ZHAO_HOME, OTHERS["an"], Relation.FAMILY),
    (QIAN_HOME, OTHERS["qian"], Relation.OWNER),
    (WU_HOME, OTHERS["wu"], Relation.OWNER),
]
DEARER: Final = "2026-03-16"
CONTRACT: Final = NewRuleSource(kind=SourceKind.CONTRACT, title="物业服务合同", number="2025-1")
PROPERTY, WASTE = FeeKind.PROPERTY_FEE, FeeKind.WASTE_FEE


async def found(world: World) -> None:
    """Places, people, offices, payees and rules."""
    await template.make(world, "books of a year", _found)


async def _found(world: World) -> None:
    deps = world.deps
    await cast.ladder(deps)
    for home in (QIAN_HOME, WU_HOME):
        unit = home.rpartition(".")[0]
        name = f"{unit[-1]}单元"
        await places.create(deps, NewPlace(path=unit, kind=Kind.UNIT, name=name))
    await cast.sums_complete(deps)
    await cast.homes(deps, AREAS)
    await cast.live_there(deps, RESIDENTS)
    await cast.appoint(deps, Role.UNIT_HEAD, UNIT, "head")
    await cast.appoint(deps, Role.COMMUNITY_STAFF, COMMUNITY, "staff")
    await cast.appoint(deps, Role.ADMINISTRATOR, "cc", "admin")
    for kind, (account, name) in PAYEES.items():
        payee = NewPayee(name=name, account=account, kinds=[kind], from_day=PAID_SINCE)
        await payees.add(deps, cast.ADMIN, COMMUNITY, payee)
    add = partial(_add, world)
    await _by_area(add, COMPOUND, hand_over=HandOver.DAYS)
    thirty = {"proration": Proration.THIRTY_DAYS, "hand_over": HandOver.DAYS}
    await _by_area(add, NEXT_UNIT, **thirty)
    await add(COMPOUND, kind=WASTE, monthly_fen=500, period=BillingPeriod.QUARTERLY)
    await _other_compound(add)


async def _other_compound(add: Any) -> None:
    by_half_years = {
        "period": BillingPeriod.HALF_YEARLY,
        "proration": Proration.NEXT_MONTH,
        "hand_over": HandOver.BUYER,
    }
    await _by_area(add, ZHAO_HOME.rpartition(".")[0], **by_half_years)
    whole = {"proration": Proration.FULL_MONTH, "hand_over": HandOver.SELLER}
    await _by_area(add, QIAN_HOME.rpartition(".")[0], **whole)
    since = "2026-03-15"
    anniversary = {"period": BillingPeriod.ANNIVERSARY, "anniversary_day": since}
    of_wu = {"price": 6000, "start_day": since, **anniversary}
    await add(WU_HOME.rpartition(".")[0], kind=PROPERTY, **of_wu)
    await add(OTHER_COMPOUND, kind=WASTE, person_fen=300, period=BillingPeriod.YEARLY)


async def _by_area(add: Any, place: str, **terms: Any) -> None:
    """0.60 yuan per m² and month, and 0.66 later, on some terms."""
    await add(place, kind=PROPERTY, price=6000, **terms)
    await add(place, kind=PROPERTY, price=6600, **{**terms, "start_day": DEARER})


async def _add(world: World, place: str, **terms: Any) -> None:
    plain = {"start_day": "2026-01-01", "due_days": 30, "payee_id": payee_of(terms["kind"])}
    rule = NewFeeRule(source=CONTRACT, **{**plain, **terms})
    await fees.add(world.deps, STAFF, place, rule)
