"""Rows about the days of merchant accounts, which a firm sees of its own account only."""

from typing import Final

import pytest

from mongo_indexes import reconciliation_differences, reconciliations
from services.kernel.permissions import FIRM_ROLES, Permission, Role
from services.reconciliations.differences.models import Difference
from services.reconciliations.entries import DifferenceKind, MovementKind
from services.reconciliations.models import Reconciliation
from services.reconciliations.states import DayState
from tests.matrix.posts import HOMES, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, decided
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

DAYS: Final = "/api/v1/reconciliations"
DIFFERENCES: Final = "/api/v1/reconciliation-differences"
WHY: Final = "who runs the city's system, and a firm's manager and cashier for its own account"
ACCOUNT: Final = "an account is one firm's, whatever places it serves"
BARE: Final = "days, sums and numbers of an account: no places, homes or people"
DAY: Final = "2026-03-01"
REASON: Final = {"reason": "微信客服确认为账单漏列"}


def reconciles(post: Post, _: str) -> Outcome:
    """Both firms of the town are paid by one account."""
    held = post.places(Permission.RECONCILE)
    is_firm = any(role in FIRM_ROLES for role, _ in post.held)
    is_city = any("." not in place for place in held)
    return Outcome.ALLOWED if held and (is_firm or is_city) else Outcome.FORBIDDEN


async def day(scene: Scene) -> str:
    """A day whose differences are settled, so that it may be closed."""
    made = Reconciliation(
        id=f"firm:{scene.town.new_id()}:{DAY}",
        account="firm",
        mchid="1600000001",
        day=DAY,
        state=DayState.DIFFERING,
        checked_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(reconciliations.COLLECTION, made)


async def difference(scene: Scene) -> str:
    """A difference about an order that is nobody's."""
    made = Difference(
        id=scene.town.new_id(),
        reconciliation=f"firm:1600000001:{DAY}",
        account="firm",
        day=DAY,
        kind=DifferenceKind.NOT_AT_WECHAT,
        entry=MovementKind.PAYMENT,
        reference=scene.town.new_id(),
        order=scene.town.new_id(),
        booked_fen=100,
        office=Role.CASHIER,
        found_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(reconciliation_differences.COLLECTION, made)


RULE: Final = decided(reconciles, WHY, permission=Permission.RECONCILE)
FURNITURE: Final[Furniture] = ((day, tuple(HOMES)), (difference, tuple(HOMES)))
ROWS = (
    Row("get", DAYS, RULE, beyond=ACCOUNT, bare=BARE),
    Row("get", f"{DAYS}/{{reconciliation_id}}", RULE, makes=day, beyond=ACCOUNT, bare=BARE),
    Row(
        "post",
        f"{DAYS}/{{reconciliation_id}}/close",
        RULE,
        makes=day,
        body=REASON,
        beyond=ACCOUNT,
    ),
    Row("get", DIFFERENCES, RULE, beyond=ACCOUNT, bare=BARE),
    Row(
        "post",
        f"{DIFFERENCES}/{{difference_id}}/take",
        RULE,
        makes=difference,
        beyond=ACCOUNT,
    ),
    Row(
        "post",
        f"{DIFFERENCES}/{{difference_id}}/close",
        RULE,
        makes=difference,
        body=REASON,
        beyond=ACCOUNT,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
