"""Features: what each package registers of itself, and what the whole product has of it.

A package of services/ with any of it has `feature.py` with `FEATURE`; `server/features.py`
finds them, as the collections are found. Whoever needs them all takes `deps.features`.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from services.kernel.documents import Document

# services.jobs.actions.Handler, as seen from below the dependencies that it takes.
Job = Callable[[Any, Document], Awaitable[Any]]


class Schedule(Struct, frozen=True):
    """Run `kind` every `every`, counted from the epoch plus `offset` (both in UTC)."""

    kind: str
    every: timedelta
    offset: timedelta = timedelta()
    catch_up: bool = False  # whether each missed occurrence counts, or only the latest


class Feature(Struct, frozen=True, kw_only=True):
    """Registration of one package. `jobs`: name of a job → what does it."""

    jobs: Mapping[str, Job] = {}
    schedules: tuple[Schedule, ...] = ()


class Features:
    """All features: package → its registration, in the order of the packages' names.

    Raises ValueError for a job that two packages do: one of them would never be run.
    """

    def __init__(self, found: Mapping[str, Feature]) -> None:
        features = [found[package] for package in sorted(found)]
        self.jobs: Final = _jobs(features)
        self.schedules: Final = tuple(one for each in features for one in each.schedules)


def _jobs(features: list[Feature]) -> Mapping[str, Job]:
    jobs: dict[str, Job] = {}
    for feature in features:
        if twice := jobs.keys() & feature.jobs.keys():
            raise ValueError(f"done by two packages: {', '.join(sorted(twice))}")
        jobs |= feature.jobs
    return jobs
