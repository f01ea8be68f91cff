"""Drafts of a bill run. Pure functions: the same homes and rules give the same bills.

The months a home was not billed for yet are cut into stretches under one rule; each stretch is
one bill. A quarterly run after a monthly one therefore bills the two months that are left, and
a price that changes within the quarter makes two bills that each explain themselves.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from services.bills.models import Bill, Known
from services.bills.runs.models import BillRun, Skipped, SkipReason
from services.fees.models import FeeKind, FeeRule
from services.fees.tariff import RuleBook, charge_fen, explain, rule_for
from services.kernel.days import months_from
from services.kernel.documents import digest_id
from services.places.models import Place


class Stretch(Struct, frozen=True):
    """Months in a row that one home pays under one rule."""

    home: Place
    rule: FeeRule
    months: list[str]


def slot(kind: FeeKind, month: str) -> str:
    return f"{kind}|{month}"


def slots(kinds: list[FeeKind], months: list[str]) -> list[str]:
    return [slot(kind, month) for kind in kinds for month in months]


def draft(
    run: BillRun, homes: list[Place], book: RuleBook, known: Known, *, at: datetime
) -> tuple[list[Bill], list[Skipped]]:
    """Return the bills the run lacks for these homes, and what cannot be billed and why."""
    bills: list[Bill] = []
    skipped: dict[Skipped, None] = {}
    for stretch in (s for home in homes for s in stretches(run, home, book, known)):
        reason = unbillable(stretch)
        if reason:
            refused = Skipped(home=stretch.home.id, kind=stretch.rule.kind, reason=reason)
            skipped[refused] = None
        else:
            bills.append(bill_for(run, stretch, known, at=at))
    return bills, list(skipped)


def stretches(run: BillRun, home: Place, book: RuleBook, known: Known) -> Iterator[Stretch]:
    months = months_from(run.period, run.months)
    for kind in run.kinds:
        applying = [
            None
            if (home.id, slot(kind, month)) in known.taken
            else rule_for(book, home.id, home.usage, kind=kind, month=month)
            for month in months
        ]
        pairs = zip(applying, months, strict=True)
        for _, group in groupby(pairs, key=lambda pair: pair[0] and pair[0].id):
            rules, covered = zip(*group, strict=True)
            if rules[0] is not None:
                yield Stretch(home, rules[0], list(covered))


def unbillable(stretch: Stretch) -> SkipReason | None:
    match charge_fen(stretch.rule, stretch.home.area, len(stretch.months)):
        case None:
            return SkipReason.NO_AREA
        case 0:
            return SkipReason.ZERO_AMOUNT
        case _:
            return None


def bill_for(run: BillRun, stretch: Stretch, known: Known, *, at: datetime) -> Bill:
    rule, home, months = stretch.rule, stretch.home, stretch.months
    edition = known.editions.get((home.id, rule.kind, months[0]), 0)
    return Bill(
        id=digest_id(home.id, rule.kind, months[0], edition),
        run_id=run.id,
        rule_id=rule.id,
        kind=rule.kind,
        home=home.id,
        period=months[0],
        months=len(months),
        edition=edition,
        slots=slots([rule.kind], months),
        amount_fen=charge_fen(rule, home.area, len(months)) or 0,
        explanation=explain(rule, home.area, len(months)),
        account=rule.account,
        payee_name=rule.payee_name,
        due_day=rule.due_day,
        due_days=rule.due_days,
        created_at=at,
    )
