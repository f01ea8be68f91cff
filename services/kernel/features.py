"""Features: what each package registers of itself, and what the whole product has of it.

A package of services/ with any of it has `feature.py` with `FEATURE`; `server/features.py`
finds them, as the collections are found. Whoever needs them all takes `deps.features`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from graphlib import TopologicalSorter
from typing import Any, Final, TypeVar

from msgspec import Struct

from services.kernel.documents import Document
from services.kernel.lists import List
from services.kernel.measures import Measure
from services.kernel.personal_data import Holding

# services.jobs.actions.Handler, as seen from below the dependencies that it takes.
Job = Callable[[Any, Document], Awaitable[Any]]
# (deps, tx, person_id): a part of erasure, or of what must be over before it.
Part = Callable[[Any, Any, str], Awaitable[Any]]
# (deps, actor, writer): writes a file and finishes it.
Export = Callable[[Any, Any, Any], Awaitable[None]]
R = TypeVar("R")


class Schedule(Struct, frozen=True):
    """Run `kind` every `every`, counted from the epoch plus `offset` (both in UTC)."""

    kind: str
    every: timedelta
    offset: timedelta = timedelta()
    catch_up: bool = False  # whether each missed occurrence counts, or only the latest


class Feature(Struct, frozen=True, kw_only=True):
    """Registration of one package. `jobs`: name of a job → what does it.

    `holdings`: what its collections hold about people. `require_free`: raises while a person
    may not be erased. `forget`: its part of an erasure; `before`: the packages whose part comes
    later, because this one finds its rows by theirs. `sweep`: removes what was written
    about a person while they were erased. `lists`: what staff and heads work with; each can be
    exported. `exports`: kind of a file → (deps, actor, writer) that writes it.
    `measures`: figures of places that it counts.
    """

    jobs: Mapping[str, Job] = {}
    schedules: tuple[Schedule, ...] = ()
    holdings: tuple[Holding, ...] = ()
    require_free: Part | None = None
    forget: Part | None = None
    before: tuple[str, ...] = ()
    sweep: Part | None = None
    lists: tuple[List, ...] = ()
    exports: Mapping[str, Export] = {}
    measures: tuple[Measure, ...] = ()


class Features:
    """All features: package → its registration, in the order of the packages' names.

    `holdings`: as an export shows them. `erasure`: package → its part, in the order in which
    they are done. `measures`: name → figures of places.
    Raises ValueError for a job, list, file or measure of two packages, since one of them would
    never be seen; KeyError for a package of `before` that registers nothing; CycleError for a
    circle.
    """

    def __init__(self, found: Mapping[str, Feature]) -> None:
        features = [found[package] for package in sorted(found)]
        self.jobs: Final = _once(each.jobs for each in features)
        self.schedules: Final = tuple(one for each in features for one in each.schedules)
        held = [holding for each in features for holding in each.holdings]
        self.holdings: Final = tuple(sorted(held, key=lambda holding: holding.rank))
        self.guards: Final = tuple(e.require_free for e in features if e.require_free)
        self.erasure: Final = {
            package: part for package in _order(found) if (part := found[package].forget)
        }
        self.sweeps: Final = tuple(each.sweep for each in features if each.sweep)
        named = _once({one.name: one} for each in features for one in each.lists)
        self.lists: Final = {name: named[name] for name in sorted(named)}
        self.exports: Final = _once(each.exports for each in features)
        self.measures: Final = _once(
            {one.name: one} for each in features for one in each.measures
        )


def _once(registered: Iterable[Mapping[str, R]]) -> dict[str, R]:
    """Return all that is registered. Raises ValueError for what two packages do."""
    found: dict[str, R] = {}
    for each in registered:
        if twice := found.keys() & each.keys():
            raise ValueError(f"done by two packages: {', '.join(sorted(twice))}")
        found |= each
    return found


def _order(found: Mapping[str, Feature]) -> list[str]:
    """Return the packages, each before those that it must come before."""
    order = TopologicalSorter({package: set[str]() for package in sorted(found)})
    for package in sorted(found):
        for later in found[package].before:
            order.add(later, package)
    return list(order.static_order())
