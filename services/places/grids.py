"""Actions on grids (网格): which buildings of a community a grid head looks after."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.paths import ancestors, covers, parent
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.unions import Part
from services.kernel.views import show
from services.places import grid_store, store
from services.places.models import (
    BuildingView,
    ChangeGrid,
    Grid,
    GridChange,
    GridsQuery,
    GridView,
    Kind,
    NewGrid,
    Place,
    TakenPath,
)

LONGEST_PATH = 120


class GridExists(errors.Conflict):
    code = "place_exists"
    details_type = TakenPath


class BuildingsDetails(Struct, frozen=True, kw_only=True):
    """Buildings that do not fit.

    `buildings`: Paths of the buildings in question.
    """

    buildings: list[str]


class BuildingTaken(errors.Conflict):
    """`buildings` in details: those that lie in another grid."""

    code = "building_taken"
    details_type = BuildingsDetails


class NotABuilding(errors.InvalidInput):
    """`buildings` in details: those that are no building of this community."""

    code = "not_a_building"
    details_type = BuildingsDetails


async def add(deps: Dependencies, actor: Actor, community: str, request: NewGrid) -> GridView:
    """Make a grid of buildings that lie in no grid yet."""
    require_at(actor, Permission.MANAGE_PLACES, community)
    path = f"{community}.{request.segment}"
    if len(path) > LONGEST_PATH:
        raise errors.InvalidInput("编号太长了")

    async def save(tx: Transaction) -> Grid:
        buildings = await _free(deps, tx, community, path, request.buildings)
        grid = Grid(
            id=path,
            kind=Kind.GRID,
            name=request.name,
            address=request.name,
            created_at=deps.now(),
            buildings=buildings,
        )
        await store.insert(deps.db, tx, grid)
        count = len(buildings)
        await audit.record(deps, tx, actor, Act.PLACE_ADDED, place=path, buildings=count)
        return grid

    try:
        return await _view(deps, await deps.in_transaction(save))
    except DuplicateKeyError:
        raise GridExists("这个编号已经登记过", path=path) from None


async def change(deps: Dependencies, actor: Actor, path: str, request: ChangeGrid) -> GridView:
    """Say which buildings a grid has from now on: its head's next request is decided by it."""
    require_at(actor, Permission.MANAGE_PLACES, path)

    async def save(tx: Transaction) -> Grid:
        grid = await grid_store.find(deps.db, tx, path)
        if grid is None:
            raise errors.NotFound("没有找到这个网格")
        buildings = await _free(deps, tx, parent(path) or path, path, request.buildings)
        step = GridChange(
            at=deps.now(), by=actor.person_id, reason=request.reason, buildings=buildings
        )
        await grid_store.change(deps.db, tx, path, step)
        facts: dict[str, Any] = {"before": len(grid.buildings), "buildings": len(buildings)}
        await audit.record(deps, tx, actor, Act.GRID_CHANGED, place=path, **facts)
        return msgspec.structs.replace(grid, buildings=buildings)

    return await _view(deps, await deps.in_transaction(save))


async def _free(
    deps: Dependencies, tx: Transaction, community: str, grid: str, buildings: Sequence[str]
) -> list[str]:
    """Return the buildings, once each, if they are the community's and in no other grid.

    The community is held: of two changes at once, the second sees what the first wrote.
    """
    above = await store.hold(deps.db, tx, community)
    if above is None or above.kind is not Kind.COMMUNITY:
        raise errors.NotFound("网格要设在社区下面", path=community)
    wanted = sorted(set(buildings))
    await store.mark_used(deps.db, wanted, tx=tx)
    there = await store.find_many(deps.db, wanted, tx=tx)
    good = {p.id for p in there if p.kind is Kind.BUILDING and covers(community, p.id)}
    if strange := sorted(set(wanted) - good):
        raise NotABuilding("有的楼栋不在本社区", buildings=strange)
    others = [g for g in await grid_store.holding(deps.db, wanted, tx=tx) if g.id != grid]
    if taken := {b for other in others for b in other.buildings} & good:
        raise BuildingTaken("有楼栋已在别的网格里", buildings=sorted(taken))
    return wanted


async def listing(
    deps: Dependencies, actor: Actor, community: str, query: GridsQuery
) -> Page[GridView]:
    """Grids of a community with their buildings, by path unless asked otherwise."""
    require_at(actor, Permission.VIEW_PLACES, community)
    page = await grid_store.page(deps.db, community, query)
    named = await _addresses(deps, page.items)
    return page.map(lambda grid: _shown(grid, named))


async def _view(deps: Dependencies, grid: Grid) -> GridView:
    return _shown(grid, await _addresses(deps, [grid]))


async def _addresses(deps: Dependencies, grids: Sequence[Grid]) -> dict[str, str]:
    paths = [building for grid in grids for building in grid.buildings]
    return {place.id: place.address for place in await store.find_many(deps.db, paths)}


def _shown(grid: Grid, addresses: dict[str, str]) -> GridView:
    buildings = [BuildingView(path=b, address=addresses.get(b, b)) for b in grid.buildings]
    return show(grid, GridView, path=grid.id, buildings=buildings)


async def buildings_of(deps: Dependencies, paths: Sequence[str]) -> dict[str, list[str]]:
    """Return grid → its buildings at this moment; one query however many."""
    return {grid.id: grid.buildings for grid in await grid_store.find_many(deps.db, paths)}


async def grids_of(deps: Dependencies, buildings: Sequence[str]) -> dict[str, str]:
    """Return building → the grid that it is in, of those that are in one; one query."""
    found = await grid_store.holding(deps.db, buildings)
    wanted = set(buildings)
    return {b: grid.id for grid in found for b in grid.buildings if b in wanted}


def part(paths: Sequence[str]) -> Part[Grid]:
    """Return the query for those of some paths that are grids, to be read with others."""
    return grid_store.part(paths)


async def grids_over(deps: Dependencies, places: Sequence[str]) -> list[str]:
    """Return the grids that have a building at, under or over one of these places.

    Not for places above the compound: all grids lie under those. One query, of the communities.
    """
    lower = [place for place in places if place.count(".") >= Kind.COMMUNITY.depth]
    communities = {".".join(place.split(".")[: Kind.COMMUNITY.depth]) for place in lower}
    found = await grid_store.buildings_under(deps.db, sorted(communities)) if lower else {}
    return [
        grid
        for grid, buildings in found.items()
        if any(covers(b, place) or covers(place, b) for b in buildings for place in lower)
    ]


async def grids_with(deps: Dependencies, path: str) -> list[str]:
    """Return the grid in which a building, or a place in it, lies: one or none."""
    segments = path.split(".")
    if len(segments) < Kind.BUILDING.depth:
        return []
    building = ".".join(segments[: Kind.BUILDING.depth])
    return [grid.id for grid in await grid_store.holding(deps.db, [building])]


async def above_home(deps: Dependencies, home: str) -> list[Place]:
    """Return the home, everything above it, and the grid of its building, in one query."""
    path = ancestors(home)
    return await store.find_with_grid(deps.db, path, path[: Kind.BUILDING.depth][-1])
