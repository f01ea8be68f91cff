"""Drafts of a bill run. Pure functions: the same homes and rules give the same bills.

The days a home was not billed for yet are cut where the rule changes, what its payee may
charge, or the home's area, use or owners. Whole months in a row of one rule, area and
household of owners are one bill. A month that is billed in part is a bill of its own, one for
each payee and household, charged by its days (services/fees/tariff.py). What is left over is a
gap, listed with its reason. A quarterly run after a monthly one therefore bills the two months
that are left.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from services.bills.models import Bill, Known
from services.bills.runs.models import BillRun, Skipped, SkipReason
from services.bills.runs.pieces import Piece, Prices, pieces, slot
from services.fees import liability
from services.fees.liability import BEGINNING
from services.fees.models import BillKind, FeeKind, FeeRule
from services.fees.tariff import Part, charge_fen, explain
from services.kernel.days import Day, Month, days_of, last_day, months_from, plus_days
from services.kernel.documents import digest_id
from services.places.models import Place


class Stretch(Struct, frozen=True):
    """Time that one bill is for: whole months, or `days` of one month.

    `owners`: since when those who owe it own the home.
    """

    home: Place
    parts: list[Part]
    months: list[Month]
    days: list[Day] = []
    owners: str = BEGINNING

    @property
    def rule(self) -> FeeRule:
        """The rule that applies last: its payee is paid, on its terms."""
        return self.parts[-1].rule

    @property
    def first(self) -> Day:
        return self.days[0] if self.days else f"{self.months[0]}-01"

    @property
    def last(self) -> Day:
        return self.days[-1] if self.days else last_day(self.months[-1])


def draft(
    run: BillRun, homes: list[Place], prices: Prices, known: Known, *, at: datetime
) -> tuple[list[Bill], list[Skipped]]:
    """Return the bills the run lacks for these homes, and what cannot be billed and why."""
    bills: list[Bill] = []
    skipped: list[Skipped] = []
    for home in homes:
        for kind in run.kinds:
            gaps: list[Skipped] = []
            for found in stretches(run, home, kind, prices, known):
                if isinstance(found, Skipped):
                    gaps.append(found)
                elif fen := charge_fen(found.parts):
                    bills.append(bill_for(run, found, prices, known, fen=fen, at=at))
                else:
                    zero = SkipReason.ZERO_AMOUNT
                    gaps.append(_gap(home, kind, zero, found.first, found.last))
            skipped += merged(gaps)
    return bills, skipped


def stretches(
    run: BillRun, home: Place, kind: FeeKind, prices: Prices, known: Known
) -> Iterator[Stretch | Skipped]:
    """Yield what a home is to be billed for, each a bill, and the gaps between."""
    whole: Stretch | None = None
    for month in months_from(run.period, run.months):
        found = pieces(home, kind, month, prices, known)
        rules = [piece for piece in found if piece.rule]
        alone = _whole(home, rules, month)
        if whole and alone and _goes_on(whole, alone):
            whole = _longer(whole, month)
            continue
        if whole:
            yield whole
        whole = alone
        if not alone:
            yield from _by_days(home, month, rules, prices)
        for piece in found:
            if piece.reason:
                yield _gap(home, kind, piece.reason, piece.from_day, piece.to_day)
    if whole:
        yield whole


def _whole(home: Place, rules: Sequence[Piece], month: Month) -> Stretch | None:
    """Return a month that is one piece; None when it is cut."""
    if len(rules) != 1 or (rules[0].from_day, rules[0].to_day) != _span(month):
        return None
    [piece] = rules
    if piece.rule is None:
        return None
    part = Part(piece.rule, piece.area, 1)
    return Stretch(home, [part], [month], owners=piece.owners)


def _span(month: Month) -> tuple[Day, Day]:
    return f"{month}-01", last_day(month)


def _goes_on(whole: Stretch, month: Stretch) -> bool:
    """Tell whether a month has the rule, the area and the owners of the months before it."""
    [before], [part] = whole.parts, month.parts
    same = (before.rule.id, before.area) == (part.rule.id, part.area)
    return same and whole.owners == month.owners


def _longer(whole: Stretch, month: Month) -> Stretch:
    months, [part] = [*whole.months, month], whole.parts
    longer = Part(part.rule, part.area, len(months))
    return Stretch(whole.home, [longer], months, owners=whole.owners)


def _by_days(
    home: Place, month: Month, found: Iterable[Piece], prices: Prices
) -> Iterator[Stretch]:
    """Yield a bill of this one month for each payee and household of owners, by its days."""
    bills: dict[tuple[str, str], list[tuple[FeeRule, Piece]]] = {}
    for piece in found:
        if piece.rule:
            payee = prices.charters[piece.rule.id].payee.id
            bills.setdefault((payee, piece.owners), []).append((piece.rule, piece))
    length = len(days_of(month))
    for (_, owners), charged in bills.items():
        days = [day for _, piece in charged for day in piece.days]
        parts = [Part(rule, p.area, len(p.days), length) for rule, p in charged]
        own = [] if len(days) == length else days
        yield Stretch(home, parts, [month], own, owners=owners)


def _gap(home: Place, kind: FeeKind, reason: SkipReason, first: Day, last: Day) -> Skipped:
    return Skipped(home=home.id, kind=kind, reason=reason, from_day=first, to_day=last)


def merged(gaps: Iterable[Skipped]) -> list[Skipped]:
    """Join gaps that follow each other for one reason: a line for a quarter, not three."""
    found: list[Skipped] = []
    for gap in sorted(gaps, key=lambda gap: gap.from_day or ""):
        before = found[-1] if found else None
        follows = before and before.to_day and plus_days(before.to_day, 1) == gap.from_day
        if before and follows and before.reason is gap.reason:
            found[-1] = msgspec.structs.replace(before, to_day=gap.to_day)
        else:
            found.append(gap)
    return found


def bill_for(
    run: BillRun, stretch: Stretch, prices: Prices, known: Known, *, fen: int, at: datetime
) -> Bill:
    """Draft the bill of a stretch. Its id is the same however often it is drafted."""
    rule, home, months, days = stretch.rule, stretch.home, stretch.months, stretch.days
    payee = prices.charters[rule.id].payee
    edition = known.editions.get((home.id, rule.kind, months[0]), 0)
    hand_overs = prices.hand_overs.get(home.id, ())
    return Bill(
        id=digest_id(home.id, rule.kind, days[0] if days else months[0], edition),
        run_id=run.id,
        rule_id=rule.id,
        kind=BillKind(rule.kind),
        home=home.id,
        period=months[0],
        months=len(months),
        from_day=days[0] if days else None,
        to_day=days[-1] if days else None,
        edition=edition,
        liable_on=liability.liable_on(stretch.first, stretch.owners, hand_overs),
        owners_until=liability.until(stretch.owners, hand_overs),
        slots=[slot(rule.kind, time) for time in days or months],
        amount_fen=fen,
        explanation=explain(stretch.parts, fen),
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        due_day=rule.due_day,
        due_days=rule.due_days,
        created_at=at,
    )
