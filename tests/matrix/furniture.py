"""Data of every kind at every place of the matrix: what nobody has cannot leak."""

from tests.build.world import World
from tests.matrix import makers
from tests.matrix.posts import POSTS
from tests.matrix.rows import FURNITURE
from tests.matrix.town import Scene, Town, build, furnish


async def furnished(world: World) -> Town:
    town = await build(world)
    await furnish(town, FURNITURE)
    for post in POSTS:
        await makers.message(Scene(town, "", town.people[post]))
    return town
