"""Money that came at the counter goes back: cash with a signature, or a transfer."""

import asyncio
from typing import Any

import pytest

from services.ledger import actions as ledger
from services.ledger.models import bank, cash_in_hand
from tests.build.cast import LI_HOME, UNIT, Estate
from tests.build.payments import owing, paid
from tests.build.photos import sent
from tests.build.refund_requests import NO, approved, ask, asked, decide
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


async def taken(estate: Estate, way: str = "cash", **wish: Any) -> str:
    """Staff takes what Li's home owes at the counter; return the payment."""
    body = {"bill_ids": await estate.bill_ids("li"), "way": way, "voucher": "A-1", **wish}
    staff = await estate.member("staff")
    reply = await estate.world.api.post("/api/v1/counter-payments", body, as_=staff)
    assert reply.status == 201, reply.body
    return str(reply.body["payment_id"])


async def pay_out(estate: Estate, request_id: str, **wish: Any) -> Reply:
    path = f"/api/v1/refund-requests/{request_id}/payout"
    return await estate.world.api.post(path, wish, as_=await estate.member("staff"))


async def slip(estate: Estate) -> list[str]:
    """Photo of a signed slip."""
    staff = await estate.member("staff")
    return [await sent(estate.world.api, staff, purpose="charge")]


async def cash(estate: Estate, request_id: str) -> Reply:
    photos = await slip(estate)
    return await pay_out(estate, request_id, way="cash", signed_by="李娜", photo_ids=photos)


async def in_hand(estate: Estate) -> int:
    staff = await estate.member("staff")
    return await ledger.balance(estate.world.deps, cash_in_hand("firm", staff.person_id))


async def test_cash_goes_back_with_a_signature(estate: Estate, li: Member) -> None:
    payment = await taken(estate)
    first = (await estate.bills("li", "paid"))[0]["bill_id"]
    wish = {"bills": [{"bill_id": first, "amount_fen": 1000}]}
    made = await approved(estate, payment, counter=True, **wish)
    assert (made["state"], await owing(estate), await in_hand(estate)) == (
        "approved",
        0,
        2 * FEE,
    )
    done = await cash(estate, made["request_id"])
    assert done.status == 200, done.body
    assert (done.body["state"], done.body["back"]) == ("done", "cash")
    assert (done.body["signed_by"], len(done.body["proof_ids"])) == ("李*", 1)
    assert (await owing(estate), await in_hand(estate)) == (1, 2 * FEE - 1000)
    kept = await estate.world.db.refund_requests.find_one({"_id": made["request_id"]})
    assert kept is not None
    assert "李娜" not in str(kept)
    [reversal] = await estate.world.db.receipts.find({"reverses": payment}).to_list()
    assert (reversal["amount_fen"], reversal["refund"]) == (1000, made["number"])
    await estate.world.work()
    inbox = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    assert "bill_reopened" in {each["template"] for each in inbox}
    path = f"/api/v1/homes/{LI_HOME}/statement?year=2026"
    statement = await estate.world.api.get(path, as_=li)
    back = [each for each in statement.body["entries"] if each["kind"] == "refunded"]
    assert [(each["how"], each["amount_fen"]) for each in back] == [("现金", 1000)]


async def test_a_transfer_goes_back_by_transfer_and_its_voucher_is_used_once(
    estate: Estate,
) -> None:
    payment = await taken(estate, "transfer")
    bills = [bill["bill_id"] for bill in await estate.bills("li", "paid")]
    made = [
        await approved(estate, payment, counter=True, bills=[{"bill_id": bill}])
        for bill in bills
    ]
    wish = {"way": "transfer", "voucher": "T-9"}
    replies = await asyncio.gather(*(pay_out(estate, m["request_id"], **wish) for m in made))
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert {reply.code for reply in replies if reply.status == 409} == {"voucher_used"}
    assert await ledger.balance(estate.world.deps, bank("firm")) == FEE
    assert await owing(estate) == 1


async def test_two_transfers_of_one_payment_at_once_both_reverse_its_receipt(
    estate: Estate,
) -> None:
    payment = await taken(estate, "transfer")
    bills = [bill["bill_id"] for bill in await estate.bills("li", "paid")]
    made = [
        await approved(estate, payment, counter=True, bills=[{"bill_id": bill}])
        for bill in bills
    ]
    replies = await asyncio.gather(
        *(
            pay_out(estate, each["request_id"], way="transfer", voucher=f"T-{number}")
            for number, each in enumerate(made)
        )
    )
    assert [reply.status for reply in replies] == [200, 200]
    reversals = await estate.world.db.receipts.find({"reverses": payment}).to_list()
    assert [each["amount_fen"] for each in reversals] == [FEE, FEE]


