"""One town for the whole walk: whatever may change something has a target of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from handlers.http import upload_budget
from handlers.http.admission import PLACES
from server.settings import Settings
from tests.build.stage import open_world
from tests.build.world import Clock
from tests.depth import by_night, one_of
from tests.matrix.row import Row
from tests.matrix.rows import ROWS, furnished
from tests.matrix.sample import Cells, again, chosen
from tests.matrix.town import Town
from tests.matrix.walk import Walk, Walked

MANY = 10_000


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def town(base_settings: Settings, database: str) -> AsyncIterator[Town]:
    assert database == base_settings.mongodb_database
    with pytest.MonkeyPatch.context() as patch:
        for lane in PLACES:  # everybody asks at once here
            patch.setitem(PLACES, lane, MANY)
        patch.setattr(upload_budget, "UNKNOWN_AT_ONCE", MANY)
        async with open_world(base_settings, Clock()) as world:
            yield await furnished(world)


@pytest.fixture(scope="package")
def cells() -> Cells:
    """By day one cell of each kind, among all rows; by night every cell, or one of some."""
    return chosen(ROWS, every=one_of())


@pytest.fixture
def walked(town: Town, cells: Cells) -> Walked:
    """Everybody asks for what a row says, and gets what they may."""

    async def over(row: Row) -> None:
        judge = await Walk(town, row).over(cells[row.name], again(row, every=by_night()))
        assert not judge.problems, "\n".join(judge.problems[:40])

    return over
