"""Rows of the matrix: one for every verb and path. See the docstring of tests/matrix.

The modules of areas are found, as the handlers are.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Final

import tests.matrix
from tests.build.world import World
from tests.matrix import by_path, makers
from tests.matrix.posts import POSTS
from tests.matrix.row import Row
from tests.matrix.town import Furniture, Scene, Town, build, furnish

# Tests of the table itself; every other module of tests has the rows of an area.
OF_THE_TABLE: Final = {"test_by_path", "test_matrix", "test_page"}


def _areas() -> list[ModuleType]:
    names = [found.name for found in pkgutil.iter_modules(tests.matrix.__path__)]
    areas = [name for name in names if name.startswith("test_") and name not in OF_THE_TABLE]
    return [importlib.import_module(f"tests.matrix.{name}") for name in areas]


AREAS: Final = _areas()
BY_THEMSELVES: Final = tuple(
    by_path.rows({(row.verb, row.path) for area in AREAS for row in area.ROWS})
)
ROWS: Final[tuple[Row, ...]] = (*(row for a in AREAS for row in a.ROWS), *BY_THEMSELVES)
# In which file a row is walked, as pytest is told it.
FILES: Final = {
    **{row.name: f"{a.__name__.replace('.', '/')}.py" for a in AREAS for row in a.ROWS},
    **{row.name: "tests/matrix/test_by_path.py" for row in BY_THEMSELVES},
}
FURNITURE: Final[Furniture] = tuple(
    piece for area in AREAS for piece in getattr(area, "FURNITURE", ())
)


async def furnished(world: World) -> Town:
    """Build the town with data of every kind at every place."""
    town = await build(world)
    await furnish(town, FURNITURE)
    for post in POSTS:
        await makers.message(Scene(town, "", town.people[post]))
    return town