async def test_of_one_request_at_once_the_money_goes_out_once(estate: Estate) -> None:
    made = await approved(estate, await taken(estate), counter=True)
    photos = [await slip(estate) for _ in range(3)]
    wish = {"way": "cash", "signed_by": "李娜"}
    replies = await asyncio.gather(
        *(pay_out(estate, made["request_id"], photo_ids=each, **wish) for each in photos)
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    assert await in_hand(estate) == 0
    assert await estate.world.db.journal.count_documents({"kind": "counter_refund"}) == 1


async def test_no_more_cash_goes_out_than_is_in_the_drawer(estate: Estate) -> None:
    """Of two refunds at once, one of them of what was transferred, and with a delivery."""
    first, second = await estate.bill_ids("li")
    by_cash = await taken(estate, bill_ids=[first])
    by_bank = await taken(estate, "transfer", bill_ids=[second])
    made = [await approved(estate, each, counter=True) for each in (by_cash, by_bank)]
    photos = [await slip(estate) for _ in made]
    wish = {"way": "cash", "signed_by": "李娜"}
    replies = await asyncio.gather(
        *(
            pay_out(estate, each["request_id"], photo_ids=photo, **wish)
            for each, photo in zip(made, photos, strict=True)
        )
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert {reply.code for reply in replies if reply.status == 409} == {"not_enough_cash"}
    assert await in_hand(estate) == 0


async def test_what_is_offered_to_somebody_is_not_given_back(estate: Estate) -> None:
    made = await approved(estate, await taken(estate), counter=True)
    photos, staff = await slip(estate), await estate.member("staff")
    path = f"/api/v1/places/{UNIT}/cash-deliveries"
    body = {"account": "firm", "counted_fen": 2 * FEE}
    wish = {"way": "cash", "signed_by": "李娜", "photo_ids": photos}
    offered, paid = await asyncio.gather(
        estate.world.api.post(path, body, as_=staff),
        pay_out(estate, made["request_id"], **wish),
    )
    assert offered.status == 201
    delivery = offered.body["delivery_id"]
    if paid.status == 200:  # it came first, and the delivery knows
        assert offered.body["booked_fen"] == 0
    else:
        assert (paid.status, paid.code) == (409, "delivery_open")
        again = await pay_out(estate, made["request_id"], **wish)
        assert (again.status, again.code) == (409, "delivery_open")
        path = f"/api/v1/cash-deliveries/{delivery}/withdrawal"
        assert (await estate.world.api.post(path, as_=staff)).status == 200
        assert (await pay_out(estate, made["request_id"], **wish)).status == 200
    assert await in_hand(estate) == 0


@pytest.mark.parametrize(
    "wish",
    [
        {"way": "cash", "signed_by": "李娜"},
        {"way": "cash", "photo_ids": ["photo"]},
        {"way": "cash", "signed_by": "李娜", "photo_ids": ["photo"], "voucher": "T-1"},
        {"way": "transfer"},
        {"way": "transfer", "voucher": "T-1", "signed_by": "李娜"},
    ],
    ids=["no_photo", "no_name", "cash_voucher", "no_voucher", "transfer_name"],
)
async def test_what_proves_who_got_the_money_is_there(
    estate: Estate, wish: dict[str, Any]
) -> None:
    made = await approved(estate, await taken(estate), counter=True)
    reply = await pay_out(estate, made["request_id"], **wish)
    assert (reply.status, reply.code) == (422, "payout_incomplete")


async def test_nothing_is_paid_out_before_somebody_else_approves(estate: Estate) -> None:
    made = await asked(estate, await taken(estate), counter=True)
    reply = await pay_out(estate, made["request_id"], way="transfer", voucher="T-1")
    assert (reply.status, reply.code) == (409, "refund_moved_on")
    assert await owing(estate) == 0


async def test_what_came_by_wechat_is_not_paid_out(estate: Estate, li: Member) -> None:

    made = await approved(estate, await paid(estate, li))
    reply = await pay_out(estate, made["request_id"], way="transfer", voucher="T-1")
    assert (reply.status, reply.code) == (409, "refund_by_wechat")


async def test_what_nobody_fetches_is_taken_back_and_then_not_paid_out(estate: Estate) -> None:
    """Also of both at one moment only one counts."""
    payment = await taken(estate, "transfer")
    made = await approved(estate, payment, counter=True)
    refused, paid_out = await asyncio.gather(
        decide(estate, made["request_id"], NO, await estate.member("admin")),
        pay_out(estate, made["request_id"], way="transfer", voucher="T-1"),
    )
    assert sorted((refused.status, paid_out.status)) == [200, 409]
    assert await owing(estate) == (2 if paid_out.status == 200 else 0)
    again = await ask(estate, payment, await estate.member("staff"), counter=True)
    assert again.status == (201 if refused.status == 200 else 409)
