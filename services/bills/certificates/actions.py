"""Certificates of debts: what is owed of a home at one moment, in sums and without bills.

Whoever buys a home sees nothing of what the seller owes. What they may learn without the
seller's consent is what the firm certifies: whether something is owed, and how much (民法典
art. 944; decision 59). A firm certifies what it is owed itself; the community all of it.
"""

from typing import Any, Final

from services.audit import actions as audit
from services.bills import own_money
from services.bills.certificates import store
from services.bills.certificates.models import (
    Certificate,
    CertificatesQuery,
    CertificateView,
    CertifiedFee,
    Certify,
)
from services.bills.debts import actions as debts
from services.dependencies import Dependencies, Transaction
from services.fees.models import FeeKind, HomeFee
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.interests import OtherPayee
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.places import actions as places
from services.places.models import Kind

MONTHLY: Final = frozenset(kind.value for kind in FeeKind)


async def issue(deps: Dependencies, actor: Actor, home: str, wish: Certify) -> CertificateView:
    """Certify what is owed of a home now. Raises NotFound, OwnHome, OtherPayee."""
    require_at(actor, Permission.VIEW_DEBTORS, home)
    place = await places.get(deps, home)
    if place.kind is not Kind.HOME:
        raise errors.NotFound("没有找到这套房屋")
    own = await own_money.find(deps, actor, home, by=Permission.VIEW_DEBTORS)
    if own is not None and not own.payees:
        raise OtherPayee("贵公司在这里不收费,不能出具证明,请联系社区")

    async def save(tx: Transaction) -> Certificate:
        made = await _draft(deps, tx, actor, home, wish, own=own)
        await store.insert(deps.db, tx, made)
        facts: dict[str, Any] = {"place": home, "subject": made.id}
        facts |= {"amount_fen": made.amount_fen}
        await audit.record(deps, tx, actor, Act.DEBTS_CERTIFIED, **facts)
        return made

    return _view(await deps.in_transaction(save), place.address)


async def _draft(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    home: str,
    wish: Certify,
    *,
    own: own_money.Own | None,
) -> Certificate:
    """Return what is owed at this moment: of the firm's own money, or of all."""
    accounts = own.accounts if own else []
    theirs = [kind for kind in HomeFee if own is None or own.takes(kind)]
    owed = await debts.sums_of(deps, tx, home, accounts=accounts)
    # a compound may have no meters and share no costs: only what is owed of those is a line
    kinds = [kind for kind in theirs if kind in MONTHLY or kind in owed]
    lines = [
        CertifiedFee(kind=kind, owes=bills > 0, bills=bills, amount_fen=fen)
        for kind in kinds
        for bills, fen in [owed.get(kind, (0, 0))]
    ]
    return Certificate(
        id=deps.new_id(),
        home=home,
        lines=lines,
        amount_fen=sum(line.amount_fen for line in lines),
        payees=accounts,
        purpose=wish.purpose,
        issued_by=actor.person_id,
        issued_at=deps.now(),
    )


async def listing(
    deps: Dependencies, actor: Actor, home: str, query: CertificatesQuery
) -> Page[CertificateView]:
    """Certificates of a home, the latest first: for its owners, the firm and the community.

    Raises NotFound, and Forbidden for who lives there without owning it.
    """
    accessible(
        actor,
        home,
        Permission.VIEW_DEBTORS,
        Permission.MANAGE_HOME,
        at=str,
        missing="没有找到这套房屋",
        known_by=[Permission.VIEW_HOME],
        forbidden="只有业主可以查看证明",
    )
    found = await store.page(deps.db, home, query)
    address = (await places.addresses(deps, [home])).get(home, home)
    return found.map(lambda row: _view(row, address))


def _view(row: Certificate, address: str) -> CertificateView:
    return show(row, CertificateView, certificate_id=row.id, address=address)
