"""Pieces of a month: days on which one rule charges a home, or nothing does, and why.

Pure functions. A month is cut where a rule begins or ends, where its payee may charge from or
no longer, where the home changes hands and the rule charges both owners by days, where its use
was corrected, or its area where the rule has a price for it, and around days that were billed
before. Days without an area are listed, the others billed.

Where the rule with which a month begins leaves changes to the next month, or charges a month
that was begun whole, the month is settled: what held first is charged for the rest of it. But a
payee is paid for no day on which it may not charge, whatever the rule says.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.bills.models import Known
from services.bills.runs.models import SkipReason
from services.fees import liability
from services.fees.liability import BEGINNING
from services.fees.models import FeeKind, FeeRule, Proration
from services.fees.payees.charters import Charter
from services.fees.payees.models import Obstacle
from services.fees.proration import WHOLE_MONTHS
from services.fees.tariff import RuleBook, Span, candidates, rule_on, spans
from services.kernel.days import Day, Month, days_between, last_day, plus_days
from services.places import homes
from services.places.models import Place
from services.residencies import headcounts
from services.residencies.models import Stay

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
    """

    book: RuleBook
    charters: Mapping[str, Charter]
    hand_overs: Mapping[str, Sequence[Day]] = {}
    stays: Mapping[str, Sequence[Stay]] = {}


class Piece(Struct, frozen=True):
    """Days of a month on which one rule charges, or nothing does for a reason.

    `owners`: since when those who owe the days own the home (liability.py).
    `people`: registered for the home, where the rule charges for each.
    """

    from_day: Day
    to_day: Day
    rule: FeeRule | None = None
    area: int | None = None
    reason: SkipReason | None = None
    owners: str = BEGINNING
    people: int | None = None

    @property
    def days(self) -> list[Day]:
        return days_between(self.from_day, self.to_day)


def slot(kind: FeeKind, time: Month | Day) -> str:
    """Name one kind of fee for one month, or one day of it: a home is billed once for it."""
    return f"{kind}|{time}"


def pieces(
    home: Place, kind: FeeKind, month: Month, prices: Prices, known: Known
) -> list[Piece]:
    """Return the days of a month that are not billed yet, cut where something changes.

    A home that was retired before the month is none: no run lists it for ever.
    """
    if (home.id, slot(kind, month)) in known.taken:
        return []
    return pieces_of(home, kind, (f"{month}-01", last_day(month)), prices, known)


def pieces_of(
    home: Place,
    kind: FeeKind,
    month: Span,
    prices: Prices,
    known: Known,
    *,
    counted_on: Day = "",
) -> list[Piece]:
    """Return the pieces of a month that need not begin on the first, as `pieces` does.

    `counted_on`: the day whose residents count, the first of the month unless it is said.
    """
    if not homes.standing(home, month[0]):
        return []
    rules = {u: candidates(prices.book, home.id, u, kind) for u in homes.usages(home)}
    hand_overs = prices.hand_overs.get(home.id, ())
    taken = _taken(home, kind, month, known)
    turns = homes.turns(home) | _turns(rules.values(), prices) | _first_days(month, hand_overs)
    turns |= {(day, day) for day in taken}
    cut: list[Piece] = []
    for days in spans(*month, turns):
        then = homes.on(home, days[0])
        applied = rule_on(rules[then.usage], days[0])
        cut.append(_piece(then, applied, kind, days, prices, counted_on or month[0]))
    found: list[Piece] = []
    for piece in _settled(cut, kind, prices):
        if piece.from_day not in taken:
            _append(found, _owed(piece, hand_overs))
    return found


def _turns(rules: Iterable[Sequence[FeeRule]], prices: Prices) -> set[tuple[Day, Day | None]]:
    """Return the days between which neither rules nor what their payees may charge change."""
    found: set[tuple[Day, Day | None]] = set()
    for rule in (rule for each in rules for rule in each):
        charter = prices.charters.get(rule.id)
        found |= {(rule.start_day, rule.end_day)} | (charter.turns() if charter else set())
    return found


def _first_days(month: Span, hand_overs: Sequence[Day]) -> set[tuple[Day, Day | None]]:
    """Return the days on which others may owe: who does goes by months of the calendar."""
    if not hand_overs:
        return set()
    return {(day, None) for day in (*hand_overs, f"{month[1][:7]}-01")}


def _settled(cut: list[Piece], kind: FeeKind, prices: Prices) -> list[Piece]:
    """Return the pieces of a month as the rule with which it begins charges them."""
    begun = next((piece for piece in cut if piece.rule), None)
    if begun is None or begun.rule is None or begun.rule.proration not in WHOLE_MONTHS:
        return cut
    is_next = begun.rule.proration is Proration.NEXT_MONTH
    if is_next and begun is not cut[0]:
        return [_without_rule(piece) if piece.rule else piece for piece in cut]
    charter = prices.charters[begun.rule.id]
    return [
        piece
        if charter.obstacle(kind, piece.from_day)
        else msgspec.structs.replace(begun, from_day=piece.from_day, to_day=piece.to_day)
        for piece in cut
    ]


def _without_rule(piece: Piece) -> Piece:
    return Piece(piece.from_day, piece.to_day, reason=SkipReason.NEXT_MONTH)


def _owed(piece: Piece, hand_overs: Sequence[Day]) -> Piece:
    """Return a piece with those who owe it."""
    if piece.rule is None or not hand_overs:
        return piece
    owners = liability.owners(piece.rule.hand_over, piece.from_day, hand_overs)
    return msgspec.structs.replace(piece, owners=owners)


def _taken(home: Place, kind: FeeKind, month: Span, known: Known) -> set[Day]:
    """Return the days of a month that are billed already."""
    if not known.taken:  # as for most homes: nobody compares 31 days
        return set()
    return {
        day
        for day in days_between(*month)
        if (home.id, slot(kind, day)) in known.taken
        or (home.id, slot(kind, day[:7])) in known.taken
    }


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


def _append(found: list[Piece], piece: Piece) -> None:
    """Append a piece, or lengthen the one before it that says the same."""
    if found and plus_days(found[-1].to_day, 1) == piece.from_day:
        before = found[-1]
        same = ("rule", "area", "people", "reason", "owners")
        if all(getattr(before, name) == getattr(piece, name) for name in same):
            found[-1] = msgspec.structs.replace(before, to_day=piece.to_day)
            return
    found.append(piece)


def people_of(home: Place, rule: FeeRule, counted_on: Day, prices: Prices) -> int | None:
    """Return how many people a rule charges for: those of its first day, if it is later."""
    return headcounts.count(prices.stays.get(home.id, ()), max(counted_on, rule.start_day))
