"""Holds of bills: those that somebody is paying right now, or whose money is in doubt."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel import unions
from services.payments import store


async def held(deps: Dependencies, bill_ids: Sequence[str]) -> set[str]:
    """Return those of the bills that are in an order which is neither closed nor booked."""
    wanted = store.part_open(bill_ids)
    found = await unions.read(deps.db, [wanted]) if bill_ids else None
    orders = found.of(wanted) if found else []
    return {bill for order in orders for bill in order.bill_ids} & {*bill_ids}
