"""Data of every kind at every place of the matrix: what nobody has cannot leak.

A new maker belongs here, too, so that lists have something to show and something to hide.
"""

from typing import Final

from tests.build.world import World
from tests.matrix import dwelling, makers, money
from tests.matrix.posts import COMMUNITY, HOMES, OTHER_COMMUNITY, POSTS, UNITS
from tests.matrix.town import Maker, Scene, Town, build, furnish

COMPOUNDS: Final = tuple(dict.fromkeys(unit.rsplit(".", 2)[0] for unit in UNITS))
FURNITURE: Final[tuple[tuple[Maker, tuple[str, ...]], ...]] = (
    (makers.resident, tuple(HOMES)),
    (makers.office, UNITS),
    (makers.hand_over, UNITS),
    (makers.contract, COMPOUNDS),
    (makers.grid, (COMMUNITY, OTHER_COMMUNITY)),
    (money.owing_bill, tuple(HOMES)),
    (money.payment, tuple(HOMES)),
    (money.refund, tuple(HOMES)),
    (money.suspended, tuple(HOMES)),
    (money.rule, (*COMPOUNDS, *UNITS)),
    (money.drafted_run, COMPOUNDS),
    (money.previewed_import, COMPOUNDS),
    (dwelling.asked_head, tuple(HOMES)),
    (dwelling.asked_community, tuple(HOMES)),
    (dwelling.invitation, tuple(HOMES)),
    (dwelling.own_request, tuple(HOMES)),
    (dwelling.proof, tuple(HOMES)),
)


async def furnished(world: World) -> Town:
    town = await build(world)
    await furnish(town, *FURNITURE)
    for post in POSTS:
        someone = town.people[post]
        await makers.message(Scene(town, "", someone))
    return town
