"""Numbers of slips in capitals and small letters: one slip, booked once, shown as typed."""

import asyncio
from typing import Any

import pytest

import mongo_indexes
from mongo_indexes import bank_transfers, counter_payments, deposits
from services.counter_payments.models import CounterWay
from services.counter_payments.vouchers import actions as names
from services.kernel import vouchers
from services.kernel.documents import digest_id
from tests.build import deposits as deposits_build
from tests.build import prepayment_returns, prepayments, refund_requests
from tests.build.bank_statements import cashier_of, csv_file, imported, transfers
from tests.build.cast import Estate
from tests.build.homes import post
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
KEYS = {deposits: ("voucher_key", "back_voucher_key"), counter_payments: ("voucher_key",)}


@pytest.mark.parametrize("typed", ["B-1a", "b-1A", "B-1A", "b\uff0d1\uff41", " B-\u200b1a"])
def test_letters_are_the_same_in_any_case_and_width(typed: str) -> None:
    assert vouchers.key(typed) == "b-1a"
    assert vouchers.has_case(typed)
    assert not vouchers.has_case("2026-0301")


async def pay(estate: Estate, bill_id: str, voucher: str, way: str = "transfer") -> Reply:
    slip = {"bill_ids": [bill_id], "way": way, "voucher": voucher}
    return await post(estate, "staff", "counter-payments", slip)


def used(reply: Reply) -> bool:
    return (reply.status, reply.code) == (409, "voucher_used")


async def test_a_slip_is_booked_once_however_it_is_typed(estate: Estate) -> None:
    first, second = await estate.bill_ids("li")
    made = await pay(estate, first, "b-1A", "cash")
    assert made.body["voucher"] == "b-1A"  # as it was typed
    again = await pay(estate, first, "B-1a", "cash")
    assert (again.status, again.body["payment_id"]) == (201, made.body["payment_id"])
    assert used(await pay(estate, second, "B-1a", "cash"))
    assert used(await deposits_build.take(estate, voucher="B-1A"))
    assert (await deposits_build.take(estate, voucher="y-2")).status == 201
    assert used(await pay(estate, second, "Y-2", "cash"))
    assert (await pay(estate, second, "z-3", "cash")).status == 201
    staff = await estate.member("staff")
    for typed in ("b-1a", "Y-2"):
        ahead = await prepayments.take(estate, staff, months=1, voucher=typed)
        assert used(ahead), ahead.body


async def test_one_slip_at_one_moment_is_one(estate: Estate) -> None:
    first, second = await estate.bill_ids("li")
    replies = await asyncio.gather(pay(estate, first, "b-1a"), pay(estate, second, "B-1A"))
    assert sorted(reply.status for reply in replies) == [201, 409]
    [lost] = [reply for reply in replies if reply.status == 409]
    assert used(lost)


async def test_a_transfer_gives_money_back_once_however_it_is_typed(estate: Estate) -> None:
    deposit = await deposits_build.approved(estate, way="transfer", voucher="D-1")
    other = await deposits_build.approved(estate, way="pos", voucher="D-2")
    prepaid = await prepayment_returns.lying(estate)
    back = await prepayment_returns.approved(estate, prepaid)
    paid = await estate.world.db.counter_payments.find_one({"voucher": "B-1"})
    assert paid is not None
    fee = await refund_requests.approved(estate, paid["_id"], counter=True)
    paths = [
        f"deposits/{deposit}/payout",
        f"deposits/{other}/payout",
        f"prepayment-returns/{back}/payout",
        f"refund-requests/{fee['request_id']}/payout",
    ]

    async def hand_out(path: str, voucher: str) -> Reply:
        return await post(estate, "staff", path, {"way": "transfer", "voucher": voucher})

    replies = await asyncio.gather(hand_out(paths[0], "r-1a"), hand_out(paths[1], "R-1a"))
    assert sorted(reply.status for reply in replies) == [200, 409]
    for path in paths[2:]:
        assert used(await hand_out(path, "R-1A")), path
    assert (await hand_out(paths[2], "s-1")).status == 200
    assert used(await hand_out(paths[3], "S-1"))
    assert (await hand_out(paths[3], "S-2")).body["voucher"] == "S-2"


async def booked_before(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, *made: tuple[str, str]
) -> list[Reply]:
    """Book slips as they were booked before their letters were compared."""

    async def old(_: Any, account: str, way: CounterWay, voucher: str) -> str:
        return digest_id("counter", account, way, voucher)

    with monkeypatch.context() as before:
        before.setattr(names, "name", old)
        replies = [await pay(estate, bill, voucher) for bill, voucher in made]
    db = estate.world.db
    for module, fields in KEYS.items():
        unset = {"$unset": dict.fromkeys(fields, "")}
        await db[module.COLLECTION].update_many({}, unset)
    await mongo_indexes.apply(db)
    assert await mongo_indexes.check(db) == []
    return replies


async def test_slips_of_before_are_found_and_two_of_one_number_stay(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await estate.bill_ids("li")
    made = await booked_before(estate, monkeypatch, (first, "b-9a"), (second, "B-9a"))
    assert [reply.status for reply in made] == [201, 201]
    assert len({reply.body["payment_id"] for reply in made}) == 2
    for typed in ("B-9A", "b-9a"):
        assert used(await deposits_build.take(estate, way="transfer", voucher=typed))


async def test_what_a_bank_wrote_otherwise_is_the_same_money(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    cashier = await cashier_of(estate)
    first, _ = await estate.bill_ids("li")
    [old] = await booked_before(estate, monkeypatch, (first, "x9a"))
    rows = [("2026-02-27", number, "51.18", "", "li", "") for number in ("X9A", "q1")]
    found = await imported(estate, cashier, csv_file(rows))
    shown = {each["number"]: each for each in await transfers(estate, cashier)}
    assert shown["X9A"]["payment_id"] == old.body["payment_id"]
    assert (shown["X9A"]["state"], shown["q1"]["state"]) == ("booked", "open")
    again = await imported(estate, cashier, csv_file([(*rows[1][:1], "Q1", *rows[1][2:])]))
    assert (found["known"], again["known"]) == (0, 1)
    both = [(*rows[0][:1], number, *rows[0][2:]) for number in ("c1", "C1")]
    twice = await imported(estate, cashier, csv_file(both))
    assert (twice["state"], twice["refusal"]["code"]) == ("refused", "bank_file_bad_rows")
    assert await estate.world.db[bank_transfers.COLLECTION].count_documents({}) == 2
