"""The demo in a compound of 92 homes, over the tests' own product."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import history, people
from demo.people import Household
from demo.site import Site
from tests.build.world import World

HOMES = 92
SMALL = {"BUILDINGS": 4, "UNITS": 2, "FLOORS": 5, "HOMES_PER_FLOOR": 2}


def neighbours() -> Iterator[Household]:
    """One unit: the only homes of which some pay."""
    return (home for home in people.households() if (home.building, home.unit) == (1, 1))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def site(
    world: World, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Site:
    for name, number in SMALL.items():
        monkeypatch.setattr(people, name, number)
    monkeypatch.setattr(history, "households", neighbours)
    return Site(world.deps, world.deps.features.jobs, world.wechat.base, tmp_path, said.append)
