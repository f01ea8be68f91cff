"""Figures of places by the measures that packages register: the one place that adds up.

Who needs figures names the measures; what a package keeps, and where, is the package's own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import inf
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace
from pymongo.errors import PyMongoError

from services import deadlines
from services.dependencies import Dependencies, Transaction
from services.kernel.days import Day
from services.kernel.documents import Document
from services.kernel.measures import Kept, Measure, Scan, Span, of_month
from services.kernel.paths import outermost, part, under
from services.kernel.sums import Cells
from services.place_sums import actions as place_sums
from services.place_sums.models import Asked

Figures = Counter[str]  # name of a figure, or cell, → how much; 0 of what is not there
ALL: Final = ""  # the part that is all of it
log = structlog.get_logger(__name__)


class Question(Struct, frozen=True, kw_only=True):
    """Figures of a measure, of the parts of some places.

    `name`: of a registered measure. `depth`: segments of a part's path; 0 for all together,
    under `ALL`. `span`: the months, for measures that depend on them. `by_month`: the figures
    of each of them by itself, each named "month|figure". `until`: the instant of
    time.monotonic() at which counting ends, where no sums are kept.
    """

    name: str
    places: Sequence[str]
    depth: int
    span: Span | None = None
    by_month: bool = False
    until: float = inf


async def by_place(
    deps: Dependencies,
    names: Sequence[str],
    places: Sequence[str],
    *,
    depth: int,
    span: Span | None = None,
) -> dict[str, Figures]:
    """Return part → its figures of some measures, for those parts of places that have any.

    Raises what `answers` raises.
    """
    questions = [Question(name=n, places=places, depth=depth, span=span) for n in names]
    return together(await answers(deps, questions))


def together(answers: Iterable[dict[str, Figures] | None]) -> dict[str, Figures]:
    """Return part → the figures of all answers about it."""
    found: dict[str, Figures] = {}
    for parts in answers:
        for where, told in (parts or {}).items():
            found.setdefault(where, Counter()).update(told)
    return found


async def answers(
    deps: Dependencies, questions: Sequence[Question]
) -> list[dict[str, Figures] | None]:
    """Return part → its figures for each question, all of them of one state of the database.

    What sums are kept of is read in two queries for all questions together; whatever else is
    counted in a covered query of its own. None when that was not done in time.
    Raises KeyError for a measure that nobody registered, ValueError for one without the months
    it depends on.
    """

    async def read(snapshot: Transaction) -> list[dict[str, Figures] | None]:
        found = await kept_figures(deps, snapshot, questions)
        return [
            await _counted(deps, snapshot, question) if figures is None else figures
            for question, figures in zip(questions, found, strict=True)
        ]

    return await deps.in_snapshot(read)


async def kept_figures(
    deps: Dependencies, snapshot: Transaction, questions: Sequence[Question]
) -> list[dict[str, Figures] | None]:
    """Return the figures of kept sums; None where there are none to read."""
    kept = [deps.features.measures[question.name].kept for question in questions]
    asked = [
        Asked(
            source=each.source,
            places=outermost(question.places),
            depth=question.depth,
            wanted=each.wanted(question.span),
        )
        for question, each in zip(questions, kept, strict=True)
        if each
    ]
    sums = iter(await place_sums.read(deps, snapshot, asked) if asked else [])
    found: list[dict[str, Figures] | None] = []
    for question, each in zip(questions, kept, strict=True):
        cells = next(sums) if each else None
        if each is None or cells is None:
            found.append(None)
            continue
        told = {part: _told(each, question, of_part) for part, of_part in cells.items()}
        found.append({part: figures for part, figures in told.items() if figures})
    return found


def _told(kept: Kept, question: Question, cells: Cells) -> Figures:
    """Return the figures that the kept sums of a part tell."""
    if question.by_month and question.span:
        return kept.figures_by_month(cells, question.span)
    return kept.figures(cells, question.span)


async def _counted(
    deps: Dependencies, snapshot: Transaction, question: Question
) -> dict[str, Figures] | None:
    """Return the figures counted from the documents; None when that was not done in time."""
    measure = deps.features.measures[question.name]
    if question.until == inf:
        return await counted(deps, measure, question, session=snapshot)
    try:
        with deadlines.until(question.until):
            return await counted(deps, measure, question, session=snapshot)
    except PyMongoError as error:
        if not error.timeout:
            raise
        log.warning("not_counted_in_time", measure=question.name, places=question.places)
        return None


async def total(
    deps: Dependencies,
    names: Sequence[str],
    places: Sequence[str],
    *,
    span: Span | None = None,
) -> Figures:
    """Return the figures of some places together."""
    found = await by_place(deps, names, places, depth=0, span=span)
    return found.get(ALL, Counter())


async def counted(
    deps: Dependencies,
    measure: Measure,
    question: Question,
    *,
    session: Transaction | None = None,
) -> dict[str, Figures]:
    """Return part → figures of a measure, counted from its documents."""
    found: dict[str, Figures] = {}
    for row in await _rows(deps, measure, question, session):
        where, told = _read(row)
        figures = found.setdefault(where, Counter())
        for name, amount in told:
            figures[name] += amount
    return found


async def _rows(
    deps: Dependencies, measure: Measure, question: Question, session: Transaction | None
) -> list[Document]:
    places = outermost(question.places)
    if not places:
        return []
    first, *others = _scans(measure, question)
    today, depth = deps.today(), question.depth
    pipeline = _stages(measure.path, first, places, depth, today=today)
    for other in others:
        stages = _stages(measure.path, other, places, depth, today=today)
        pipeline.append({"$unionWith": {"coll": measure.collection, "pipeline": stages}})
    collection = deps.db[measure.collection]
    cursor = await collection.aggregate(pipeline, hint=first.index, session=session)
    return await cursor.to_list()


def _scans(measure: Measure, question: Question) -> list[Scan]:
    """Return what is added up: of each month by itself where that is asked for."""
    if not (question.by_month and question.span):
        return [*measure.scans_of(question.span)]
    return [
        replace(
            scan, sums={of_month(each.period, name): how for name, how in scan.sums.items()}
        )
        for each in question.span.by_month()
        for scan in measure.scans_of(each)
    ]


def _stages(
    path: str, scan: Scan, places: Sequence[str], depth: int, *, today: Day
) -> list[Document]:
    """Return the stages of one scan: what counts, by path where it says so, by part.

    Each place has the whole condition, so that each is one range of the index.
    """
    counts = scan.match_on(today)
    match, *more = ({**counts, path: under(place)} for place in places)
    stages: list[Document] = [{"$match": {"$or": [match, *more]} if more else match}]
    if scan.of_each:
        stages.append({"$unwind": f"${scan.of_each}"})
    where, cells = f"${path}", {name: f"${name}" for name in scan.cells}
    if scan.each:
        key = {"path": where, **cells} if cells else where
        stages.append({"$group": {"_id": key, **scan.each}})
        where = "$_id.path" if cells else "$_id"
        cells = {name: f"$_id.{name}" for name in cells}
    of = part(where, depth) if depth else ALL
    return [*stages, {"$group": {"_id": {"part": of, **cells} if cells else of, **scan.sums}}]


def _read(row: Document) -> tuple[str, Iterable[tuple[str, int]]]:
    """Return (part, figures) of a row. A cell is named by the values of its fields."""
    key = row.pop("_id")
    if not isinstance(key, dict):
        return key, row.items()
    where, [amount] = key.pop("part"), row.values()
    return where, [("|".join(key.values()), amount)]
