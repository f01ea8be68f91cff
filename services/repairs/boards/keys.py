"""Keys of a repair: by what it is found and sorted on boards, made of its other fields."""

from typing import Final

import msgspec

from services.dependencies import Dependencies
from services.kernel import words
from services.kernel.documents import Document
from services.places import actions as places
from services.repairs.categories import actions as categories
from services.repairs.classes import Danger
from services.repairs.models import Repair

SOURCES: Final = frozenset({"place", "category", "danger", "text"})


async def of(deps: Dependencies, repair: Repair) -> Document:
    """Return the keys of a repair that is new, or that was changed.

    `text` is what was typed of a part that all share. What was typed about a home is sealed,
    and no word of it is kept anywhere else.
    """
    labels = await categories.labels(deps, [(repair.place, repair.category)])
    addresses = await places.addresses(deps, [repair.place])
    told = [repair.number, *labels.values(), *addresses.values(), repair.text]
    facets = facets_of(repair.category, repair.danger)
    kept = (await words.dictionary()).kept(*told)
    return {"words": [*facets, *kept], "rank": repair.danger.rank}


def facets_of(category: str | None, danger: Danger | None) -> list[str]:
    """Return what stands among the words for a category and a class, to be found as fast."""
    return [each for each in (category, danger and danger.value) if each]


async def changed(deps: Dependencies, repair: Repair, changes: Document) -> Document:
    """Return the keys that a step changes: none when nothing changes that they follow from."""
    if SOURCES.isdisjoint(changes):
        return {}
    known = {name: value for name, value in changes.items() if name in SOURCES}
    return await of(deps, msgspec.structs.replace(repair, **known))
