"""The table is whole, and what is asked by day stands for everything: see sample.py."""

from collections.abc import Hashable

import pytest

from services.grants import actions as grants
from services.kernel.permissions import PERMISSIONS, Permission, Role
from tests.depth import SHARE
from tests.matrix.posts import POSTS
from tests.matrix.row import BY_PATH
from tests.matrix.rows import ROWS
from tests.matrix.rules import Outcome
from tests.matrix.sample import again, chosen
from tests.matrix.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.deep]

BY_DAY = chosen(ROWS, every=0)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    routes = {(verb, path) for path, route in BY_PATH.items() for verb in route.contracts()}
    rows = [(row.verb, row.path) for row in ROWS]
    assert set(rows) == routes
    assert len(rows) == len(set(rows))


def test_what_is_asked_by_day_stands_for_everything() -> None:
    asked, all_there_is = set[Hashable](), set[Hashable]()
    for row in ROWS:
        needs = row.rule.needs(row.contract)
        for found, cells in ((asked, BY_DAY[row.name]), (all_there_is, row.cells())):
            for cell in cells:
                found |= {(row.name, cell.aim, cell.outcome), cell.post}
                found |= {(needs, role, cell.outcome) for role, _ in cell.post.roles}
        assert len(again(row, every=False)) == bool(list(row.again()))
    assert asked == all_there_is
    assert sum(map(len, BY_DAY.values())) < sum(len(list(row.cells())) for row in ROWS) / 5


def test_a_short_night_asks_the_sample_and_one_of_some_of_each_row() -> None:
    short = chosen(ROWS, every=SHARE)
    for row in ROWS:
        cells, asked = list(row.cells()), short[row.name]
        assert {*BY_DAY[row.name]} <= {*asked} <= {*cells}
        assert len(cells) // SHARE <= len(asked) == len({*asked})


NEEDED = {row.rule.needs(row.contract) for row in ROWS} - {None}


def test_every_permission_is_needed_by_a_row_or_by_a_rule_of_its_own() -> None:
    assert set(Permission) == NEEDED


@pytest.mark.parametrize("permission", sorted(NEEDED))
def test_by_day_each_permission_lets_in_and_keeps_out(permission: Permission) -> None:
    """Whoever holds it is let in by it; whoever does not is refused, of each role."""
    rows = [row for row in ROWS if row.rule.needs(row.contract) is permission]
    let_in, kept_out = set[Role](), set[Role]()
    for cell in (cell for row in rows for cell in BY_DAY[row.name]):
        if len(cell.post.roles) == 1:  # who has two may owe it to the other
            done = cell.outcome in {Outcome.ALLOWED, Outcome.LANDED}
            (let_in if done else kept_out).add(cell.post.roles[0][0])
    holders = {role for role in Role if permission in PERMISSIONS[role]}
    assert let_in == holders
    assert kept_out >= set(Role) - holders


@pytest.mark.asyncio(loop_scope="package")
async def test_everybody_holds_what_the_matrix_says(town: Town) -> None:
    for post in [post for post in POSTS if post.signed_in]:
        held = await grants.grants_of(town.world.deps, town.people[post].person_id)
        found = {(grant.role, grant.place) for grant in held}
        assert found == {(g.role, g.place) for g in post.actor.grants}, post.name
