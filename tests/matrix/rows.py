"""Rows of the matrix: one for every verb and path. See the docstring of tests/matrix."""

from typing import Final

from tests.build.world import World
from tests.matrix import (
    makers,
    test_accounts,
    test_exports,
    test_fees,
    test_home_corrections,
    test_homes,
    test_machines,
    test_money,
    test_offices,
    test_privacy,
)
from tests.matrix.posts import POSTS
from tests.matrix.row import Row
from tests.matrix.town import Furniture, Scene, Town, build, furnish

AREAS: Final = (
    test_accounts,
    test_exports,
    test_fees,
    test_home_corrections,
    test_homes,
    test_machines,
    test_money,
    test_offices,
    test_privacy,
)
ROWS: Final[tuple[Row, ...]] = tuple(row for area in AREAS for row in area.ROWS)
# In which file a row is walked, as pytest is told it.
FILES: Final = {
    row.name: f"{area.__name__.replace('.', '/')}.py" for area in AREAS for row in area.ROWS
}
FURNITURE: Final[Furniture] = (
    *test_homes.FURNITURE,
    *test_fees.FURNITURE,
    *test_home_corrections.FURNITURE,
    *test_money.FURNITURE,
    *test_offices.FURNITURE,
)


async def furnished(world: World) -> Town:
    """Build the town with data of every kind at every place."""
    town = await build(world)
    await furnish(town, FURNITURE)
    for post in POSTS:
        await makers.message(Scene(town, "", town.people[post]))
    return town
