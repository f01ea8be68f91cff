"""Smallest group of homes that a figure may be about, for whoever may not see the homes.

Statistical disclosure control by primary and complementary suppression: a figure about fewer
than five homes is withheld, and so are as many figures beside it as it takes for every
difference of two levels to be about five homes again. PIPL art. 4 and 73: what can be traced
back to a person is that person's data, in a sum as well as in a row.

A group is counted by cell: the homes of the register, and the homes billed for each month and
fee of the span, so that no fee and no single month of a longer span is about fewer. Arrears are
bills of earlier months: their cells are those of all months before the span.

Within a place the withheld parts are always the first ones by homes of the register: a span
that holds another one withholds all that the other withholds, so that spans and fees cannot be
subtracted from each other either; and of arrears a later span withholds all that an earlier one
does.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from services.kernel.paths import ancestors, covers, parent

SMALLEST_GROUP: Final = 5
REGISTER: Final = "homes"  # the cell of the homes that exist: a figure of "places.homes"

Group = Counter[str]  # cell → homes; 0 homes tell nothing about anybody


def is_small(group: Group) -> bool:
    """Tell whether a figure about these homes would be about one to four of them."""
    return any(0 < homes < SMALLEST_GROUP for homes in group.values())


def withheld(
    root: str, units: Mapping[str, Group], small: Callable[[Group], bool] = is_small
) -> frozenset[str]:
    """Return the highest places whose figures are withheld; all under them are, too.

    `root`: the highest place that is looked at. `units`: unit → its homes, but for those whose
    homes the person may see. `small`: whether a group is about one to four; a group that is
    not must not become so when another one is added to it.
    """
    rungs: dict[int, dict[str, Group]] = {}
    for unit, group in units.items():
        for depth, place in enumerate(ancestors(unit)):
            if covers(root, place):
                rungs.setdefault(depth, {}).setdefault(place, Counter()).update(group)
    return withheld_by_rung([rungs[depth] for depth in sorted(rungs)], small)


def withheld_by_rung(
    rungs: Iterable[Mapping[str, Group]], small: Callable[[Group], bool] = is_small
) -> frozenset[str]:
    """Return the highest withheld places of some rungs: first the root, then its parts.

    `rungs`: place → its homes. Below the root each has all parts of those places of the rung
    above that are looked at further, and maybe of no others.
    """
    found: set[str] = set()
    for number, groups in enumerate(rungs):
        if not number:
            found |= {root for root, group in groups.items() if small(group)}
            continue
        parts: dict[str, list[str]] = {}
        for place in groups:
            if not is_withheld(place, found):
                parts.setdefault(parent(place) or "", []).append(place)
        for children in parts.values():
            found |= _first(children, groups, small)
    return frozenset(found)


def _first(
    parts: list[str], groups: Mapping[str, Group], small: Callable[[Group], bool]
) -> set[str]:
    """Return the parts to withhold: the first by homes, up to the last that is too small.

    And as many more as it takes for all of them together not to be small.
    """
    in_order = sorted(parts, key=lambda part: (groups[part][REGISTER], part))
    last = max((n for n, part in enumerate(in_order) if small(groups[part])), default=-1)
    hidden, together = set[str](), Group()
    for number, part in enumerate(in_order):
        if number > last and not small(together):
            break
        hidden.add(part)
        together.update(groups[part])
    return hidden


def is_withheld(place: str, hidden: Collection[str]) -> bool:
    """Tell whether the figures of a place are withheld."""
    return any(above in hidden for above in ancestors(place))
