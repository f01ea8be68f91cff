"""What is charged in the year, and to whom: the rules as the contracts have them.

春光小区: 0.60 yuan per m² and month, 0.66 from 16 March on, by actual days; in the staircase
of Sun's home by months of thirty days. Waste 5.00 a month and home, billed by the quarter.
The month of a sale is shared by days.
"""

from functools import partial
from typing import Any, Final

from services.fees import actions as fees
from services.fees.models import FeeKind, HandOver, NewFeeRule, NewRuleSource, SourceKind
from services.fees.payees import actions as payees
from services.fees.payees.models import NewPayee
from services.kernel.permissions import Role
from services.residencies.models import Relation
from tests.build import cast, template
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    PAID_SINCE,
    PAYEES,
    STAFF,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    payee_of,
)
from tests.build.world import World

AREAS: Final = {LI_HOME: 8530, WANG_HOME: 6000, SUN_HOME: 7000}
DEARER: Final = "2026-03-16"
CONTRACT: Final = NewRuleSource(kind=SourceKind.CONTRACT, title="物业服务合同", number="2025-1")
PROPERTY, WASTE = FeeKind.PROPERTY_FEE, FeeKind.WASTE_FEE


async def found(world: World) -> None:
    """Places, people, offices, payees and rules."""
    await template.make(world, "books of a year", _found)


async def _found(world: World) -> None:
    deps = world.deps
    await cast.ladder(deps)
    await cast.sums_complete(deps)
    await cast.homes(deps, AREAS)
    residents = [
        (LI_HOME, "li", Relation.OWNER),
        (LI_HOME, "mei", Relation.FAMILY),
        (WANG_HOME, "wang", Relation.OWNER),
        (SUN_HOME, "sun", Relation.OWNER),
    ]
    await cast.live_there(deps, residents)
    await cast.appoint(deps, Role.UNIT_HEAD, UNIT, "head")
    await cast.appoint(deps, Role.COMMUNITY_STAFF, COMMUNITY, "staff")
    await cast.appoint(deps, Role.ADMINISTRATOR, "cc", "admin")
    for kind, (account, name) in PAYEES.items():
        payee = NewPayee(name=name, account=account, kinds=[kind], from_day=PAID_SINCE)
        await payees.add(deps, cast.ADMIN, COMMUNITY, payee)
    add = partial(_add, world)
    await _by_area(add, COMPOUND, hand_over=HandOver.DAYS)
    await _by_area(add, NEXT_UNIT, proration="thirty_days", hand_over=HandOver.DAYS)
    await add(COMPOUND, kind=WASTE, monthly_fen=500, period="quarterly")


async def _by_area(add: Any, place: str, **terms: Any) -> None:
    """0.60 yuan per m² and month, and 0.66 later, on some terms."""
    await add(place, kind=PROPERTY, price=6000, **terms)
    await add(place, kind=PROPERTY, price=6600, **{**terms, "start_day": DEARER})


async def _add(world: World, place: str, **terms: Any) -> None:
    kind = terms["kind"]
    plain = {"start_day": "2026-01-01", "due_days": 30, "payee_id": payee_of(kind)}
    rule = NewFeeRule(source=CONTRACT, **{**plain, **terms})
    await fees.add(world.deps, STAFF, place, rule)
