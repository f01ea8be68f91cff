"""Figures of bills by place, as they are read from their kept sums."""

from collections import Counter
from typing import Final

from services.bills.sums import arithmetic, series
from services.bills.sums.arithmetic import Window
from services.bills.sums.changes import NAME
from services.kernel.days import Month, plus_months
from services.kernel.measures import Kept, Span
from services.kernel.sums import EVER, Cells, Wanted

BEGINNING: Final = ""


def _last(span: Span) -> Month:
    return plus_months(span.period, span.months - 1)


def _of_span(span: Span) -> Wanted:
    first, last = span.period, _last(span)
    return Wanted(first=first, last=last, members=Window(first, last))


def _arrears(span: Span) -> Wanted:
    """Return the sums of arrears: amounts alone, which depend on no other bills of a home."""
    return Wanted(first=span.period, last=EVER, whole=True)


def _each_month(first: Month, last: Month) -> Wanted:
    window = Window(first, last, is_span=False)
    return Wanted(first=EVER, last=EVER, whole=True, members=window)


def _homes_billed(cells: Cells, span: Span) -> Counter[str]:
    return arithmetic.homes_billed(cells, span.period, plus_months(span.period, span.months))


def _homes_billed_before(cells: Cells, span: Span) -> Counter[str]:
    return arithmetic.homes_billed(cells, BEGINNING, span.period)


BILLED: Final = Kept(source=NAME, wanted=_of_span, figures=arithmetic.billed)
ARREARS: Final = Kept(
    source=NAME, wanted=_arrears, figures=arithmetic.arrears, series=series.arrears
)
HOMES_BILLED: Final = Kept(
    source=NAME,
    wanted=lambda span: _each_month(span.period, _last(span)),
    figures=_homes_billed,
)
HOMES_BILLED_BEFORE: Final = Kept(
    source=NAME,
    wanted=lambda span: _each_month(BEGINNING, plus_months(span.period, -1)),
    figures=_homes_billed_before,
)
