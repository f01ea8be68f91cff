"""Drafts of a bill run. Pure functions: the same homes and rules give the same bills.

The days a home was not billed for yet are cut where the rule changes, what its payee may
charge, or the home's area, use, owners or discount. Whole months in a row of one rule, area,
discount and household of owners are one bill. A month that is billed in part is a bill of its
own, one for each payee and household, charged by the method of its rule
(services/fees/proration.py). What is left over is a gap, listed with its reason. A quarterly
run after a monthly one therefore bills the two months that are left.

A rule that bills by longer periods (services/fees/periods.py) makes one bill of a period, one
for each payee and household in a row. It falls in the first month of the period that has a day
to bill, or in the last one, as the rule says; the run of that month makes it, and no other. The
period may reach beyond the run. What is billed already is left out, so that nothing is billed
twice when a rule follows one with another period.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import msgspec
from msgspec import Struct

from services.bills.models import Bill, Known
from services.bills.runs.models import BillRun, Skipped, SkipReason
from services.bills.runs.pieces import Piece, Prices, joined, people_of, pieces, slot
from services.fees import liability
from services.fees.liability import BEGINNING
from services.fees.models import BillingPeriod, BillKind, FeeKind, FeeRule
from services.fees.periods import YEAR, Period, Terms, period_of, periods_in, terms_of
from services.fees.proration import share
from services.fees.tariff import Part, Span, candidates, charge_fen, explain
from services.fees.tariff import terms as terms_text
from services.kernel.days import (
    Day,
    Month,
    days_between,
    days_of,
    last_day,
    months_between,
    months_from,
    plus_days,
)
from services.kernel.documents import digest_id
from services.places import homes
from services.places.models import Place


class Stretch(Struct, frozen=True):
    """Time that one bill is for: whole months, or `days` of one month or of some in a row.

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

    @property
    def slots(self) -> list[str]:
        """The months of the bill, and the days of those that it is for in part."""
        if not self.days:
            return [slot(self.rule.kind, month) for month in self.months]
        times: list[str] = []
        for month, found in groupby(self.days, key=lambda day: day[:7]):
            days = list(found)
            times += [month] if len(days) == len(days_of(month)) else days
        return [slot(self.rule.kind, time) for time in times]


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
        rules = [piece for piece in found if _is_monthly(piece)]
        alone = _whole(home, rules, month)
        if whole and alone and _goes_on(whole, alone):
            whole = _longer(whole, month)
            continue
        if whole:
            yield whole
        whole = alone
        if not alone:
            yield from _by_days(home, month, rules, prices)
        yield from _gaps(home, kind, found, prices)
    if whole:
        yield whole
    yield from _periods(run, home, kind, prices, known)


def _is_monthly(piece: Piece) -> bool:
    return piece.rule is not None and piece.rule.period is BillingPeriod.MONTHLY


def _gaps(
    home: Place, kind: FeeKind, found: Iterable[Piece], prices: Prices
) -> Iterator[Skipped]:
    """Yield the days of a month that no bill is for, now or in a month to come."""
    for piece in found:
        if piece.reason:
            yield _gap(home, kind, piece.reason, piece.from_day, piece.to_day)
        elif piece.rule and not _is_monthly(piece):
            lacking = ((_lacks(home, piece.rule, day, prices), day) for day in piece.days)
            for reason, each in groupby(lacking, key=itemgetter(0)):
                days = [day for _, day in each]
                if reason:
                    yield _gap(home, kind, reason, days[0], days[-1])


def _lacks(home: Place, rule: FeeRule, day: Day, prices: Prices) -> SkipReason | None:
    """Return what nobody knows of the period of a day that is needed to bill it."""
    hand_overs = prices.hand_overs.get(home.id, ())
    period = period_of(_terms(rule, prices), day, hand_overs)
    if period is None:
        return SkipReason.NO_ANNIVERSARY
    if rule.person_fen and people_of(home, rule, period.first, prices) is None:
        return SkipReason.NO_RESIDENTS
    return None


def _terms(rule: FeeRule, prices: Prices) -> Terms:
    return terms_of(rule, prices.payee_of(rule))


def _whole(home: Place, rules: Sequence[Piece], month: Month) -> Stretch | None:
    """Return a month that is one piece; None when it is cut."""
    if len(rules) != 1 or (rules[0].from_day, rules[0].to_day) != _span(month):
        return None
    [piece] = rules
    if piece.rule is None:
        return None
    part = Part(piece.rule, piece.area, 1, people=piece.people, off=piece.off)
    return Stretch(home, [part], [month], owners=piece.owners)


def _span(month: Month) -> tuple[Day, Day]:
    return f"{month}-01", last_day(month)


def _goes_on(whole: Stretch, month: Stretch) -> bool:
    """Tell whether a month has rule, area, discount and owners of the months before it."""
    [before], [part] = whole.parts, month.parts
    return part.goes_on(before) and whole.owners == month.owners


def _longer(whole: Stretch, month: Month) -> Stretch:
    months, [part] = [*whole.months, month], whole.parts
    longer = msgspec.structs.replace(part, count=len(months))
    return Stretch(whole.home, [longer], months, owners=whole.owners)


