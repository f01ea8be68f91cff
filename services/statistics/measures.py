"""Figures of places by the measures that packages register: the one place that adds up.

Who needs figures names the measures; what a package keeps, and where, is the package's own.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from services.dependencies import Database, Dependencies
from services.kernel.documents import Document
from services.kernel.measures import Measure, Scan, Span
from services.kernel.paths import outermost, part, under

Figures = Counter[str]  # name of a figure, or cell, → how much; 0 of what is not there
ALL: Final = ""  # the part that is all of it


async def by_place(
    deps: Dependencies,
    names: Sequence[str],
    places: Sequence[str],
    *,
    depth: int,
    span: Span | None = None,
) -> dict[str, Figures]:
    """Return part → its figures, for those parts of some places that have any.

    One covered query per measure, all at once: of kept sums where a measure has them, else of
    what it counts.

    `names`: of registered measures. `depth`: segments of a part's path; 0 for all together,
    under `ALL`. `span`: the months, for measures that depend on them. Raises KeyError for a
    measure that nobody registered, ValueError for one without the months it depends on.
    """
    measures = [deps.features.measures[name] for name in names]
    asked = (_of(deps.db, each, outermost(places), depth, span) for each in measures)
    found: dict[str, Figures] = {}
    for parts in await asyncio.gather(*asked):
        for where, told in parts.items():
            found.setdefault(where, Counter()).update(told)
    return found


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


async def _of(
    db: Database, measure: Measure, places: Sequence[str], depth: int, span: Span | None
) -> dict[str, Figures]:
    """Return part → figures of one measure."""
    if measure.kept:
        kept = await measure.kept(db, places, depth, span)
        if kept is not None:
            return kept
    return await counted(db, measure, places, depth, span)


async def counted(
    db: Database, measure: Measure, places: Sequence[str], depth: int, span: Span | None
) -> dict[str, Figures]:
    """Return part → figures of one measure, counted from its documents."""
    found: dict[str, Figures] = {}
    for row in await _rows(db, measure, places, depth, span):
        where, told = _read(row)
        figures = found.setdefault(where, Counter())
        for name, amount in told:
            figures[name] += amount
    return found


async def _rows(
    db: Database, measure: Measure, places: Sequence[str], depth: int, span: Span | None
) -> list[Document]:
    if not places:
        return []
    first, *others = measure.scans_of(span)
    pipeline = _stages(measure.path, first, places, depth)
    for other in others:
        stages = _stages(measure.path, other, places, depth)
        pipeline.append({"$unionWith": {"coll": measure.collection, "pipeline": stages}})
    cursor = await db[measure.collection].aggregate(pipeline, hint=first.index)
    return await cursor.to_list()


def _stages(path: str, scan: Scan, places: Sequence[str], depth: int) -> list[Document]:
    """Return the stages of one scan: what counts, by path where it says so, by part.

    Each place has the whole condition, so that each is one range of the index.
    """
    match, *more = ({**scan.match, path: under(place)} for place in places)
    stages: list[Document] = [{"$match": {"$or": [match, *more]} if more else match}]
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
