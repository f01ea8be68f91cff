"""Debts of a home by who owes them: a sale moves none (民法典 art. 944; decision 59).

Whoever owes something sees it also after they left. Whoever bought the home sees nothing of it
without the debtor's consent. The firm and the community see who owes what.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.bills import visibility
from services.bills.debts import store
from services.bills.debts.models import Debt, DebtView, FormerDebtsQuery, HomeDebts
from services.bills.models import Bill
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.kernel import masking
from services.kernel.access import accessible
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places import homes as place_homes
from services.residencies import actions as residencies
from services.residencies import owners, sealed, tenures
from services.residencies.models import Residency

NO_END: Final = "~"  # sorts after every day


async def debtors(deps: Dependencies, bill: Bill) -> list[str]:
    """Return who owes a bill, and who lives with them: as when it was published."""
    if bill.debtor:
        return [bill.debtor]
    today = deps.today()
    claimants = await residencies.claimants_of(deps, homes=[bill.home])
    return sorted({c.person for c in claimants if c.window(today).has(bill.liable_on)})


async def of_home(deps: Dependencies, actor: Actor, home: str) -> HomeDebts:
    """Return what is owed of a home, by who owes it: all to the firm and the community.

    To who belongs to it, or sold it, what is their own household's, and what was disclosed to
    them. Raises NotFound.
    """
    accessible(
        actor,
        home,
        Permission.VIEW_DEBTORS,
        Permission.PAY_BILLS,
        at=str,
        missing="没有找到这套房屋",
    )
    sees_all = actor.may(Permission.VIEW_DEBTORS, home)
    claims = None if sees_all else visibility.claims(actor, Permission.PAY_BILLS)
    homes = [home, *await place_homes.merged_into(deps, [home])]
    debts = await store.of_homes(deps.db, homes, deps.today(), claims)
    debts.sort(key=lambda debt: debt.owners_until or NO_END, reverse=True)
    items = await _views(deps, actor, debts)
    return HomeDebts(items=items, amount_fen=sum(each.amount_fen for each in items))


async def bills_of(deps: Dependencies, home: str) -> list[Bill]:
    """Return the fees that are owed of a home, also of who sold it."""
    homes = [home, *await place_homes.merged_into(deps, [home])]
    return await store.bills_of(deps.db, homes)


async def sums_of(
    deps: Dependencies, tx: Transaction, home: str, *, accounts: Sequence[str]
) -> dict[HomeFee, tuple[int, int]]:
    """Return fee → how many bills of it are owed of a home, by whomever, and how much in fen.

    `accounts`: only what is paid into these; all without any.
    """
    homes = [home, *await place_homes.merged_into(deps, [home])]
    return await store.sums_of(deps.db, tx, homes, accounts)


async def former(
    deps: Dependencies, actor: Actor, place: str, query: FormerDebtsQuery
) -> Page[DebtView]:
    """Return what is owed by who sold a home under a place, by home. Raises NotFound."""
    require_at(actor, Permission.VIEW_DEBTORS, place)
    found = await store.former(deps.db, place, query, deps.today())
    return found.of(await _views(deps, actor, found.items))


async def _views(deps: Dependencies, actor: Actor, debts: Sequence[Debt]) -> list[DebtView]:
    homes = sorted({debt.home for debt in debts})
    if not homes:
        return []
    rows = await owners.debtors_of(deps, homes)
    addresses = await places.addresses(deps, homes)
    return [_view(deps, actor, debt, rows[debt.home], addresses) for debt in debts]


def _view(
    deps: Dependencies,
    actor: Actor,
    debt: Debt,
    rows: Sequence[Residency],
    addresses: Mapping[str, str],
) -> DebtView:
    found = [row for day in sorted(debt.days) for row in tenures.debtors(rows, day)]
    names = {masking.name(sealed.name_of(deps, row)) for row in found}
    lives_there = debt.owners_until is None and actor.may(Permission.VIEW_HOME, debt.home)
    return DebtView(
        place=debt.home,
        address=addresses.get(debt.home, debt.home),
        debtors=sorted(names),
        owners_until=debt.owners_until,
        mine=lives_there or any(row.person == actor.person_id for row in found),
        kinds=sorted(debt.kinds),
        bills=debt.bills,
        amount_fen=debt.amount_fen,
        overdue_bills=debt.overdue_bills,
        overdue_fen=debt.overdue_fen,
        since=debt.since,
    )
