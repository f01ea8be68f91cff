"""Money that is paid at the counter: booked once, told, and never beside an open order."""

import asyncio
from typing import Any

import pytest

from tests.build.cast import COMMUNITY, LI_HOME, Estate
from tests.build.counter_payments import firms_cashier
from tests.build.payments import order, ordered, owing, pay, state
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
PATH = "/api/v1/counter-payments"
FEE = 5118


@pytest.fixture
async def cashier(estate: Estate) -> Member:
    """The cashier of the firm that charges the property fee."""
    return await firms_cashier(estate)


async def take(estate: Estate, who: Member, **wish: Any) -> Reply:
    body = {"bill_ids": await estate.bill_ids("li"), "way": "cash", "voucher": "A-1", **wish}
    return await estate.world.api.post(PATH, body, as_=who)


async def test_cash_pays_bills_and_its_receipt_is_there(
    estate: Estate, cashier: Member, li: Member
) -> None:
    reply = await take(estate, cashier)
    assert reply.status == 201, reply.body
    taken = reply.body
    assert (taken["amount_fen"], taken["bills"], taken["way"]) == (2 * FEE, 2, "cash")
    assert [line["amount_fen"] for line in taken["lines"]] == [FEE, FEE]
    assert await owing(estate) == 0
    journal = await estate.world.db.journal.find_one({"kind": "counter_payment"})
    assert journal is not None
    assert journal["postings"][0] == {
        "account": f"cash:firm:{cashier.person_id}",
        "amount_fen": 2 * FEE,
    }
    sheet = await estate.world.api.get(
        f"{PATH}/{taken['payment_id']}/receipt/sheet", as_=cashier
    )
    assert sheet.status == 200
    statement = await estate.world.api.get(
        f"/api/v1/homes/{LI_HOME}/statement?year=2026", as_=li
    )
    paid = [each for each in statement.body["entries"] if each["kind"] == "paid"]
    assert [(each["how"], each["amount_fen"]) for each in paid] == [("现金", -FEE)] * 2
    assert {each["reference"] for each in paid} == {taken["receipt_number"]}


async def test_who_owed_it_is_told(estate: Estate, cashier: Member, li: Member) -> None:
    taken = (await take(estate, cashier)).body
    await estate.world.work()
    messages = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    told = [each for each in messages if each["template"] == "counter_payment_booked"]
    assert len(told) == 1
    assert taken["receipt_number"] in str(told[0])


async def test_the_same_voucher_is_booked_once(estate: Estate, cashier: Member) -> None:
    ids = await estate.bill_ids("li")
    wish = {"bill_ids": ids, "amount_fen": 3000}
    replies = await asyncio.gather(*(take(estate, cashier, **wish) for _ in range(4)))
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body["payment_id"] for reply in replies}) == 1
    assert await estate.world.db.counter_payments.count_documents({}) == 1
    other = await take(estate, cashier, bill_ids=ids, amount_fen=3001)
    assert (other.status, other.code) == (409, "voucher_used")
    more = await take(estate, cashier, bill_ids=ids, amount_fen=3000, voucher="A-2")
    assert more.status == 201
    assert await estate.world.db.counter_payments.count_documents({}) == 2


async def test_an_open_order_is_closed_before_money_is_taken(
    estate: Estate, cashier: Member, li: Member
) -> None:
    ids = await estate.bill_ids("li")
    made = await ordered(estate, li)
    assert (await take(estate, cashier, bill_ids=ids)).status == 201
    assert await state(estate, made["payment_id"]) == "closed"
    assert (await pay(estate, li, made))["result"] != "ok"
    assert (await order(estate, li, ids)).code == "bill_already_paid"


async def test_what_was_just_paid_in_wechat_is_not_taken_again(
    estate: Estate, cashier: Member, li: Member
) -> None:
    ids = await estate.bill_ids("li")
    made = await ordered(estate, li)
    await pay(estate, li, made, notify=False)
    refused = await take(estate, cashier, bill_ids=ids)
    assert (refused.status, refused.code) == (409, "bill_already_paid")
    assert await state(estate, made["payment_id"]) == "paid"
    assert await estate.world.db.counter_payments.count_documents({}) == 0


async def test_while_somebody_types_the_password_nothing_is_taken(
    estate: Estate, cashier: Member, li: Member
) -> None:
    ids = await estate.bill_ids("li")
    made = await ordered(estate, li)
    await pay(estate, li, made, slow=True)
    refused = await take(estate, cashier, bill_ids=ids)
    assert (refused.status, refused.code) == (409, "payment_in_progress")
    await estate.world.wechat.do("users/li/finish-payment", out_trade_no=made["payment_id"])
    assert await state(estate, made["payment_id"]) == "paid"


