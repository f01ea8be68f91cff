"""Instalment agreements in tests: offered by staff, agreed by Li, approved by another."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from services.kernel.acts import Act
from tests.build import photos
from tests.build.cast import LI_HOME, Estate
from tests.build.deeds import Ask, send
from tests.build.merchants import second
from tests.build.world import Reply

PARTS: Final = [
    {"due_on": "2026-03-31", "amount_fen": 5000},
    {"due_on": "2026-04-30", "amount_fen": 5236},
]


async def wish(estate: Estate, **more: Any) -> dict[str, Any]:
    """Return what is offered to Li: 102.36 yuan of two months in two parts."""
    body = {"bill_ids": await estate.bill_ids("li"), "parts": PARTS, "grace_days": 5}
    return {**body, "stops_late_charges": False, **more}


async def offer(estate: Estate, who: str = "staff", **more: Any) -> Reply:
    path, body = f"/api/v1/homes/{LI_HOME}/instalments", await wish(estate, **more)
    return await estate.world.api.post(path, body, as_=await estate.member(who))


async def answer(
    estate: Estate, agreement_id: str, who: str = "li", *, agree: bool = True
) -> Reply:
    path = f"/api/v1/instalments/{agreement_id}/answer"
    return await estate.world.api.post(path, {"agree": agree}, as_=await estate.member(who))


async def decide(
    estate: Estate, agreement_id: str, who: str = "admin", *, approve: bool = True
) -> Reply:
    path = f"/api/v1/instalments/{agreement_id}/decision"
    body = {"approve": approve, "reason": "已核实"}
    return await estate.world.api.post(path, body, as_=await estate.member(who))


async def kept(estate: Estate, **more: Any) -> str:
    """Have an agreement offered, agreed and approved; return its id."""
    made = await offer(estate, **more)
    assert made.status == 201, made.body
    agreement_id: str = made.body["instalments_id"]
    assert (await answer(estate, agreement_id)).status == 200
    done = await decide(estate, agreement_id)
    assert done.status == 200, done.body
    return agreement_id


async def on_paper(estate: Estate, who: str = "staff", **more: Any) -> Reply:
    """Offer it with a photo of what was signed."""
    sender = await estate.member(who)
    photo = await photos.sent(estate.world.api, sender, purpose="charge")
    return await offer(estate, who, photo_ids=[photo], **more)


async def offered(estate: Estate) -> Ask:
    return Ask(f"/api/v1/homes/{LI_HOME}/instalments", await wish(estate))


async def agreed(estate: Estate, *, agree: bool = True) -> Ask:
    made = await offer(estate)
    agreement_id = made.body["instalments_id"]
    path = f"/api/v1/instalments/{agreement_id}/answer"
    return Ask(path, {"agree": agree}, by="li", subject=agreement_id)


async def declined(estate: Estate) -> Ask:
    return await agreed(estate, agree=False)


async def decided(estate: Estate, *, approve: bool = True) -> Ask:
    """An agreement that another administrator offered and Li agreed to."""
    made = await send(estate, await offered(estate), await second(estate), "before")
    agreement_id = made.body["instalments_id"]
    assert (await answer(estate, agreement_id)).status == 200
    path, body = f"/api/v1/instalments/{agreement_id}/decision", {"approve": approve}
    return Ask(path, {**body, "reason": "已核实"}, subject=agreement_id)


async def refused(estate: Estate) -> Ask:
    return await decided(estate, approve=False)


ACTS: Final = (
    (Act.INSTALMENTS_OFFERED, LI_HOME, offered),
    (Act.INSTALMENTS_AGREED, LI_HOME, agreed),
    (Act.INSTALMENTS_DECLINED, LI_HOME, declined),
    (Act.INSTALMENTS_APPROVED, LI_HOME, decided),
    (Act.INSTALMENTS_REFUSED, LI_HOME, refused),
)
AT_LI: Final[dict[Act, Callable[[Estate], Awaitable[Ask]]]] = {
    Act.INSTALMENTS_OFFERED: offered,
    Act.INSTALMENTS_APPROVED: decided,
    Act.INSTALMENTS_REFUSED: refused,
}
