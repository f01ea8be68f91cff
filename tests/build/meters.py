"""Meters in tests: put up in Li's home at the end of 2025, priced for the compound, read."""

from typing import Any, Final

from services.fees.models import FeeKind
from tests.build.cast import COMPOUND, LI_HOME, Estate, payee_of
from tests.build.deeds import Ask, send
from tests.build.world import Reply

METER: Final[dict[str, Any]] = {
    "kind": "water",
    "serial": "1",
    "unit": "m3",
    "from_day": "2025-12-31",
    "first_value": 10_000,
}
PRICE: Final[dict[str, Any]] = {
    "kind": "water",
    "price": 28_000,
    "from_day": "2025-01-01",
    "source": "长发改价格〔2025〕1号",
    "payee_id": payee_of(FeeKind.PROPERTY_FEE),
}
REPLACED: Final[dict[str, Any]] = {
    "day": "2026-03-01",
    "last_value": 20_000,
    "serial": "2",
    "first_value": 0,
    "reason": "到期更换",
}


async def post(estate: Estate, who: str, path: str, **body: Any) -> Reply:
    return await estate.world.api.post(f"/api/v1/{path}", body, as_=await estate.member(who))


async def meter(estate: Estate, home: str = LI_HOME, **more: Any) -> str:
    """Write a meter down; return its id."""
    made = await post(estate, "staff", f"homes/{home}/meters", **{**METER, **more})
    assert made.status == 201, made.body
    return str(made.body["meter_id"])


async def price(estate: Estate, **more: Any) -> Reply:
    made = await post(estate, "staff", f"places/{COMPOUND}/meter-prices", **{**PRICE, **more})
    assert made.status == 201, made.body
    return made


async def read(
    estate: Estate, meter_id: str, day: str, value: int, *, who: str = "head", **more: Any
) -> Reply:
    return await post(estate, who, f"meters/{meter_id}/readings", day=day, value=value, **more)


async def bill(estate: Estate, to_day: str = "2026-02-28", kind: str = "water") -> Reply:
    """Start a round and let the worker do it."""
    path = f"places/{COMPOUND}/meter-rounds"
    made = await post(estate, "staff", path, kind=kind, to_day=to_day)
    if made.status == 202:
        await estate.world.work()
    return made


async def meter_added(_: Estate) -> Ask:
    return Ask(f"/api/v1/homes/{LI_HOME}/meters", METER)


async def _id(estate: Estate) -> str:
    made = await send(estate, await meter_added(estate), await estate.member("admin"), "before")
    return str(made.body["meter_id"])


async def meter_read(estate: Estate) -> Ask:
    meter_id = await _id(estate)
    body = {"day": "2026-02-28", "value": 20_000}
    return Ask(f"/api/v1/meters/{meter_id}/readings", body, subject=meter_id)


async def meter_replaced(estate: Estate) -> Ask:
    meter_id = await _id(estate)
    return Ask(f"/api/v1/meters/{meter_id}/replacement", REPLACED, subject=meter_id)


async def price_set(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{COMPOUND}/meter-prices", PRICE)


async def meters_billed(estate: Estate) -> Ask:
    await send(estate, await price_set(estate), await estate.member("admin"), "before")
    body = {"kind": "water", "to_day": "2026-02-28"}
    return Ask(f"/api/v1/places/{COMPOUND}/meter-rounds", body)
