"""Homes as places: corrected, renamed, retired, and what counted of them on a day.

The path of a home never changes: bills, people and codes hang on it. What is corrected is what
the path stands for. Callers hold the home (places.hold) in the same transaction.
"""

import msgspec

from services.dependencies import Dependencies, Transaction
from services.kernel.days import Day, plus_days
from services.kernel.paths import parent
from services.places import home_store
from services.places.models import Measure, Place, Usage


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


def counted_before(home: Place, from_day: str) -> list[Measure]:
    """Return what counts before a day, the oldest first, when a home is corrected from it on.

    What was corrected from a later day on was about the same home and is overwritten: the last
    word counts from its day to the end.
    """
    eve = plus_days(from_day, -1)
    before = [measure for measure in home.earlier if measure.to_day < eve]
    last = on(home, eve)
    return [*before, Measure(to_day=eve, area=last.area, usage=last.usage)]


async def correct(
    deps: Dependencies, tx: Transaction, home: Place, now: Place, from_day: str
) -> None:
    """Write the name, address, area and use of `now`; the area and use count from a day on."""
    await home_store.correct(deps.db, tx, now, counted_before(home, from_day))


async def retire(
    deps: Dependencies,
    tx: Transaction,
    home: str,
    from_day: str | None,
    *,
    merged_into: str | None = None,
) -> None:
    """Let a home be retired from a day on, or stand again (None)."""
    await home_store.retire(deps.db, tx, home, from_day, merged_into)


async def named(
    deps: Dependencies, tx: Transaction, above: str, name: str, *, but: str
) -> Place | None:
    """Return a standing home of this name directly below a place, other than `but`."""
    found = await home_store.named(deps.db, tx, above, name)
    others = (home for home in found if home.id != but and parent(home.id) == above)
    return next((home for home in others if home.retired_from is None), None)


async def renamed_under(deps: Dependencies, place: str) -> dict[tuple[str, str], str]:
    """Return (place above, name) → path of the homes whose name is not that of their path."""
    found = await home_store.renamed_under(deps.db, place)
    return {(parent(home.id) or "", home.name): home.id for home in found}
