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


async def combining(estate: Estate) -> None:
    """Let the firm and the sanitation be paid by one order, at WeChat and here."""
    for key in ("firm", "sanitation"):
        await estate.world.wechat.do(f"merchants/{key}", combines=True)
        accounts = estate.world.deps.merchants
        accounts.put(accounts.environment[key], combines=True)


async def parts(estate: Estate, made: dict[str, Any]) -> list[dict[str, Any]]:
    """What we keep of the orders that one tap pays, as they are handed out."""
    ids = [payment["payment_id"] for payment in made["payments"]]
    found = [await estate.world.db.payments.find_one({"_id": each}) for each in ids]
    return [dict(each) for each in found if each]


async def part_states(estate: Estate, made: dict[str, Any]) -> list[str]:
    return [str(part["state"]) for part in await parts(estate, made)]


async def number_of(estate: Estate, made: dict[str, Any]) -> str:
    """The number at WeChat of the combined order."""
    return str((await parts(estate, made))[0]["combined"]["number"])


async def notified(estate: Estate, made: dict[str, Any], **craft: Any) -> Any:
    """Have WeChat send one more notice of a combined order, made as `craft` says."""
    number = await number_of(estate, made)
    return await estate.world.wechat.do("notify", out_trade_no=number, **craft)


async def told(estate: Estate, made: dict[str, Any]) -> dict[str, Any]:
    """What the next notice of a combined order says, to be changed: its plain resource."""
    first, number = (await parts(estate, made))[0], await number_of(estate, made)
    client = estate.world.deps.merchants[first["combined"]["account"]]
    answer = await client.query_combined(number)
    return {
        "combine_appid": client.account.appid,
        "combine_mchid": answer.mchid,
        "combine_out_trade_no": answer.number,
        "sub_orders": [
            {
                "mchid": part.mchid,
                "out_trade_no": part.out_trade_no,
                "trade_state": part.trade_state,
                "transaction_id": part.transaction_id,
                "trade_type": part.trade_type,
                "amount": {"total_amount": part.amount_fen, "currency": part.currency},
            }
            for part in answer.parts
        ],
    }
