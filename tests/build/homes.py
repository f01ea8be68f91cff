"""Requests about homes in tests: filed, read and counted."""

import asyncio
from typing import Any

from tests.build.cast import LI_HOME, Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

# The example of GB 11643-1999 itself.
ID_NUMBER = "11010519491231002X"


async def newcomer(estate: Estate, name: str, phone: str = "") -> Member:
    """Sign somebody in who belongs nowhere yet."""
    return await estate.world.sign_in(name, phone)


async def post(
    estate: Estate, who: Member | str, path: str, body: Any = None, **fields: Any
) -> Reply:
    member = await estate.member(who) if isinstance(who, str) else who
    return await estate.world.api.post(f"/api/v1/{path}", body or fields, as_=member)


async def get(estate: Estate, who: Member | str, path: str) -> Reply:
    member = await estate.member(who) if isinstance(who, str) else who
    return await estate.world.api.get(f"/api/v1/{path}", as_=member)


async def ask(estate: Estate, who: Member | str, home: str, **body: Any) -> Reply:
    wish = {"home": home, "relation": "owner", "name": "陈晨", **body}
    return await post(estate, who, "home-requests", **wish)


async def asked(estate: Estate, who: Member | str, home: str, **body: Any) -> str:
    reply = await ask(estate, who, home, **body)
    assert reply.status == 201, reply.body
    return str(reply.body["request_id"])


async def advised(estate: Estate, request_id: str, known: str = "yes") -> None:
    path = f"home-requests/{request_id}/advice"
    reply = await post(estate, "head", path, known=known, reason="老邻居")
    assert reply.status == 200, reply.body


async def decide(
    estate: Estate, request_id: str, who: Member | str = "staff", *, accept: bool = True
) -> Reply:
    path = f"home-requests/{request_id}/decision"
    return await post(estate, who, path, accept=accept, reason="材料一致")


async def settle(estate: Estate, request_id: str, outcome: str, **more: Any) -> Reply:
    path = f"home-requests/{request_id}/settlement"
    return await post(estate, "staff", path, outcome=outcome, reason="证上如此", **more)


async def invite(estate: Estate, relation: str = "family", **more: Any) -> dict[str, Any]:
    term = {"to_day": "2026-12-31"} if relation == "tenant" else {}
    body = {"relation": relation, "name": "陈晨", **term, **more}
    reply = await post(estate, "li", f"homes/{LI_HOME}/invitations", **body)
    assert reply.status == 201, reply.body
    return dict(reply.body)


async def accept(estate: Estate, who: Member | str, token: str) -> Reply:
    return await post(estate, who, "invitations/accept", token=token)


async def homes_of(estate: Estate, who: Member | str) -> dict[str, str]:
    """Return home → relation, as they see it at this moment."""
    reply = await get(estate, who, "me")
    assert reply.status == 200, reply.body
    return {home["place"]: home["relation"] for home in reply.body["homes"]}


async def people_of(world: World, home: str) -> list[dict[str, Any]]:
    return await world.db.residencies.find({"home": home}).sort("_id", 1).to_list()


async def acts(world: World, act: str) -> list[dict[str, Any]]:
    return await world.db.audit.find({"act": act, "result": "done"}).to_list()


async def told(world: World, who: Member, template: str) -> list[str]:
    query = {"person": who.person_id, "template": template}
    return [m["body"] for m in await world.db.messages.find(query).sort("_id", 1).to_list()]


async def at_once(*calls: Any) -> list[Reply]:
    return list(await asyncio.gather(*calls))
