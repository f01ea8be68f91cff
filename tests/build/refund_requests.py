"""Refunds by hand in tests: asked for by one of the staff, decided by another."""

from typing import Any, Final

from tests.build.cast import Estate
from tests.build.payments import paid, pass_time
from tests.build.sign_ins import Member
from tests.build.world import Reply

REASON: Final = "多缴一个月"
YES: Final = {"approve": True, "reason": "已核对缴费记录"}
NO: Final = {"approve": False, "reason": "不符合退款条件"}


async def ask(
    estate: Estate, payment_id: str, who: Member, *, counter: bool = False, **wish: Any
) -> Reply:
    """Ask that money of a payment goes back; all of it, unless `wish` says how much."""
    kind = "counter-payments" if counter else "payments"
    path = f"/api/v1/{kind}/{payment_id}/refund-requests"
    return await estate.world.api.post(path, {"reason": REASON, **wish}, as_=who)


async def decide(estate: Estate, request_id: str, body: dict[str, Any], who: Member) -> Reply:
    path = f"/api/v1/refund-requests/{request_id}/decision"
    return await estate.world.api.post(path, body, as_=who)


async def asked(estate: Estate, payment_id: str, **wish: Any) -> dict[str, Any]:
    """Let staff ask for a refund over HTTP."""
    made = await ask(estate, payment_id, await estate.member("staff"), **wish)
    assert made.status == 201, made.body
    return dict(made.body)


async def approved(estate: Estate, payment_id: str, **wish: Any) -> dict[str, Any]:
    """Let staff ask for a refund and an administrator approve it, over HTTP."""
    made = await asked(estate, payment_id, **wish)
    done = await decide(estate, made["request_id"], YES, await estate.member("admin"))
    assert done.status == 200, done.body
    return dict(done.body)


async def refunded(estate: Estate, **wish: Any) -> tuple[str, dict[str, Any]]:
    """Li pays in WeChat, and it goes back; return the payment, and the request in the end."""
    payment_id = await paid(estate, await estate.member("li"))
    made = await approved(estate, payment_id, **wish)
    await pass_time(estate)
    return payment_id, await shown(estate, made["request_id"])


async def shown(estate: Estate, request_id: str) -> dict[str, Any]:
    """Return a request as staff see it."""
    estate.members.pop("staff", None)
    staff = await estate.member("staff")
    found = await estate.world.api.get(f"/api/v1/refund-requests/{request_id}", as_=staff)
    assert found.status == 200, found.body
    return dict(found.body)