def _by_days(
    home: Place, month: Month, found: Iterable[Piece], prices: Prices
) -> Iterator[Stretch]:
    """Yield a bill of this one month for each payee and household of owners, by its days."""
    bills: dict[tuple[str, str], list[Piece]] = {}
    for piece in found:
        if piece.rule:
            payee = prices.payee_of(piece.rule)
            bills.setdefault((payee, piece.owners), []).append(piece)
    for (_, owners), charged in bills.items():
        days = [day for piece in charged for day in piece.days]
        parts = _parts((piece, _span(month)) for piece in charged)
        own = [] if len(days) == len(days_of(month)) else days
        yield Stretch(home, parts, [month], own, owners=owners)


def _parts(charged: Iterable[tuple[Piece, Span]]) -> list[Part]:
    """Return what pieces charge, each of a month; whole months in a row are one part."""
    parts: list[Part] = []
    for piece, month in charged:
        if piece.rule is None:
            continue
        part = Part(piece.rule, piece.area, 1, people=piece.people, off=piece.off)
        if (days := (piece.from_day, piece.to_day)) != month:
            of_month = share(piece.method, days, month)
            part = Part(
                piece.rule,
                piece.area,
                of_month.count,
                of_month.of,
                people=piece.people,
                method=piece.method,
                off=piece.off,
            )
        if parts and part.goes_on(parts[-1]):
            parts[-1] = msgspec.structs.replace(part, count=parts[-1].count + 1)
        else:
            parts.append(part)
    # by months of thirty days a 31st is charged nothing, which nobody needs to read
    return [part for part in parts if part.count] or parts[-1:]


def _ends(first: Piece, last: Piece) -> Span:
    return first.from_day, last.to_day


def _periods(
    run: BillRun, home: Place, kind: FeeKind, prices: Prices, known: Known
) -> Iterator[Stretch]:
    """Yield the bills of longer periods that fall in a month of the run."""
    months = months_from(run.period, run.months)
    for wanted in _periods_near(home, kind, months, prices):
        charged = _charged(home, kind, wanted, prices, known)
        if charged and wanted[0].falls_in(*_ends(charged[0][0], charged[-1][0])) in months:
            yield from _of_period(home, charged)


def _periods_near(
    home: Place, kind: FeeKind, months: Sequence[Month], prices: Prices
) -> Iterable[tuple[Terms, Period]]:
    """Return the periods, by the rules a home may be charged by, that have days in months."""
    hand_overs = prices.hand_overs.get(home.id, ())
    found: dict[tuple[Terms, Period], None] = {}
    for rule in _periodic(home, kind, prices):
        terms = _terms(rule, prices)
        for month in months:
            for period in periods_in(terms, _span(month), hand_overs):
                found[terms, period] = None
    return found


def _periodic(home: Place, kind: FeeKind, prices: Prices) -> list[FeeRule]:
    """Return the rules a home may be charged by that bill by longer periods."""
    return [
        rule
        for usage in homes.usages(home)
        for rule in candidates(prices.book, home.id, usage, kind)
        if rule.period is not BillingPeriod.MONTHLY and rule.id in prices.charters
    ]


def _charged(
    home: Place,
    kind: FeeKind,
    wanted: tuple[Terms, Period],
    prices: Prices,
    known: Known,
) -> list[tuple[Piece, Span]]:
    """Return the pieces of a period that are not billed yet, each with its month."""
    terms, period = wanted
    found: list[tuple[Piece, Span]] = []
    for first, last in period.months:
        end = min(last, period.last)
        own = [
            msgspec.structs.replace(
                piece, from_day=max(first, piece.from_day), to_day=min(end, piece.to_day)
            )
            for month in sorted({first[:7], end[:7]})
            for piece in pieces(home, kind, month, prices, known, counted_on=period.first)
            if piece.rule and _terms(piece.rule, prices) == terms
        ]
        within = joined(piece for piece in own if piece.from_day <= piece.to_day)
        found += [(piece, (first, last)) for piece in within]
    return found


def _of_period(home: Place, charged: Sequence[tuple[Piece, Span]]) -> Iterator[Stretch]:
    """Yield a bill for each household of owners, of days in a row."""
    bills: list[list[tuple[Piece, Span]]] = []
    for piece, month in charged:
        before = bills[-1][-1][0] if bills else None
        follows = before and plus_days(before.to_day, 1) == piece.from_day
        if before and follows and before.owners == piece.owners:
            bills[-1].append((piece, month))
        else:
            bills.append([(piece, month)])
    for each in bills:
        first, last = each[0][0].from_day, each[-1][0].to_day
        months = months_from(first[:7], months_between(first[:7], last[:7]) + 1)
        is_whole = (first, last) == (f"{months[0]}-01", last_day(months[-1]))
        days = [] if is_whole else days_between(first, last)
        yield Stretch(home, _parts(each), months, days, owners=each[0][0].owners)


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
        months=min(len(months), YEAR),
        from_day=days[0] if days else None,
        to_day=days[-1] if days else None,
        edition=edition,
        liable_on=liability.liable_on(stretch.first, stretch.owners, hand_overs),
        owners_until=liability.until(stretch.owners, hand_overs),
        slots=stretch.slots,
        amount_fen=fen,
        explanation=explain(stretch.parts, fen),
        terms=terms_text(stretch.parts),
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        due_day=rule.due_day,
        due_days=rule.due_days,
        created_at=at,
    )
