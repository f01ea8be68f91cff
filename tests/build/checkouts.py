"""Checkouts in tests: all that somebody owes, to two payees."""

from typing import Any, Final

from tests.build.cast import Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply

CHECKOUTS: Final = "/api/v1/me/checkouts"


async def owed(estate: Estate, who: Member) -> list[str]:
    """All bills that somebody's home owes: property fees to the firm, waste fees to others."""
    return [bill["bill_id"] for bill in await estate.bills(who.name)]


async def start(estate: Estate, who: Member, bill_ids: list[str] | None = None) -> str:
    """Start to pay bills, all that are owed without any; return the id of the checkout."""
    wanted = await owed(estate, who) if bill_ids is None else bill_ids
    reply = await estate.world.api.post(CHECKOUTS, {"bill_ids": wanted}, as_=who)
    assert reply.status == 201, reply.body
    return str(reply.body["checkout_id"])


async def look(estate: Estate, who: Member, checkout_id: str) -> dict[str, Any]:
    reply = await estate.world.api.get(f"{CHECKOUTS}/{checkout_id}", as_=who)
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def states(estate: Estate, who: Member, checkout_id: str) -> list[str]:
    return [part["state"] for part in (await look(estate, who, checkout_id))["parts"]]


async def proceed(estate: Estate, who: Member, checkout_id: str) -> Reply:
    return await estate.world.api.post(f"{CHECKOUTS}/{checkout_id}/next", {}, as_=who)


async def proceeded(estate: Estate, who: Member, checkout_id: str) -> dict[str, Any]:
    reply = await proceed(estate, who, checkout_id)
    assert reply.status == 201, reply.body
    return dict(reply.body)
