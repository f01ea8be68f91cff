"""Returns of prepaid money, in the trail of a payment that had put money there."""

from collections.abc import Sequence
from datetime import datetime

from services.bills import visibility
from services.dependencies import Dependencies
from services.kernel.days import Day, day_of
from services.kernel.permissions import Actor, Permission
from services.payments.models import Line
from services.payments.prepayment_returns import actions as prepayment_returns
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.prepayments import actions as prepayments


async def of_payment(
    deps: Dependencies,
    actor: Actor,
    account: str,
    lines: Sequence[Line],
    *,
    since: datetime | None,
) -> list[PrepaymentReturn]:
    """Return what was asked back of the prepaid money that a payment went into, since it came.

    It stays the money of who sold the home. Who paid and left the household before is not told
    of what became of its money later.
    """
    ids = [line.bill_id for line in lines if line.prepaid]
    if not ids or since is None:
        return []
    found = await prepayment_returns.of_prepayments(deps, account, ids)
    later = [each for each in found if each.asked_at >= since]
    claims = visibility.claims(actor, Permission.PAY_BILLS)
    return [
        each
        for each in later
        if actor.may(Permission.VIEW_DEBTORS, each.home)
        or claims.covers(each.home, await owned_on(deps, each.prepayment, each.asked_at))
    ]


async def owned_on(deps: Dependencies, prepayment_id: str, at: datetime) -> Day:
    """Return a day on which those owned the home who have the money of a prepayment.

    The day of `at`, or their last one as owners before it, whenever the sale was entered.
    """
    found, day = await prepayments.find(deps, prepayment_id), day_of(at)
    return min(day, found.owners_until or day) if found else day
