"""Pieces of a month: days on which one rule charges a home, or nothing does, and why.

Pure functions. A month is cut where a rule begins or ends, where its payee may charge from or
no longer, where the home changes hands and the rule charges both owners by days, where its use
was corrected, or its area where the rule has a price for it, and around days that were billed
before. Days without an area are listed, the others billed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.bills.models import Known
from services.bills.runs.models import SkipReason
from services.fees import liability
from services.fees.liability import BEGINNING
from services.fees.models import FeeKind, FeeRule
from services.fees.payees.charters import Charter
from services.fees.payees.models import Obstacle
from services.fees.tariff import RuleBook, candidates, rule_on, spans
from services.kernel.days import Day, Month, days_between, days_of, plus_days
from services.places import homes
from services.places.models import Place

REASONS: Final = {
    Obstacle.KIND: SkipReason.NO_PAYEE,
    Obstacle.DAYS: SkipReason.NO_PAYEE,
    Obstacle.ACCOUNT: SkipReason.NO_PAYEE,
    Obstacle.CONTRACT: SkipReason.CONTRACT_OVER,
}


class Prices(Struct, frozen=True):
    """What bills of a compound are made by: its rules, and rule id → charter of its payee.

    `hand_overs`: home → the first days on which it has other owners (residencies/tenures.py).
    """

    book: RuleBook
    charters: Mapping[str, Charter]
    hand_overs: Mapping[str, Sequence[Day]] = {}


class Piece(Struct, frozen=True):
    """Days of a month on which one rule charges, or nothing does for a reason.

    `owners`: since when those who owe the days own the home (liability.py).
    """

    from_day: Day
    to_day: Day
    rule: FeeRule | None = None
    area: int | None = None
    reason: SkipReason | None = None
    owners: str = BEGINNING

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
    is_home = homes.standing(home, f"{month}-01")
    if not is_home or (home.id, slot(kind, month)) in known.taken:
        return []
    rules = {u: candidates(prices.book, home.id, u, kind) for u in homes.usages(home)}
    turns = homes.turns(home)
    for rule in (rule for each in rules.values() for rule in each):
        charter = prices.charters.get(rule.id)
        turns |= {(rule.start_day, rule.end_day)} | (charter.turns() if charter else set())
    taken = _taken(home, kind, month, known)
    turns |= {(day, day) for day in taken}
    hand_overs = prices.hand_overs.get(home.id, ())
    turns |= {(day, None) for day in hand_overs}
    found: list[Piece] = []
    for first, last in spans(month, turns):
        if first not in taken:
            then = homes.on(home, first)
            applied = rule_on(rules[then.usage], first)
            piece = _piece(then, applied, kind, (first, last), prices.charters)
            _append(found, _owed(piece, hand_overs))
    return found


def _owed(piece: Piece, hand_overs: Sequence[Day]) -> Piece:
    """Return a piece with those who owe it."""
    if piece.rule is None or not hand_overs:
        return piece
    owners = liability.owners(piece.rule.hand_over, piece.from_day, hand_overs)
    return msgspec.structs.replace(piece, owners=owners)


def _taken(home: Place, kind: FeeKind, month: Month, known: Known) -> set[Day]:
    """Return the days of a month that are billed already."""
    if not known.taken:  # as for most homes: nobody compares 31 days
        return set()
    return {day for day in days_of(month) if (home.id, slot(kind, day)) in known.taken}


def _piece(
    home: Place,
    rule: FeeRule | None,
    kind: FeeKind,
    days: tuple[Day, Day],
    charters: Mapping[str, Charter],
) -> Piece:
    """Return what happens on days within which nothing changes; `home` as it was then."""
    if not homes.standing(home, days[0]):
        return Piece(*days, reason=SkipReason.RETIRED)
    if rule is None:
        return Piece(*days, reason=SkipReason.NO_RULE)
    charter = charters.get(rule.id)
    if charter is None:
        return Piece(*days, reason=SkipReason.NO_PAYEE)
    if obstacle := charter.obstacle(kind, days[0]):
        return Piece(*days, reason=REASONS[obstacle])
    # a fee that is the same for every home does not change with its area
    area = home.area if rule.price is not None else None
    missing = rule.price is not None and area is None
    return Piece(*days, reason=SkipReason.NO_AREA) if missing else Piece(*days, rule, area)


def _append(found: list[Piece], piece: Piece) -> None:
    """Append a piece, or lengthen the one before it that says the same."""
    if found and plus_days(found[-1].to_day, 1) == piece.from_day:
        before = found[-1]
        same = ("rule", "area", "reason", "owners")
        if all(getattr(before, name) == getattr(piece, name) for name in same):
            found[-1] = msgspec.structs.replace(before, to_day=piece.to_day)
            return
    found.append(piece)
