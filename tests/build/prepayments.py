"""Prepayments in tests: as they are kept, and a history of one that was used."""

from datetime import datetime
from typing import Any, Final

from services.fees.models import FeeKind
from services.prepayments.models import Prepayment
from tests.build.cast import LI_HOME, WANG_HOME, Estate, bill
from tests.build.payments import pay
from tests.build.sign_ins import Member
from tests.build.world import Reply

PATH: Final = "/api/v1/me/prepayments"


def kept(number: int, *, home: str, at: datetime) -> Prepayment:
    """Return a prepayment as it is kept; those of different numbers differ."""
    return Prepayment(
        id=f"a{number}",
        home=home,
        kind=[*FeeKind][number % 2],
        payee="payee",
        account="firm" if number % 3 else "sanitation",
        payee_name="物业",
        since="",
        owners_until="2026-02-27" if number % 2 else None,
        fen=1000 + number // 2,  # two of each sum: ties
        version=1,
        opened_at=at,
    )


async def ahead(estate: Estate, who: Member, **wish: Any) -> Reply:
    """Ask to pay for bills to come."""
    body = {"home": LI_HOME, "kind": "property_fee", **wish}
    return await estate.world.api.post(PATH, body, as_=who)


async def paid_ahead(estate: Estate, who: Member, **wish: Any) -> str:
    """Pay in advance by WeChat; return the payment."""
    made = await ahead(estate, who, **wish)
    assert made.status == 201, made.body
    assert (await pay(estate, who, made.body))["result"] == "ok"
    return str(made.body["payment_id"])


async def take(estate: Estate, who: Member, **wish: Any) -> Reply:
    """Ask to book cash at the counter for bills to come."""
    slip = {"home": LI_HOME, "kind": "property_fee", "way": "cash", "voucher": "A-2", **wish}
    return await estate.world.api.post("/api/v1/counter-prepayments", slip, as_=who)


async def used(estate: Estate) -> None:
    """Pay in advance by WeChat and at the counter, and have bills of a month paid from it."""
    await paid_ahead(estate, await estate.member("li"), months=3)
    taken = await take(estate, await estate.member("head"), home=WANG_HOME, months=2)
    assert taken.status == 201, taken.body
    await bill(estate.world, "2026-03")
