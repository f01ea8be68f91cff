"""Corrections of homes by a register: what a file says otherwise, accepted home by home or all.

An import only adds. Where a home is there already and the file has another area or use, staff
see both and may accept the file's: that is a correction like one by hand
(services/home_corrections), with a paper, a reason and a first day.

What the register had is kept in the rows of the preview: somebody accepts what they were shown.
A home of which the register says something else by the time the row is written stays as it is.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from services.dependencies import Dependencies, Transaction
from services.home_corrections import actions as home_corrections
from services.home_corrections import entries
from services.home_corrections.entries import Why
from services.home_corrections.models import Change
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.interests import require_apart
from services.kernel.pages import Count, Key, Keyset, Page
from services.kernel.paths import covers, parent
from services.kernel.permissions import Actor
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import Place
from services.register.chunks import actions as chunks
from services.register.models import (
    DOCUMENT,
    REASON,
    AcceptDifferences,
    Difference,
    DifferencesQuery,
    Differing,
    Import,
    UnknownHomes,
)
from services.register.sheet.models import Known, ListedHome
from services.residencies import actions as residencies

# The rows of a file are kept in chunks, in the order of the file.
IN_FILE: Final = Keyset(Key("chunk", kind=Count), Key("number", kind=Count))


class NoSuchDifference(errors.InvalidInput):
    """Some of the accepted homes are none of which the file says something else."""

    code = "no_such_difference"
    details_type = UnknownHomes


def right(home: ListedHome, place: Place) -> Place | None:
    """Return a home as its row says; None where that is how it is, or the row does not say.

    None also of a home that is retired, or that has another number by now.
    """
    if home.repeats or home.name != place.name or place.retired_from is not None:
        return None
    area = home.area if home.area is not None else place.area
    if (area, home.usage) == (place.area, place.usage):
        return None
    return msgspec.structs.replace(place, area=area, usage=home.usage)


def facts_of(place: Place) -> Known:
    """What the register has of a home, to be kept beside what its row says."""
    return Known(area=place.area, usage=place.usage)


def differing(
    listed: Sequence[ListedHome], compound: str, there: Mapping[str, Place]
) -> Iterator[tuple[ListedHome, Place, Place]]:
    """Yield rows that were shown to differ and still do, with what is there and what is right.

    Rows of previews from before this was kept have nothing to accept: nobody was shown it.
    """
    for home in listed:
        place = there.get(home.path(compound))
        if place is None or home.shown != facts_of(place):
            continue
        if now := right(home, place):
            yield home, place, now


async def page(deps: Dependencies, found: Import, query: DifferencesQuery) -> Page[Difference]:
    """Return a page of the differences of a file. Raises InvalidInput, ChunkGone."""
    begin = IN_FILE.read(query.cursor) or (0, -1)
    rows: list[Document] = []
    async for row in differences(deps, found, after=(begin[0], begin[1])):
        if _is_meant(row["difference"], query):
            rows.append(row)
        if len(rows) > query.limit:
            break
    return IN_FILE.cut(rows, query.limit).map(lambda row: row["difference"])


def _is_meant(difference: Difference, query: DifferencesQuery) -> bool:
    before, after = difference.before, difference.after
    if query.place is not None and not covers(query.place, difference.home):
        return False
    match query.differs:
        case Differing.AREA:
            return before.area != after.area
        case Differing.USAGE:
            return before.usage != after.usage
        case _:
            return True


async def differences(
    deps: Dependencies, found: Import, *, after: tuple[int, int] = (0, -1)
) -> AsyncIterator[Document]:
    """Yield the differences of a file in its order: `chunk`, `number` in it, `difference`.

    `after`: the chunk and number behind which to begin. Raises ChunkGone when the rows are no
    longer kept.
    """
    for chunk in found.changed_chunks:
        if chunk < after[0]:
            continue
        listed = await chunks.get_rows(deps, found.run, chunk)
        paths = [home.path(found.place) for home in listed]
        there = {place.id: place for place in await places.find_many(deps, paths)}
        for at, (home, place, now) in enumerate(differing(listed, found.place, there)):
            if (chunk, at) > after:
                shown = _difference(home, place, now)
                yield {"chunk": chunk, "number": at, "difference": shown}


def _difference(home: ListedHome, place: Place, now: Place) -> Difference:
    return Difference(
        home=place.id,
        address=place.address,
        sheet=home.sheet,
        row=home.row,
        before=entries.facts(place),
        after=entries.facts(now),
    )


async def accept(
    deps: Dependencies, actor: Actor, found: Import, wish: AcceptDifferences
) -> Document:
    """Check which differences somebody accepts; return what the import keeps of it.

    Raises BadFirstDay, NoSuchDifference, OwnHome.
    """
    home_corrections.check_first_day(deps, wish.from_day)
    there = {row["difference"].home async for row in differences(deps, found)}
    chosen = there if wish.homes is None else set(wish.homes)
    if chosen - there:
        raise NoSuchDifference("有的房屋与表里没有不同", homes=sorted(chosen - there))
    own = await residencies.homes_since(deps, actor.person_id, found.place, wish.from_day)
    require_apart(own, chosen)
    return {
        "accepted": None if wish.homes is None else sorted(chosen),
        "accepted_count": len(chosen),
        "corrects_from": wish.from_day,
        "document_sealed": DOCUMENT.seal(deps.vault, found.id, wish.document),
        "reason_sealed": REASON.seal(deps.vault, found.id, wish.reason),
    }


def accepted(
    found: Import, number: int, listed: Sequence[ListedHome], there: Mapping[str, Place]
) -> list[ListedHome]:
    """Return the rows of chunk `number` whose homes are to be corrected."""
    if found.corrects_from is None or number not in found.changed_chunks:
        return []
    chosen = None if found.accepted is None else set(found.accepted)
    rows = differing(listed, found.place, there)
    return [home for home, place, _ in rows if chosen is None or place.id in chosen]


async def write(
    deps: Dependencies, tx: Transaction, found: Import, rows: Sequence[ListedHome]
) -> None:
    """Correct the homes of these rows, each held, from the first day that was accepted."""
    if not rows or found.corrects_from is None:
        return
    why = Why(
        from_day=found.corrects_from,
        document=DOCUMENT.open(deps.vault, found.id, found.document_sealed),
        reason=REASON.open(deps.vault, found.id, found.reason_sealed),
    )
    written = []
    paths = [home.path(found.place) for home in rows]
    held = [place for path in paths if (place := await places.hold(deps, tx, path))]
    above = await places.find_many(deps, sorted({parent(path) or "" for path in paths}), tx=tx)
    units = {unit.id: unit.address for unit in above}
    for _, place, now in differing(rows, found.place, {place.id: place for place in held}):
        now.address = place_homes.address(units[parent(now.id) or ""], now.name, now.usage)
        row = entries.draft(
            deps,
            place,
            Change.CORRECTED,
            why,
            by=found.confirmed_by,
            now=now,
            source=found.id,
        )
        written.append(row)
        await place_homes.correct(deps, tx, place, now, why.from_day)
    await entries.keep(deps, tx, written)
