"""Offers of prepayment: what a home may pay in advance for a fee, and to whom.

What is owed already comes first: who has money lying beside a debt would be reminded of the
debt all the same.
"""

from collections.abc import Sequence

from msgspec import Struct

from services.bills import own_money, visibility
from services.bills.balances import actions as balances
from services.bills.outlooks import actions as outlooks
from services.bills.outlooks.actions import Outlook
from services.dependencies import Dependencies
from services.fees import liability
from services.fees.models import FeeKind, HandOver
from services.fees.payees.models import Payee
from services.kernel import errors, interests
from services.kernel.access import accessible
from services.kernel.documents import digest_id
from services.kernel.money import yuan
from services.kernel.permissions import Actor, Permission
from services.prepayments import store
from services.prepayments.models import (
    MOST_MONTHS,
    MonthsSum,
    OfferQuery,
    OfferView,
    Prepayment,
)
from services.residencies import owners


class TooMuchAheadDetails(Struct, frozen=True, kw_only=True):
    """What may still be paid in advance.

    `most_fen`: In fen.
    """

    most_fen: int


class TooMuchAhead(errors.InvalidInput):
    """More than the bills of a year, or of the rest of the contract, with what lies there."""

    code = "too_much_ahead"
    details_type = TooMuchAheadDetails


class NothingAhead(errors.Conflict):
    """No month to come has a price: no rule, no contract, or nothing to pay for the home."""

    code = "nothing_ahead"


class OlderDebt(errors.Conflict):
    """The home owes bills of this fee: they are paid first."""

    code = "older_debt"


class Offer(Struct, frozen=True, kw_only=True):
    """What a home may pay in advance. `prepayment`: as it stands, maybe not opened yet."""

    prepayment: Prepayment
    outlook: Outlook

    @property
    def payee(self) -> Payee:
        return self.outlook.payee

    @property
    def most_months(self) -> int:
        return min(MOST_MONTHS, len(self.outlook.months))

    @property
    def most_fen(self) -> int:
        """Return what may lie there in all."""
        return self.outlook.fen(self.most_months)

    @property
    def room_fen(self) -> int:
        """Return what may be paid beside what lies there."""
        return max(0, self.most_fen - self.prepayment.fen)

    def amount_of(self, months: int | None, amount_fen: int | None) -> int:
        """Return what is to pay: of months to come, or what was asked for.

        Raises TooMuchAhead.
        """
        short = months is not None and months > self.most_months
        fen = self.outlook.fen(months) if months is not None else amount_fen or 0
        if short or fen > self.room_fen:
            said = f"最多还可预存{yuan(self.room_fen)}元"
            raise TooMuchAhead(said, most_fen=self.room_fen)
        return fen


async def find(deps: Dependencies, home: str, kind: FeeKind) -> Offer | None:
    """Return the offer of a home for a fee; None where nothing ahead has a price."""
    outlook = await outlooks.of_home(deps, home, kind)
    if outlook is None:
        return None
    today, account = deps.today(), outlook.payee.account
    turns = (await owners.turns_of(deps, [home])).get(home, [])
    since = liability.owners(HandOver.DAYS, today, turns)
    new = Prepayment(
        id=digest_id("prepayment", home, kind, account, since),
        home=home,
        kind=kind,
        payee=outlook.payee.id,
        account=account,
        payee_name=outlook.payee.name,
        since=since,
        owners_until=liability.until(today, turns),
        opened_at=deps.now(),
    )
    return Offer(prepayment=await store.find(deps.db, new.id) or new, outlook=outlook)


async def get(deps: Dependencies, home: str, kind: FeeKind) -> Offer:
    """Return the offer of a home that owes nothing of the fee.

    Raises NothingAhead, OlderDebt.
    """
    found = await find(deps, home, kind)
    if found is None:
        raise NothingAhead("这项费用现在没有可以预存的月份")
    if await owes(deps, home, kind):
        raise OlderDebt("还有没缴的账单,请先缴清再预存")
    return found


async def require_own_money(
    deps: Dependencies, actor: Actor, home: str, kind: FeeKind, offer: Offer | None
) -> Sequence[str] | None:
    """Raise OtherPayee for a firm's people where another payee is paid.

    Return the accounts of their firm; None for who is bound to none.
    """
    own = await own_money.find(deps, actor, home, by=Permission.TAKE_PAYMENTS)
    if own is None:
        return None
    today = deps.today()
    accounts = frozenset({offer.payee.account} if offer else ())
    money = own_money.Money(kinds=frozenset({kind}), first=today, last=today, accounts=accounts)
    if not (own.holds(money) if offer else own.takes(kind)):
        raise interests.OtherPayee(own_money.REFUSED)
    return own.accounts


async def owes(deps: Dependencies, home: str, kind: FeeKind) -> bool:
    """Tell whether those who own a home today owe bills of a fee."""
    owing = await balances.owing_of(deps, [home])
    return any(b.kind.value == kind.value and b.owners_until is None for b in owing)


async def shown(deps: Dependencies, actor: Actor, home: str, query: OfferQuery) -> OfferView:
    """Return what a home may pay in advance, to who pays its bills or takes money for it.

    Nothing where no month to come has a price. Raises NotFound, and OtherPayee for a firm's
    people where another payee is paid.
    """
    kind, accounts = query.kind, None
    offer = await find(deps, home, kind)
    if not visibility.claims(actor, Permission.PAY_BILLS).covers(home, deps.today()):
        accessible(actor, home, Permission.TAKE_PAYMENTS, at=str, missing="没有找到这套房屋")
        accounts = await require_own_money(deps, actor, home, kind, offer)
    owing = await owes(deps, home, kind)
    there = await store.of_homes(deps.db, [home])
    today = [each for each in there if each.kind is kind and each.owners_until is None]
    own = [each.fen for each in today if accounts is None or each.account in accounts]
    room_fen = offer.room_fen if offer and not owing else 0
    return OfferView(
        kind=kind,
        payee_name=offer.payee.name if offer else "",
        balance_fen=sum(own),
        most_fen=room_fen,
        owes=owing,
        sums=_sums(offer, room_fen) if offer else [],
    )


def _sums(offer: Offer, room_fen: int) -> list[MonthsSum]:
    """Return what each number of months costs that may be paid."""
    counts = range(1, offer.most_months + 1)
    sums = [MonthsSum(months=n, amount_fen=offer.outlook.fen(n)) for n in counts]
    return [each for each in sums if each.amount_fen <= room_fen]
