"""The demo in a compound of 92 homes, over the tests' own product.

It is laid once in a process, and copied for whoever does not ask how it is laid.
"""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from demo import foundation, history, people, repairs, voices
from demo.mark import FOUNDED, STARTED
from demo.people import Household
from demo.site import Site
from tests.build import documents
from tests.build.documents import Documents
from tests.build.world import World

HOMES = 92
SMALL = {"BUILDINGS": 4, "UNITS": 2, "FLOORS": 5, "HOMES_PER_FLOOR": 2}
# How far the demo is laid → what the database holds then; of this process.
BEFORE_REPAIRS, BEFORE_VOICES, LAID = "before repairs", "before voices", "laid"
_kept: Final[dict[str, Documents]] = {}


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


@pytest.fixture
async def laid(site: Site, world: World) -> Site:
    """The demo as it is once its foundation is laid."""
    await put(site, world, LAID)
    return site


async def put(site: Site, world: World, stage: str) -> None:
    """Let the demo be laid so far: by itself the first time, and then as a copy."""
    if LAID not in _kept:
        await _lay(site, world)
        if stage == LAID:
            return
        await documents.empty(world.db)
        (site.folder / "demo").unlink()
    await documents.put(world.db, _kept[stage])
    site.mark.add(STARTED)
    if stage == LAID:
        site.mark.add(FOUNDED)


async def _lay(site: Site, world: World) -> None:
    """Lay it, and keep what the database holds at each stage."""
    with pytest.MonkeyPatch.context() as patch:
        for module, step, stage in (
            (repairs, "report", BEFORE_REPAIRS),
            (voices, "begin", BEFORE_VOICES),
        ):
            patch.setattr(module, step, _keeping(getattr(module, step), stage, world))
        await foundation.lay(site)
    _kept[LAID] = await documents.taken(world.db)


def _keeping(
    step: Callable[..., Awaitable[Any]], stage: str, world: World
) -> Callable[..., Awaitable[Any]]:
    async def take(*given: Any) -> Any:
        _kept[stage] = await documents.taken(world.db)
        return await step(*given)

    return take
