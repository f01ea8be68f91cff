"""Exports in tests: asked for, written by the worker, fetched by their link."""

from typing import Any

from tests.build.sign_ins import Member
from tests.build.world import Reply, World


async def exported(
    world: World, who: Member, path: str = "/api/v1/exports", wish: Any = None
) -> dict[str, Any]:
    """Ask for a file, let the worker write it, and return how it is."""
    asked = await world.api.post(path, wish, as_=who)
    assert asked.status == 202, asked.body
    assert (asked.body["state"], asked.body["url"]) == ("writing", None)
    await world.work()
    reply = await world.api.get(f"/api/v1/exports/{asked.body['export_id']}", as_=who)
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def fetched(world: World, export: dict[str, Any]) -> Reply:
    """Fetch a file by its link, signed in as nobody."""
    return await world.api.get(export["url"], as_=None)


async def my_data(world: World, who: Member) -> Reply:
    """Return the file of everything that is held about somebody."""
    return await fetched(world, await exported(world, who, "/api/v1/me/export"))
