"""Attachments of reports to the outage that they are about.

A report that is made while the outage runs, and what was reported shortly before it was
announced, since that is how one learns of it.
"""

from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.paths import covers
from services.places.actions import compound_of
from services.repairs.outages import store, views
from services.repairs.outages.models import Outage

# Nobody knows to the minute when the water went off.
BEFORE: Final = timedelta(hours=2)


async def running(deps: Dependencies, place: str, category: str) -> Outage | None:
    """Return the outage that runs at a place and that reports of a category are about."""
    now = deps.now()
    found = await store.announced(deps.db, compound_of(place))
    about = (each for each in found if category in each.categories and views.runs(each, now))
    return next((each for each in about if _is_at(each, place)), None)


def _is_at(outage: Outage, place: str) -> bool:
    return any(covers(each, place) for each in outage.places)


async def attach(deps: Dependencies, tx: Transaction, place: str, category: str) -> str:
    """Count a report that is made in this transaction; return its outage, "" for none.

    What is over meanwhile has nothing attached: its end would not ask who reported.
    """
    found = await running(deps, place, category)
    if found is None or not await store.count_report(deps.db, tx, found.id):
        return ""
    return found.id
