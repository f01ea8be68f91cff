"""Receipts in tests: payees whose receipts are numbered, and what they say."""

from typing import Any

import msgspec

from services.fees.models import FeeKind
from tests.build.cast import Estate, payee_of
from tests.build.sign_ins import Member

PROPERTY = payee_of(FeeKind.PROPERTY_FEE)


async def numbered(estate: Estate) -> None:
    """Have the receipts of the property fee numbered without gaps."""
    path = f"/api/v1/payees/{PROPERTY}/receipt-numbers"
    admin = await estate.member("admin")
    body = msgspec.json.encode({"numbered": True})
    reply = await estate.world.api.call("PUT", path, body, as_=admin)
    assert (reply.status, reply.body["numbers_receipts"]) == (200, True), reply.body


async def receipt_of(estate: Estate, who: Member, payment_id: str) -> dict[str, Any]:
    path = f"/api/v1/payments/{payment_id}/receipt"
    reply = await estate.world.api.get(path, as_=who)
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def serials(estate: Estate, series: str = "firm:2026") -> dict[str, int]:
    """Return receipt → its number, of a series."""
    found = estate.world.db.receipts.find({"series": series})
    return {each["_id"]: each["serial"] async for each in found}
