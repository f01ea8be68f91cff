"""Every route x every role x every position."""

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.settings import Settings
from services.grants import actions as grants
from tests.matrix.furniture import furnished
from tests.matrix.page import PATH, counts, page
from tests.matrix.posts import POSTS
from tests.matrix.row import BY_PATH, Row
from tests.matrix.rows import ROWS
from tests.matrix.town import Town
from tests.matrix.walk import Walk
from tests.stage import open_world
from tests.world import Clock

IN_TOWN = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(base_settings: Settings, database: str) -> AsyncIterator[Town]:
    """One town for the whole walk: whatever may change something has a target of its own."""
    assert database == base_settings.mongodb_database
    async with open_world(base_settings, Clock()) as world:
        yield await furnished(world)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    routes = {(verb, path) for path, route in BY_PATH.items() for verb in route.contracts()}
    rows = [(row.verb, row.path) for row in ROWS]
    assert set(rows) == routes
    assert len(rows) == len(set(rows))


@IN_TOWN
async def test_everybody_holds_what_the_matrix_says(town: Town) -> None:
    for post in [post for post in POSTS if post.signed_in]:
        held = await grants.grants_of(town.world.deps, town.people[post].person_id)
        found = {(grant.role, grant.place) for grant in held}
        assert found == {(g.role, g.place) for g in post.actor.grants}, post.name


@IN_TOWN
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(town: Town, row: Row) -> None:
    judge = await Walk(town, row).all()
    assert not judge.problems, "\n".join(judge.problems[:40])


def test_the_page_is_current() -> None:
    """Print the counts, too: `pytest -s`."""
    sys.stdout.write("".join(f"\n{number:>7,}  {name}" for name, number in counts().items()))
    assert PATH.read_text(encoding="utf-8") == page(), "run python -m tests.matrix"
