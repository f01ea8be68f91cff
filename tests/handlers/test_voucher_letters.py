"""Numbers of slips in capitals and small letters: one slip, booked once, shown as typed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
KEYS = {
    bank_transfers: ("number_key",),
    counter_payments: ("voucher_key",),
    deposits: ("voucher_key", "back_voucher_key"),
}


@pytest.mark.parametrize("typed", ["B-1a", "b-1A", "B-1A", "b\uff0d1\uff41", " B-\u200b1a"])
def test_letters_are_the_same_in_any_case_and_width(typed: str) -> None:
    assert vouchers.key(typed) == "b-1a"
    assert vouchers.has_case(typed)
    assert not vouchers.has_case("2026-0301")


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("\u0130-1", "i-1"),  # a capital i with its dot, as some keyboards have it
        ("\u0131-1", "i-1"),
        ("\u00df1", "SS1"),
        ("\u1e9e1", "ss1"),
        ("\u212a-1", "k-1"),  # the sign of kelvin
        ("\u017f1", "S1"),
        ("B1\u3164", "b1"),  # fillers that show nothing
        ("B\u28001", "b1"),
        ("\uff11\uff12", "12"),
    ],
)
def test_the_key_of_a_number_stays_itself(typed: str, same: str) -> None:
    found = vouchers.key(typed)
    assert found == vouchers.key(same)
    for again in (found, found.upper(), typed.upper(), typed.lower()):
        assert vouchers.key(again) == found


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


@contextmanager
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let money be named by its number as it is typed."""

    async def names_of(
        _: Any, account: str, way: CounterWay, numbers: Sequence[str]
    ) -> dict[str, str]:
        return {each: digest_id("counter", account, way, each) for each in numbers}

    with monkeypatch.context() as before:
        before.setattr(names, "names", names_of)
        yield


async def filled(estate: Estate) -> None:
    """Leave documents as they were before their letters were compared, and start again."""
    db = estate.world.db
    for module, fields in KEYS.items():
        unset = {"$unset": dict.fromkeys(fields, "")}
        await db[module.COLLECTION].update_many({}, unset)
    await mongo_indexes.apply(db)
    assert await mongo_indexes.check(db) == []


async def test_slips_of_before_are_found_and_two_of_one_number_stay(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await estate.bill_ids("li")
    with as_before(monkeypatch):
        made = [await pay(estate, first, "b-9a"), await pay(estate, second, "B-9a")]
        kept = await deposits_build.take(estate, way="transfer", voucher="d-9a")
    assert [reply.status for reply in (*made, kept)] == [201] * 3
    assert len({reply.body["payment_id"] for reply in made}) == 2
    await filled(estate)
    for typed in ("B-9A", "b-9a", "D-9A"):
        other = await deposits_build.take(estate, way="transfer", voucher=typed, kind="keys")
        assert used(other), typed
    again = await deposits_build.take(estate, way="transfer", voucher="D-9a")
    assert (again.status, again.body["deposit_id"]) == (201, kept.body["deposit_id"])
    [bill, *_] = await estate.bill_ids("wang")
    assert used(await pay(estate, bill, "D-9A"))


async def test_what_a_bank_wrote_otherwise_is_the_same_money(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    cashier, (first, second) = await cashier_of(estate), await estate.bill_ids("li")

    def file(*numbers: str) -> bytes:
        return csv_file([("2026-02-27", each, "51.18", "", "li", "") for each in numbers])

    with as_before(monkeypatch):
        old = await pay(estate, first, "x9a")
        await imported(estate, cashier, file("q1"))
    await filled(estate)
    found = await imported(estate, cashier, file("X9A", "Q1"))
    assert found["known"] == 1
    taken = await pay(estate, second, "Q1")
    shown = {each["number"]: each for each in await transfers(estate, cashier)}
    assert (shown["X9A"]["state"], shown["q1"]["state"]) == ("booked", "open")
    assert shown["X9A"]["payment_id"] == old.body["payment_id"]
    assert shown["q1"]["transfer_id"] == taken.body["payment_id"]  # it will be found so
    twice = await imported(estate, cashier, file("c1", "C1"))
    assert (twice["state"], twice["refusal"]["code"]) == ("refused", "bank_file_bad_rows")
