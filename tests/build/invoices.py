"""Requests for invoices in tests, up to the one step that a test takes itself."""

from typing import Final

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, Estate, appoint
from tests.build.deeds import Ask, send
from tests.build.payments import paid

FIRST: Final = "26222000000012345678"
RED: Final = "26222000000012345679"
WISH: Final = {"kind": "personal", "title": "李伟", "email": "li@example.com"}


async def asking(estate: Estate) -> Ask:
    """Li's request for the invoice of a payment of Li's."""
    payment_id = await paid(estate, await estate.member("li"))
    path = f"/api/v1/payments/{payment_id}/invoice-request"
    return Ask(path, WISH, by="li", subject=payment_id, method="PUT")


async def _asked(estate: Estate) -> str:
    """Return the path of a request that Li made; two people of the office may write it."""
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, "admin")
    ask = await asking(estate)
    reply = await send(estate, ask, await estate.member("li"), "asked")
    assert reply.status == 200, reply.body
    return f"/api/v1/invoice-requests/{ask.subject}"


async def reading(estate: Estate) -> Ask:
    path = await _asked(estate)
    return Ask(path, method="GET", subject=path.rpartition("/")[2])


async def sending(estate: Estate) -> Ask:
    path = await _asked(estate)
    return Ask(f"{path}/sent", {"number": FIRST}, subject=path.rpartition("/")[2])


async def taking_back(estate: Estate) -> Ask:
    """The red-letter invoice, after the first was sent and some of the money went back."""
    ask = await sending(estate)
    reply = await send(estate, ask, await estate.member("admin"), "sent")
    assert reply.status == 200, reply.body
    back = {"$set": {"returned_fen": 100}}
    await estate.world.db.payments.update_one({"_id": ask.subject}, back)
    path = ask.path.replace("sent", "red-letter")
    return Ask(path, {"number": RED}, subject=ask.subject)
