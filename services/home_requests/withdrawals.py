"""Withdrawals of home requests that others make void: a home's sale, and its retirement."""

from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.home_requests import store
from services.home_requests.kind import HOME_REQUEST
from services.home_requests.models import HomeRequest
from services.home_requests.states import Event
from services.homes.household import Household
from services.residencies.models import Relation


async def withdraw_after_sale(
    deps: Dependencies,
    tx: Transaction,
    home: Household,
    *,
    people: set[str],
    but: str = "",
) -> int:
    """Withdraw the requests that a home's new owner makes void; return how many.

    That is what those who leave and the new owner (`people`) asked for, and every wish to be
    family of those who leave; not the request `but`, which is being decided. Tenants and other
    claimants still wait for the community.
    """
    count = 0
    for found in await store.open_at(deps.db, tx, home.place.id):
        void = found.person in people or found.relation is Relation.FAMILY
        if void and found.id != but:
            await _withdraw(deps, tx, found)
            count += 1
    return count


async def withdraw_all(deps: Dependencies, tx: Transaction, home: Household) -> None:
    """Withdraw every open request for a home that is retired."""
    for found in await store.open_at(deps.db, tx, home.place.id):
        await _withdraw(deps, tx, found)


async def _withdraw(deps: Dependencies, tx: Transaction, found: HomeRequest) -> None:
    await cases.advance(deps, tx, None, HOME_REQUEST, found, Event.WITHDRAW)
