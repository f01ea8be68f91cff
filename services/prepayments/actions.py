"""Actions on prepayments: what lies there, seen by whose it is and by who keeps the books."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.bills import actions as bills
from services.bills import own_money, visibility
from services.bills.visibility import Claims
from services.dependencies import Dependencies, Transaction
from services.fees import liability
from services.kernel.days import Day
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.ledger import actions as ledger
from services.ledger.models import (
    DRAWN,
    PUT_BACK,
    TAKEN_BACK,
    TAKEN_OUT,
    Journal,
    posted,
    prepaid,
    subjects,
)
from services.places import actions as places
from services.prepayments import store
from services.prepayments.models import (
    MyPrepayment,
    MyPrepayments,
    PrepaidMove,
    Prepayment,
    PrepaymentMovement,
    PrepaymentsQuery,
    PrepaymentView,
)

KINDS: Final = {
    DRAWN: PrepaidMove.USED,
    PUT_BACK: PrepaidMove.RETURNED,
    TAKEN_OUT: PrepaidMove.TAKEN_OUT,
    TAKEN_BACK: PrepaidMove.TAKEN_BACK,
}
OF_BILLS: Final = frozenset({PrepaidMove.USED, PrepaidMove.RETURNED})


async def mine(deps: Dependencies, actor: Actor) -> MyPrepayments:
    """Return what the actor's homes paid in advance while they were theirs, with movements."""
    claims = visibility.claims(actor, Permission.PAY_BILLS)
    found = await store.of_homes(deps.db, [*claims.windows])
    own = [each for each in found if each.version and _is_theirs(claims, each, deps.today())]
    journals = await ledger.on_accounts(deps, [prepaid(each.id) for each in own])
    journals.sort(key=_order, reverse=True)
    paid = {bill for journal in journals for bill in subjects(journal, "receivable")}
    titles = {k: title for k, (title, _) in (await bills.titles_of(deps, [*paid])).items()}
    addresses = await places.addresses(deps, sorted({each.home for each in own}))
    return MyPrepayments(
        items=[
            show(
                _view(each, addresses),
                MyPrepayment,
                movements=_movements(each, journals, titles),
            )
            for each in own
        ]
    )


def _order(journal: Journal) -> tuple[datetime, int]:
    """Return what movements are sorted by: those of one instant by the number of the change."""
    return journal.at, int(journal.reference.get("change", 0))


def _is_theirs(claims: Claims, prepayment: Prepayment, today: Day) -> bool:
    """Tell whether somebody owes the bills that it pays, or owed those that it paid."""
    day = today if prepayment.owners_until is None else prepayment.since
    return claims.covers(prepayment.home, day)


def _movements(
    prepayment: Prepayment, journals: Sequence[Journal], titles: Mapping[str, str]
) -> list[PrepaymentMovement]:
    account = prepaid(prepayment.id)
    return [
        movement
        for journal in journals
        if posted(journal, account)
        for movement in _of_journal(journal, account, titles)
    ]


def _of_journal(
    journal: Journal, account: str, titles: Mapping[str, str]
) -> list[PrepaymentMovement]:
    """Return a movement for each bill that a journal pays; one for what is about none."""
    kind = KINDS.get(journal.kind, PrepaidMove.PAID_IN)
    if kind not in OF_BILLS:
        fen = -posted(journal, account)
        return [PrepaymentMovement(at=journal.at, kind=kind, amount_fen=fen, title="")]
    return [
        PrepaymentMovement(
            at=journal.at,
            kind=kind,
            amount_fen=each.amount_fen,
            title=titles.get(each.account.partition(":")[2], ""),
        )
        for each in journal.postings
        if each.account != account
    ]


def _view(prepayment: Prepayment, addresses: Mapping[str, str]) -> PrepaymentView:
    address = addresses.get(prepayment.home, prepayment.home)
    more = {"prepayment_id": prepayment.id, "balance_fen": prepayment.fen}
    return show(prepayment, PrepaymentView, address=address, **more)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: PrepaymentsQuery
) -> Page[PrepaymentView]:
    """What lies there of homes under a place; to a firm what it holds itself.

    Raises NotFound.
    """
    require_at(actor, Permission.VIEW_DEBTORS, place)
    own = await own_money.find(deps, actor, place, by=Permission.VIEW_DEBTORS)
    accounts = own.accounts if own else None
    found = await store.page(deps.db, place, query, accounts=accounts)
    addresses = await places.addresses(deps, sorted({each.home for each in found.items}))
    return found.map(lambda each: _view(each, addresses))


async def find(
    deps: Dependencies, prepayment_id: str, *, tx: Transaction | None = None
) -> Prepayment | None:
    """Return a prepayment by its id: for other packages, not for people."""
    return await store.find(deps.db, prepayment_id, tx=tx)


async def follow_owners(
    deps: Dependencies, tx: Transaction, home: str, turns: Sequence[Day]
) -> None:
    """Write until when those whose money it is own the home, when it changes hands."""
    found = await store.of_homes(deps.db, [home], tx=tx)
    ends = [(each.id, liability.until(each.since, turns)) for each in found]
    moved = [
        (own, last)
        for each, (own, last) in zip(found, ends, strict=True)
        if each.owners_until != last
    ]
    if moved:
        await store.follow_owners(deps.db, tx, moved)
