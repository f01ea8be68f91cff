"""Money of one's own: a firm's people dispose of what their firm is owed, and no other payee.

Whoever holds the permission by a public office (community, administrator) is no payee and may.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, Self, TypeVar

from msgspec import Struct

from services.bills.models import Bill
from services.dependencies import Dependencies
from services.fees.payees import actions as payees
from services.fees.payees.models import Payee
from services.firms import contracts
from services.firms.models import Contract
from services.kernel import access
from services.kernel.days import Day, Month, last_day, plus_days, plus_months
from services.kernel.errors import NotFound
from services.kernel.interests import OtherPayee
from services.kernel.permissions import FIRM_ROLES, Actor, Permission, Role
from services.places import actions as places

REFUSED = "这笔钱不是由贵公司收取的,请联系社区办理"


class Paid(Protocol):
    """Something that is paid into a payee's account."""

    account: str


Kept = TypeVar("Kept", bound=Paid)


class Money(Struct, frozen=True, kw_only=True):
    """Money somebody would dispose of: bills of the days `first` to `last`, both included.

    `accounts`: merchant accounts of the bills that are there; none before there are any.
    """

    kinds: frozenset[str]  # of bills
    first: Day
    last: Day
    accounts: frozenset[str] = frozenset()

    @classmethod
    def of_months(
        cls,
        kinds: Collection[str],
        period: Month,
        months: int,
        *,
        accounts: Collection[str] = (),
    ) -> Self:
        """Return the money of whole months."""
        last = last_day(plus_months(period, months - 1))
        fees, into = frozenset(kinds), frozenset(accounts)
        return cls(kinds=fees, first=f"{period}-01", last=last, accounts=into)

    @classmethod
    def of_bill(cls, bill: Bill) -> Self:
        """Return the money of one bill: of its own days, where it is for a part of a month."""
        whole = cls.of_months([bill.kind], bill.period, bill.months, accounts=[bill.account])
        first, last = bill.from_day or whole.first, bill.to_day or whole.last
        return cls(kinds=whole.kinds, first=first, last=last, accounts=whole.accounts)


class Own(Struct, frozen=True):
    """What a firm may charge in a compound: the `payees` it is, and all its `contracts`.

    All, also those that are over: a contract that was renewed is two, and the months of the
    first are still the firm's.
    """

    payees: Sequence[Payee]
    contracts: Sequence[Contract]

    @property
    def accounts(self) -> list[str]:
        return sorted({payee.account for payee in self.payees})

    def takes(self, kind: str) -> bool:
        """Tell whether one of the firm's payees is paid what is billed."""
        return any(payee.takes(kind) for payee in self.payees)

    def holds(self, money: Money) -> bool:
        """Tell whether every day, fee and account of the money is the firm's.

        One day of another firm's is enough to refuse: its bills would go with the firm's own.
        """
        paid = [p for p in self.payees if not money.accounts or p.account in money.accounts]
        return (
            all(any(payee.takes(kind) for payee in paid) for kind in money.kinds)
            and money.accounts <= set(self.accounts)
            and self._serves(money.first, money.last)
        )

    def _serves(self, first: Day, last: Day) -> bool:
        """Tell whether contracts of the firm hold on all of these days."""
        day = first
        for contract in sorted(self.contracts, key=lambda contract: contract.from_day):
            if contract.from_day <= day <= contract.to_day:
                day = plus_days(contract.to_day, 1)
        return day > last


async def find(deps: Dependencies, actor: Actor, place: str, *, by: Permission) -> Own | None:
    """Return what the actor's firm may charge there; None for who acts by a public office.

    `by`: the permission of what they do: an office that does not give it widens nothing.

    A firm's grants hold only while its contract does (services/grants), and a compound has one
    firm at a time: so the actor's firm is the one whose contract holds today.
    """
    if not actor.roles(by, place) <= frozenset(FIRM_ROLES):
        return None
    compound = places.compound_of(place)
    today = await contracts.holding(deps, compound)
    if today is None:
        return Own([], [])
    signed = await contracts.of_compound(deps, compound)
    own = [contract for contract in signed if contract.firm == today.firm]
    return Own(await payees.of_firm(deps, compound, today.firm), own)


async def require_seen(
    deps: Dependencies, actor: Actor, place: str, account: str, *, by: Permission, missing: str
) -> None:
    """Raise NotFound for a firm's people where another payee's account has the money.

    `missing`: what they read, as of what is not there at all.
    """
    own = await find(deps, actor, place, by=by)
    if own is not None and account not in own.accounts:
        raise NotFound(missing)


async def accessible(
    deps: Dependencies,
    actor: Actor,
    found: Kept | None,
    by: Permission,
    *,
    at: Callable[[Kept], str],
    missing: str,
) -> Kept:
    """Return what was found to who may have it there, to a firm only what it is paid.

    `at`: its place. Raises NotFound (`missing`) for everybody else.
    """
    known = access.accessible(actor, found, by, at=at, missing=missing)
    await require_seen(deps, actor, at(known), known.account, by=by, missing=missing)
    return known


async def require(deps: Dependencies, actor: Actor, place: str, money: Money) -> None:
    """Raise OtherPayee unless the actor, who runs bills there, may dispose of this money."""
    own = await find(deps, actor, place, by=Permission.RUN_BILLS)
    if own is not None and not own.holds(money):
        raise OtherPayee(REFUSED)


async def require_all(
    deps: Dependencies, actor: Actor, bills: Sequence[Bill], *, by: Permission
) -> None:
    """Raise OtherPayee unless the actor may dispose of the money of all of these bills."""
    owned: dict[tuple[str, frozenset[Role]], Own | None] = {}
    for bill in bills:
        key = places.compound_of(bill.home), actor.roles(by, bill.home)
        if key not in owned:
            owned[key] = await find(deps, actor, bill.home, by=by)
        own = owned[key]
        if own is not None and not own.holds(Money.of_bill(bill)):
            raise OtherPayee(REFUSED)
