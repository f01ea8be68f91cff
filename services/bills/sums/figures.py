"""Figures of bills by place, read from their kept sums. None where there are none to read."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from services.bills.sums import arithmetic
from services.bills.sums.changes import NAME
from services.dependencies import Database
from services.kernel.days import plus_months
from services.kernel.measures import Figures, Span
from services.kernel.sums import Cells
from services.place_sums import actions as place_sums
from services.place_sums.actions import EVER
from services.place_sums.models import Wanted

BEGINNING: Final = ""


async def billed(db: Database, places: Sequence[str], depth: int, span: Span) -> Figures | None:
    """Return what was billed and paid of the bills of a span."""
    wanted = Wanted(first=span.period, last=plus_months(span.period, span.months - 1))
    return await _of(db, places, depth, wanted, lambda sums: arithmetic.billed(sums, span))


async def arrears(
    db: Database, places: Sequence[str], depth: int, span: Span
) -> Figures | None:
    """Return the arrears of a span: what of them was paid in it, and what remained."""
    wanted = Wanted(first=span.period, last=EVER, whole=True)
    return await _of(db, places, depth, wanted, lambda sums: arithmetic.arrears(sums, span))


async def homes_billed(
    db: Database, places: Sequence[str], depth: int, span: Span
) -> Figures | None:
    """Return the homes billed for each fee and month of a span."""
    end = plus_months(span.period, span.months)
    return await _homes(db, places, depth, span.period, end)


async def homes_billed_before(
    db: Database, places: Sequence[str], depth: int, span: Span
) -> Figures | None:
    """Return the homes billed for each fee and month before a span."""
    return await _homes(db, places, depth, BEGINNING, span.period)


async def _homes(
    db: Database, places: Sequence[str], depth: int, first: str, end: str
) -> Figures | None:
    wanted = Wanted(first=EVER, last=EVER, whole=True)
    return await _of(
        db, places, depth, wanted, lambda sums: arithmetic.homes_billed(sums, first, end)
    )


async def _of(
    db: Database,
    places: Sequence[str],
    depth: int,
    wanted: Wanted,
    count: Callable[[Cells], Counter[str]],
) -> Figures | None:
    sums = await place_sums.by_part(db, NAME, places, depth, wanted)
    if sums is None:
        return None
    counted = {part: count(cells) for part, cells in sums.items()}
    return {part: figures for part, figures in counted.items() if figures}
