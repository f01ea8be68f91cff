"""Actions on year-end books: a compound's books of a year, asked for as a file."""

from datetime import datetime, timedelta
from typing import Final

from services.dependencies import Dependencies
from services.exports import actions as exports
from services.exports.models import KEPT, Export, ExportView
from services.kernel import errors
from services.kernel.days import day_of, plus_days
from services.kernel.errors import InvalidInput
from services.kernel.permissions import Actor, Permission
from services.kernel.tables import XLSX
from services.places import actions as places
from services.places.models import Kind, Place
from services.year_books import entries
from services.year_books.models import KIND, NewYearBook, Span

TITLE: Final = "年度账册"
# What is booked has the instant at which its transaction began; after so long all have ended.
QUIET: Final = timedelta(minutes=5)


class NotACompound(InvalidInput):
    """Books are kept by compound."""

    code = "not_a_compound"


class YearNotBegun(InvalidInput):
    """No day of the year is over. `day` in details: the last day that is."""

    code = "year_not_begun"
    details_type = errors.LatestDay


async def ask(deps: Dependencies, actor: Actor, place: str, request: NewYearBook) -> ExportView:
    """Ask for the books of a year as a spreadsheet, which the worker writes.

    Raises NotFound, NotACompound, YearNotBegun, ExportsUnderWay, ExportsFull.
    """
    compound = await access(deps, actor, place)
    span_of(request.year, deps.now())
    title = f"{TITLE}{request.year}"
    wish = Export(
        id=deps.new_id(),
        person=actor.person_id,
        kind=KIND,
        title=title,
        subject=compound.id,
        filters={"year": str(request.year)},
        filename=f"{title}-{compound.address}-{deps.today()}.xlsx",
        content_type=XLSX,
        created_at=deps.now(),
        expires_at=deps.now() + KEPT,
    )
    return await exports.ask(deps, actor, wish, place=compound.id)


async def access(deps: Dependencies, actor: Actor, path: str) -> Place:
    """Return a compound whose books the actor may have. Raises NotFound, NotACompound."""
    place = await places.access_place(deps, actor, path, Permission.VIEW_DEBTORS)
    if place.kind is not Kind.COMPOUND:
        raise NotACompound("账册按小区生成,请选择小区")
    return place


async def require_readable(deps: Dependencies, actor: Actor, export: Export) -> None:
    """Raise what `access` does, for a file that is there already."""
    await access(deps, actor, export.subject)


def span_of(year: int, asked_at: datetime) -> Span:
    """Return a year until the last day that was over when it was asked for.

    Raises YearNotBegun.
    """
    last = plus_days(day_of(asked_at - QUIET), -1)
    if last < f"{year}-01-01":
        raise YearNotBegun("这一年还没有可以结账的日子", to_day=last)
    return entries.span_of(year, last)