async def test_of_an_order_and_the_counter_at_once_one_wins(
    estate: Estate, cashier: Member, li: Member
) -> None:
    ids = await estate.bill_ids("li")
    for number in range(6):
        bill = [ids[number % 2]]
        taken, made = await asyncio.gather(
            take(estate, cashier, bill_ids=bill, amount_fen=1, voucher=f"B-{number}"),
            order(estate, li, bill),
        )
        opened = await estate.world.db.payments.find({"open": True}).to_list()
        assert taken.status == 201 or made.status == 201, (taken.body, made.body)
        for payment in opened:  # an open order asks for what is owed, whoever came first
            kept = await estate.world.db.bills.find_one({"_id": bill[0]})
            assert kept is not None
            assert payment["bill_ids"] != bill or payment["amount_fen"] == kept["owed_fen"]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"way": "transfer", "paid_on": "2026-02-20"}, 201, ""),
        ({"way": "transfer", "paid_on": "2026-01-20"}, 422, "bad_payment_day"),
        ({"way": "transfer", "paid_on": "2026-02-30"}, 422, "invalid_input"),
        ({"way": "cash", "paid_on": "2026-02-28"}, 422, "bad_payment_day"),
        ({"way": "pos", "paid_on": "2026-12-28"}, 422, "bad_payment_day"),
        ({"way": "wechat"}, 422, "invalid_input"),
        ({"amount_fen": 2 * FEE + 1}, 422, "more_than_owed"),
        ({"voucher": ""}, 422, "invalid_input"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_written(
    estate: Estate, cashier: Member, wish: dict[str, Any], status: int, code: str
) -> None:
    reply = await take(estate, cashier, **wish)
    assert (reply.status, reply.code if code else "") == (status, code), reply.body
    count = await estate.world.db.counter_payments.count_documents({})
    assert count == (1 if status == 201 else 0)


async def test_a_head_takes_money_at_doors_of_their_own_staircase(estate: Estate) -> None:
    head = await estate.member("head")
    reply = await take(estate, head)
    own = await estate.world.db.appointments.find_one({"person": head.person_id})
    assert own is not None
    assert (reply.status == 201) == LI_HOME.startswith(own["place"]), reply.body


async def test_a_firms_cashier_takes_no_money_of_another_payee(
    estate: Estate, cashier: Member
) -> None:
    waste = await estate.world.db.bills.find({"home": LI_HOME, "kind": "waste_fee"}).to_list()
    refused = await take(estate, cashier, bill_ids=[bill["_id"] for bill in waste])
    assert (refused.status, refused.code) == (403, "other_payee")


async def payable(estate: Estate, name: str, home: str = LI_HOME) -> Reply:
    who = await estate.member(name)
    return await estate.world.api.get(f"/api/v1/homes/{home}/payable-bills", as_=who)


async def test_who_takes_money_sees_what_for(estate: Estate) -> None:
    owed = (await payable(estate, "head")).body
    assert [bill["title"] for bill in owed["items"] if bill["kind"] == "property_fee"] == [
        "2026年1月物业费",
        "2026年2月物业费",
    ]
    assert owed["owed_fen"] == sum(bill["owed_fen"] for bill in owed["items"])
    assert (await payable(estate, "li")).status == 403


async def test_a_head_sees_what_the_household_of_today_owes(estate: Estate) -> None:
    sold = {"$set": {"owners_until": "2026-01-31"}}
    await estate.world.db.bills.update_many({"home": LI_HOME, "period": "2026-01"}, sold)
    seen = {name: (await payable(estate, name)).body["items"] for name in ("head", "staff")}
    assert {bill["title"][:7] for bill in seen["head"]} == {"2026年2月"}
    assert {bill["title"][:7] for bill in seen["staff"]} == {"2026年1月", "2026年2月"}


async def test_debts_that_heads_do_not_see_are_not_payable_for_them(estate: Estate) -> None:
    places = estate.world.db.places
    await places.update_one({"_id": COMMUNITY}, {"$set": {"heads_see_debts": False}})
    assert (await payable(estate, "head")).status in {403, 404}
    assert (await payable(estate, "staff")).status == 200


async def test_a_firm_sees_what_is_paid_to_itself(estate: Estate, cashier: Member) -> None:
    path = f"/api/v1/homes/{LI_HOME}/payable-bills"
    found = (await estate.world.api.get(path, as_=cashier)).body["items"]
    assert {bill["kind"] for bill in found} == {"property_fee"}
