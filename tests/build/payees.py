"""Acts on payees: who is paid the fees of a place, and how their receipts are numbered."""

from services.fees.models import FeeKind
from tests.build.cast import COMPOUND, Estate, payee_of
from tests.build.deeds import Ask


async def payee_added(_: Estate) -> Ask:
    wish = {"name": "环卫中心", "account": "sanitation", "kinds": ["waste_fee"]}
    path = f"/api/v1/places/{COMPOUND}/payees"
    return Ask(path, {**wish, "from_day": "2026-03-01"}, by="admin")


async def payee_ended(_: Estate) -> Ask:
    payee = payee_of(FeeKind.WASTE_FEE)
    body = {"last_day": "2026-12-31"}
    return Ask(f"/api/v1/payees/{payee}/end", body, by="admin", subject=payee)


async def receipts_numbered(_: Estate) -> Ask:
    payee = payee_of(FeeKind.WASTE_FEE)
    path = f"/api/v1/payees/{payee}/receipt-numbers"
    return Ask(path, {"numbered": True}, by="admin", subject=payee, method="PUT")
