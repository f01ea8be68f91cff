"""Deposits in tests: taken at the counter, asked back by staff, decided by another."""

from typing import Any, Final

from services.fees.models import FeeKind
from services.kernel.acts import Act
from tests.build import photos
from tests.build.cast import LI_HOME, Estate, payee_of
from tests.build.deeds import Ask, send
from tests.build.homes import post
from tests.build.refund_requests import colleague
from tests.build.world import Reply

DEPOSIT: Final[dict[str, Any]] = {
    "kind": "renovation",
    "why": "装修,验收后退还",
    "payer_name": "李娜",
    "payee_id": payee_of(FeeKind.PROPERTY_FEE),
    "amount_fen": 200000,
    "way": "cash",
    "voucher": "Y-1",
}
YES: Final = {"approve": True, "reason": "验收合格"}
NO: Final = {"approve": False, "reason": "还没有验收"}
BACK: Final = {"take_back": True, "reason": "交款人有异议,重新核实"}
STAYS: Final = {"take_back": False, "reason": "照片显示墙面损坏"}
BY_TRANSFER: Final = {"way": "transfer", "voucher": "T-1"}


async def take(estate: Estate, who: str = "staff", home: str = LI_HOME, **more: Any) -> Reply:
    return await post(estate, who, f"homes/{home}/deposits", {**DEPOSIT, **more})


async def kept(estate: Estate, **more: Any) -> str:
    made = await take(estate, **more)
    assert made.status == 201, made.body
    deposit_id: str = made.body["deposit_id"]
    return deposit_id


async def asked(estate: Estate, deposit_id: str, deduct_fen: int = 0) -> Reply:
    """Let staff ask for the return, less a deduction with a photo."""
    body: dict[str, Any] = {}
    if deduct_fen:
        staff = await estate.member("staff")
        photo = await photos.sent(estate.world.api, staff, purpose="charge")
        body = {
            "deduct_fen": deduct_fen,
            "deducted_because": "墙面损坏",
            "photo_ids": [photo],
        }
    return await post(estate, "staff", f"deposits/{deposit_id}/return", body)


async def approved(estate: Estate, deduct_fen: int = 0, **more: Any) -> str:
    deposit_id = await kept(estate, **more)
    assert (await asked(estate, deposit_id, deduct_fen)).status == 200
    done = await post(estate, "admin", f"deposits/{deposit_id}/return-decision", YES)
    assert done.status == 200, done.body
    return deposit_id


async def pay_out(estate: Estate, deposit_id: str, who: str = "staff", **how: Any) -> Reply:
    return await post(estate, who, f"deposits/{deposit_id}/payout", how or BY_TRANSFER)


async def signed(estate: Estate, who: str = "staff") -> dict[str, Any]:
    """Return what is written of cash that somebody signed for."""
    member = await estate.member(who)
    photo = await photos.sent(estate.world.api, member, purpose="charge")
    return {"way": "cash", "signed_by": "李娜", "photo_ids": [photo]}


# What is left to be asked, for the tests of all acts. Li's deposit was taken by a colleague.


async def deposit_to_take(estate: Estate) -> Ask:
    await colleague(estate)
    return Ask(f"/api/v1/homes/{LI_HOME}/deposits", DEPOSIT)


async def return_to_ask(estate: Estate) -> Ask:
    await colleague(estate)
    deposit_id = await kept(estate, who="colleague")
    return Ask(f"/api/v1/deposits/{deposit_id}/return", {}, subject=deposit_id)


async def return_to_decide(estate: Estate, body: dict[str, Any] = YES) -> Ask:
    ask = await return_to_ask(estate)
    reply = await send(estate, ask, await estate.member("colleague"), "asked")
    assert reply.status == 200, reply.body
    path = f"/api/v1/deposits/{ask.subject}/return-decision"
    return Ask(path, body, subject=ask.subject)


async def return_to_refuse(estate: Estate) -> Ask:
    return await return_to_decide(estate, NO)


async def deposit_to_pay_out(estate: Estate) -> Ask:
    ask = await return_to_decide(estate)
    reply = await send(estate, ask, await estate.member("admin"), "approved")
    assert reply.status == 200, reply.body
    return Ask(f"/api/v1/deposits/{ask.subject}/payout", BY_TRANSFER, subject=ask.subject)


async def review(
    estate: Estate, deposit_id: str, body: dict[str, Any] = BACK, who: str = "admin"
) -> Reply:
    return await post(estate, who, f"deposits/{deposit_id}/review", body)


async def approval_to_take_back(estate: Estate) -> Ask:
    ask = await deposit_to_pay_out(estate)
    path = f"/api/v1/deposits/{ask.subject}/review"
    return Ask(path, BACK, subject=ask.subject)


async def objection_to_answer(estate: Estate) -> Ask:
    ask = await deposit_to_object(estate)
    reply = await send(estate, ask, await estate.member("colleague"), "objected")
    assert reply.status == 200, reply.body
    path = f"/api/v1/deposits/{ask.subject}/review"
    return Ask(path, STAYS, subject=ask.subject)


async def deposit_to_object(estate: Estate) -> Ask:
    await colleague(estate)
    deposit_id = await kept(estate, who="colleague")
    deducted = {"$set": {"deduct_fen": 100}}
    await estate.world.db.deposits.update_one({"_id": deposit_id}, deducted)
    path = f"/api/v1/deposits/{deposit_id}/objection"
    return Ask(path, {"note": "不是我弄坏的"}, subject=deposit_id)


# Acts that nobody does at their own home, and those of them that are done at the counter.
AT_LI: Final = {
    Act.DEPOSIT_TAKEN: deposit_to_take,
    Act.DEPOSIT_RETURN_ASKED: return_to_ask,
    Act.DEPOSIT_RETURN_APPROVED: return_to_decide,
    Act.DEPOSIT_RETURN_REFUSED: return_to_refuse,
    Act.DEPOSIT_RETURNED: deposit_to_pay_out,
    Act.DEPOSIT_OBJECTED: deposit_to_object,
    Act.DEPOSIT_OBJECTION_ANSWERED: objection_to_answer,
    Act.DEPOSIT_APPROVAL_TAKEN_BACK: approval_to_take_back,
}
AT_COUNTER: Final = (
    *(Act.DEPOSIT_TAKEN, Act.DEPOSIT_RETURN_ASKED),
    *(Act.DEPOSIT_RETURNED, Act.DEPOSIT_OBJECTED),
)
