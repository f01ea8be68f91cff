"""Pieces of a month: days on which one rule charges a home, or nothing does, and why.

Pure functions. A month is cut where a rule begins or ends, where its payee may charge from or
no longer, where the home changes hands and the rule charges both owners by days, where its use
was corrected, or its area where the rule has a price for it, and around days that were billed
before, and where a discount begins or ends. Days without an area are listed, the others billed,
but for those of which nothing is charged.

A month is settled by one method for each payee: that of the first rule which charges for it in
the month. Where that rule leaves changes to the next month, or charges a month that was begun
whole, what held first is charged for the rest of the month. But a payee is paid for no day on
which it may not charge, and for none that another charges, whatever the rule says.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.bills.models import Known
from services.bills.runs.models import SkipReason
from services.fee_reductions import discounts
from services.fee_reductions.discounts import Discount
from services.fees import liability
from services.fees.liability import BEGINNING
from services.fees.models import FeeKind, FeeRule, Proration
from services.fees.payees.charters import Charter
from services.fees.payees.models import Obstacle
from services.fees.proration import WHOLE_MONTHS
from services.fees.tariff import RuleBook, Span, candidates, rule_on, spans
from services.kernel.days import Day, Month, days_between, days_of, last_day, plus_days
from services.kernel.types import WHOLE
from services.places import homes
from services.places.models import Place
from services.residencies import headcounts
from services.residencies.models import Stay

# What a rule charges by is not known, which matters to nobody who is let off all of it.
UNKNOWN: Final = frozenset({SkipReason.NO_AREA, SkipReason.NO_RESIDENTS})
REASONS: Final = {
    Obstacle.KIND: SkipReason.NO_PAYEE,
    Obstacle.DAYS: SkipReason.NO_PAYEE,
    Obstacle.ACCOUNT: SkipReason.NO_PAYEE,
    Obstacle.CONTRACT: SkipReason.CONTRACT_OVER,
}


class Prices(Struct, frozen=True):
    """What bills of a compound are made by: its rules, and rule id → charter of its payee.

    `hand_overs`: home → the first days on which it has other owners (residencies/tenures.py).
    `stays`: home → who was registered for it; empty where no rule asks.
    `discounts`: home → what it was granted.
    """

    book: RuleBook
    charters: Mapping[str, Charter]
    hand_overs: Mapping[str, Sequence[Day]] = {}
    stays: Mapping[str, Sequence[Stay]] = {}
    discounts: Mapping[str, Sequence[Discount]] = {}

    def payee_of(self, rule: FeeRule) -> str:
        """Return the id of the payee of a rule that charges."""
        return self.charters[rule.id].payee.id


class Piece(Struct, frozen=True):
    """Days of a month on which one rule charges, or nothing does for a reason.

    `owners`: since when those who owe the days own the home (liability.py).
    `people`: registered for the home, where the rule charges for each.
    `method`: by which the days are charged.
    `off`: share that is not charged, in hundredths of a percent.
    """

    from_day: Day
    to_day: Day
    rule: FeeRule | None = None
    area: int | None = None
    reason: SkipReason | None = None
    owners: str = BEGINNING
    people: int | None = None
    method: Proration = Proration.ACTUAL_DAYS
    off: int = 0

    @property
    def days(self) -> list[Day]:
        return days_between(self.from_day, self.to_day)


def slot(kind: FeeKind, time: Month | Day) -> str:
    """Name one kind of fee for one month, or one day of it: a home is billed once for it."""
    return f"{kind}|{time}"


def pieces(
    home: Place,
    kind: FeeKind,
    month: Month,
    prices: Prices,
    known: Known,
    *,
    counted_on: Day = "",
) -> list[Piece]:
    """Return the days of a month that are not billed yet, cut where something changes.

    A home that was retired before the month is none: no run lists it for ever.
    `counted_on`: the day whose residents count, the first of the month unless it is said.
    """
    first = f"{month}-01"
    if not homes.standing(home, first) or (home.id, slot(kind, month)) in known.taken:
        return []
    rules = {u: candidates(prices.book, home.id, u, kind) for u in homes.usages(home)}
    hand_overs = prices.hand_overs.get(home.id, ())
    taken = _taken(home, kind, month, known)
    turns = homes.turns(home) | _turns(rules.values(), prices)
    turns |= {(day, day) for day in taken} | {(day, None) for day in hand_overs}
    granted = prices.discounts.get(home.id, ())
    turns |= discounts.turns(granted, kind)
    cut: list[Piece] = []
    for days in spans(first, last_day(month), turns):
        then = homes.on(home, days[0])
        applied = rule_on(rules[then.usage], days[0])
        cut.append(_piece(then, applied, kind, days, prices, counted_on or first))
    settled = _settled(cut, kind, prices)
    left = [_owed(piece, hand_overs) for piece in settled if piece.from_day not in taken]
    return joined(_reduced(p, discounts.off_on(granted, kind, p.from_day)) for p in left)


def _turns(rules: Iterable[Sequence[FeeRule]], prices: Prices) -> set[tuple[Day, Day | None]]:
    """Return the days between which neither rules nor what their payees may charge change."""
    found: set[tuple[Day, Day | None]] = set()
    for rule in (rule for each in rules for rule in each):
        charter = prices.charters.get(rule.id)
        found |= {(rule.start_day, rule.end_day)} | (charter.turns() if charter else set())
    return found


def _settled(cut: list[Piece], kind: FeeKind, prices: Prices) -> list[Piece]:
    """Return the pieces of a month as it is charged: see above."""
    charged = [piece.rule for piece in cut if piece.rule]
    if all(rule.proration is Proration.ACTUAL_DAYS for rule in charged):
        return cut
    for payee in dict.fromkeys(prices.payee_of(rule) for rule in charged):
        own = [p for p in cut if p.rule and prices.payee_of(p.rule) == payee]
        if own:
            cut = _settled_for(own, cut, kind, prices)
    return cut


def _settled_for(
    own: Sequence[Piece], cut: Sequence[Piece], kind: FeeKind, prices: Prices
) -> list[Piece]:
    """Return the pieces of a month, those of one payee by the method with which they begin."""
    begun = own[0]
    if begun.rule is None:
        raise ValueError(begun)
    method, charter = begun.rule.proration, prices.charters[begun.rule.id]
    if method not in WHOLE_MONTHS:
        return [_with(piece, method=method) if piece in own else piece for piece in cut]
    if method is Proration.NEXT_MONTH and begun is not cut[0]:
        return [_later(piece) if piece in own else piece for piece in cut]
    return [
        _with(begun, method=method, from_day=piece.from_day, to_day=piece.to_day)
        if not charter.obstacle(kind, piece.from_day)
        and (piece.rule is None or piece in own or piece.from_day > begun.from_day)
        else piece
        for piece in cut
    ]


_with: Final = msgspec.structs.replace


def _later(piece: Piece) -> Piece:
    return Piece(piece.from_day, piece.to_day, reason=SkipReason.NEXT_MONTH)


def _owed(piece: Piece, hand_overs: Sequence[Day]) -> Piece:
    """Return a piece with those who owe it."""
    if piece.rule is None or not hand_overs:
        return piece
    owners = liability.owners(piece.rule.hand_over, piece.from_day, hand_overs)
    return msgspec.structs.replace(piece, owners=owners)


def _reduced(piece: Piece, off: int) -> Piece:
    """Return a piece with its discount; WeChat Pay refuses orders of 0 fen, so all is a gap."""
    if off == WHOLE and (piece.rule or piece.reason in UNKNOWN):
        return Piece(piece.from_day, piece.to_day, reason=SkipReason.EXEMPT)
    return msgspec.structs.replace(piece, off=off) if piece.rule else piece


def _taken(home: Place, kind: FeeKind, month: Month, known: Known) -> set[Day]:
    """Return the days of a month that are billed already."""
    if not known.taken:  # as for most homes: nobody compares 31 days
        return set()
    return {day for day in days_of(month) if (home.id, slot(kind, day)) in known.taken}


def _piece(
    home: Place,
    rule: FeeRule | None,
    kind: FeeKind,
    days: Span,
    prices: Prices,
    counted_on: Day,
) -> Piece:
    """Return what happens on days within which nothing changes; `home` as it was then."""
    if not homes.standing(home, days[0]):
        return Piece(*days, reason=SkipReason.RETIRED)
    if rule is None:
        return Piece(*days, reason=SkipReason.NO_RULE)
    charter = prices.charters.get(rule.id)
    if charter is None:
        return Piece(*days, reason=SkipReason.NO_PAYEE)
    if obstacle := charter.obstacle(kind, days[0]):
        return Piece(*days, reason=REASONS[obstacle])
    return _charged(home, rule, days, prices, counted_on)


def _charged(home: Place, rule: FeeRule, days: Span, prices: Prices, counted_on: Day) -> Piece:
    """Return days that a rule charges, if what it charges by is known."""
    if rule.price is not None:
        if home.area is None:
            return Piece(*days, reason=SkipReason.NO_AREA)
        return Piece(*days, rule, home.area)
    if rule.person_fen is not None:
        people = people_of(home, rule, counted_on, prices)
        if people is None:
            return Piece(*days, reason=SkipReason.NO_RESIDENTS)
        return Piece(*days, rule, people=people)
    # a fee that is the same for every home does not change with its area
    return Piece(*days, rule)


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces with those that follow one another and say the same made one."""
    found: list[Piece] = []
    same = ("rule", "area", "people", "reason", "owners", "method", "off")
    for piece in pieces:
        before = found[-1] if found else None
        follows = before and plus_days(before.to_day, 1) == piece.from_day
        if before and follows and all(getattr(before, n) == getattr(piece, n) for n in same):
            found[-1] = _with(before, to_day=piece.to_day)
        else:
            found.append(piece)
    return found


def people_of(home: Place, rule: FeeRule, counted_on: Day, prices: Prices) -> int | None:
    """Return how many people a rule charges for: those of its first day, if it is later."""
    return headcounts.count(prices.stays.get(home.id, ()), max(counted_on, rule.start_day))
