"""Homes as places: corrected, renamed, retired, and what counted of them on a day.

The path of a home never changes: bills, people and codes hang on it. What is corrected is what
the path stands for. Callers hold the home (places.hold) in the same transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

import msgspec

from services.dependencies import Dependencies, Transaction
from services.kernel.days import FIRST_DAY, Day, plus_days
from services.kernel.documents import Document
from services.kernel.paths import parent
from services.places import home_store, measures
from services.places.doors import door_key
from services.places.models import Measure, Place, StandingHome, Usage

NEVER: Final = "9999-12-31"


def address(upper: str, name: str, usage: Usage | None) -> str:
    """Return the address of a home below that of its unit, e.g. 春光小区3栋2单元502室."""
    return upper + name + ("室" if usage is Usage.FLAT else "")


def on(home: Place, day: str) -> Place:
    """Return a home with the area and use that counted on a day."""
    for measure in home.earlier:
        if day <= measure.to_day:
            return msgspec.structs.replace(home, area=measure.area, usage=measure.usage)
    return home


def turns(home: Place) -> set[tuple[Day, Day | None]]:
    """Return the spans at whose first days something about a home changes."""
    changes = {(plus_days(measure.to_day, 1), None) for measure in home.earlier}
    return changes | ({(home.retired_from, None)} if home.retired_from else set())


def usages(home: Place) -> set[Usage | None]:
    """Return the uses that a home has and had."""
    return {home.usage, *(measure.usage for measure in home.earlier)}


def standing(home: Place, day: str) -> bool:
    """Tell whether a home was not retired on a day."""
    return home.retired_from is None or day < home.retired_from


def corrected(
    home: Place, from_day: str, *, area: int | None = None, usage: Usage | None = None
) -> Place:
    """Return a home with another area or use from a day on; what is not given stays as it was.

    Also on the days after an earlier correction: who corrects the use says nothing of the area.
    """
    eve = plus_days(from_day, -1)
    spans = [*home.earlier, Measure(to_day=NEVER, area=home.area, usage=home.usage)]
    last = next(span for span in spans if eve <= span.to_day)
    before = [span for span in spans if span.to_day < eve]
    if from_day > FIRST_DAY:  # else there is no day on which it was otherwise
        before.append(Measure(to_day=eve, area=last.area, usage=last.usage))
    after = [
        Measure(to_day=s.to_day, area=area or s.area, usage=usage or s.usage)
        for s in spans
        if s.to_day > eve
    ]
    *earlier, now = [
        span
        for span, following in zip_longest([*before, *after], [*before, *after][1:])
        if following is None or (span.area, span.usage) != (following.area, following.usage)
    ]
    return msgspec.structs.replace(home, earlier=earlier, area=now.area, usage=now.usage)


def look_up_standing(field: str, day: str) -> list[Document]:
    """Return stages of a pipeline that say in `stands` if a row's home stands on a day."""
    return home_store.look_up_standing(field, day)


async def correct(
    deps: Dependencies, tx: Transaction, home: Place, now: Place, from_day: str
) -> None:
    """Write the name and address of `now`, and from a day on what else differs from `home`."""
    area = now.area if now.area != home.area else None
    usage = now.usage if now.usage is not home.usage else None
    measured = corrected(home, from_day, area=area, usage=usage)
    await write(deps, tx, msgspec.structs.replace(now, earlier=measured.earlier))


async def write(deps: Dependencies, tx: Transaction, now: Place) -> None:
    """Write what a home is and was."""
    await home_store.correct(deps.db, tx, now)


async def retire(
    deps: Dependencies,
    tx: Transaction,
    home: str,
    from_day: str | None,
    *,
    merged_into: str | None = None,
) -> None:
    """Let a home be retired from a day on, or stand again (None).

    What was merged into it before goes on with it: nothing points at a home that is none.
    """
    was_retired = await home_store.retire(deps.db, tx, home, from_day, merged_into)
    if change := was_retired - bool(from_day):
        await measures.add(deps, tx, [home], each=change)
    if merged_into:
        await home_store.redirect(deps.db, tx, home, merged_into)


async def numbers_under(
    deps: Dependencies, tx: Transaction, above: Sequence[str]
) -> dict[tuple[str, str], set[str]]:
    """Return (place above, key of the door) → paths of the standing homes below the places."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for home in await home_store.standing_under(deps.db, tx, above):
        found[parent(home.id) or "", door_key(home.name)].add(home.id)
    return found


async def retired_under(deps: Dependencies, above: Sequence[str], day: str) -> list[str]:
    """Return the homes under some places that are retired by a day, which are few."""
    return await home_store.retired_under(deps.db, above, day)


async def renamed_under(deps: Dependencies, place: str) -> dict[tuple[str, str], str]:
    """Return (place above, name) → path of the homes whose name is not that of their path.

    Of a retired home and a standing one of the same number, the standing one is meant.
    """
    found = await home_store.renamed_under(deps.db, place)
    found.sort(key=lambda home: home.retired_from is None)
    return {(parent(home.id) or "", home.name): home.id for home in found}


def look_up_merged(field: str, *, into: str) -> list[Document]:
    """Return stages of a pipeline that write the homes merged into a row's home."""
    return home_store.look_up_merged(field, into)


async def merged_into(deps: Dependencies, homes: Sequence[str]) -> dict[str, str]:
    """Return home → the one of these homes that it was merged into: its bills are theirs."""
    found = await home_store.merged_into(deps.db, homes)
    return {home.id: home.merged_into or "" for home in found}


async def page_under(
    deps: Dependencies, places: Sequence[str], *, after: str, limit: int
) -> list[StandingHome]:
    """Return homes under some places that are not retired, by path: for other packages.

    `places`: none of them under another. `after`: the last path of the page before.
    """
    return await home_store.page_under(deps.db, places, after=after, limit=limit)
