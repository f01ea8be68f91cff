"""Acts about homes and who lives there, up to the one request a test makes itself."""

from typing import Final

from tests.build.cast import (
    LI_HOME,
    Estate,
)
from tests.build.deeds import Ask
from tests.build.homes import asked, newcomer
from tests.build.payments import paid

FEE: Final = {"name": "陈晨", "reason": "户口本"}
REVEAL: Final = {"fields": ["phone"], "reason": "contact_resident"}


async def request_for(estate: Estate, relation: str = "family") -> str:
    chen = await newcomer(estate, "chen")
    return await asked(estate, chen, LI_HOME, relation=relation)


async def advised(estate: Estate) -> Ask:
    await estate.member("head")
    request_id = await request_for(estate)
    body = {"known": "yes", "reason": "老邻居"}
    return Ask(f"/api/v1/home-requests/{request_id}/advice", body)


async def decided(estate: Estate) -> Ask:
    request_id = await request_for(estate)
    body = {"accept": True, "reason": "材料一致"}
    return Ask(f"/api/v1/home-requests/{request_id}/decision", body)


async def printed(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{LI_HOME}/home-codes")


async def added(_: Estate) -> Ask:
    return Ask(f"/api/v1/homes/{LI_HOME}/residents", {**FEE, "relation": "family"})


async def changed(_: Estate) -> Ask:
    body = {"phone": "13900000077", "reason": "本人更换"}
    return Ask("/api/v1/residencies/r1-mei/phone", body)


async def ended(_: Estate) -> Ask:
    return Ask("/api/v1/residencies/r1-mei/end", {"reason": "搬走"})


async def sold(_: Estate) -> Ask:
    return Ask(f"/api/v1/homes/{LI_HOME}/transfer", {**FEE, "day": "2026-03-02"})


async def corrected(_: Estate) -> Ask:
    body = {"from_day": "2026-01-01", "area": 8800, "document": "不动产权证", "reason": "抄错"}
    return Ask(f"/api/v1/homes/{LI_HOME}/correction", body)


async def suspended(estate: Estate) -> Ask:
    """Money that WeChat confirms for Li's order, of another amount than the order's."""
    payment_id = await paid(estate, await estate.member("li"), notify=False)
    change = {"$inc": {"amount_fen": 1}}
    await estate.world.db.payments.update_one({"_id": payment_id}, change)
    await estate.world.wechat.do("notify", out_trade_no=payment_id)
    await estate.world.work()
    return Ask(f"/api/v1/discrepancies/firm:{payment_id}/return")


async def revealed(_: Estate) -> Ask:
    return Ask("/api/v1/residencies/r0-li/reveal", REVEAL)
