"""Money that leaves a bank account: refunds, prepaid money, deposits given back by transfer."""

import asyncio
from typing import Any

import pytest

from tests.bank_statements.test_days import DIFFERENCES, REASON, again, compare, day_of
from tests.bank_statements.test_days import differences as differences_of
from tests.build import deposits, prepayment_returns, refund_requests
from tests.build.bank_statements import TRANSFERS, csv_file, imported, transfers
from tests.build.cast import Estate
from tests.build.races import begin_together
from tests.build.reconciliations import DAYS
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
TODAY, TOMORROW = "2026-03-02", "2026-03-03"
OUT = "&direction=out"
FEN = 10236


async def refunded(estate: Estate, voucher: str = "T-1") -> str:
    """What Li paid by transfer B-1 goes back by another one, by staff; return the request."""
    made = await refund_requests.counter_refund(estate, await estate.bill_ids("li"))
    path = f"/api/v1/refund-requests/{made.request_id}/payout"
    wish = {"way": "transfer", "voucher": voucher}
    done = await estate.world.api.post(path, wish, as_=await estate.member("staff"))
    assert done.status == 200, done.body
    return made.request_id


async def brought_in(estate: Estate, *rows: tuple[str, str], first: Any = None) -> Member:
    """Let a day pass, and bring in what the bank has of it: number and amount that left."""
    await estate.world.advance(days=1)
    cashier = await again(estate)
    came = (TODAY, "B-1", "102.36", "", "li", "")
    left = [(TODAY, number, "", amount, "李*", "退款") for number, amount in rows]
    found = await imported(estate, cashier, csv_file([first or came, *left]))
    assert found["state"] == "read", found
    await compare(estate)
    return cashier


async def open_ones(estate: Estate) -> dict[str, tuple[str, Any, Any]]:
    return {
        each["reference"]: (each["kind"], each["billed_fen"], each["booked_fen"])
        for each in await differences_of(estate, state="open")
    }


async def left_rows(estate: Estate, who: Member) -> dict[str, dict[str, Any]]:
    return {each["number"]: each for each in await transfers(estate, who, OUT)}


async def confirm(estate: Estate, who: Member, row: str, payout: str) -> Reply:
    path = f"{TRANSFERS}/{row}/payout"
    return await estate.world.api.post(path, {"payout_id": payout}, as_=who)


@pytest.mark.usefixtures("cashier")
async def test_a_refund_that_the_bank_has_by_its_number_closes_the_day(estate: Estate) -> None:
    request = await refunded(estate)
    cashier = await brought_in(estate, ("T-1", "102.36"))
    row = (await left_rows(estate, cashier))["T-1"]
    assert (row["state"], row["direction"], row["payouts"]) == ("booked", "out", [])
    assert row["payment_id"] == f"counter-refund:{request}"
    day = await day_of(estate, "bank", TODAY)
    assert day["state"] == "closed", await differences_of(estate)
    for side in ("billed", "told", "booked"):
        assert (day[side]["refunds"], day[side]["refunded_fen"]) == (1, FEN)
        assert (day[side]["payments"], day[side]["paid_fen"]) == (1, FEN)


@pytest.mark.usefixtures("cashier")
async def test_what_left_without_a_payout_is_a_difference_until_it_is_set_aside(
    estate: Estate,
) -> None:
    await refunded(estate)
    cashier = await brought_in(estate, ("T-1", "102.36"), ("W-7", "8.00"))
    assert await open_ones(estate) == {"W-7": ("not_booked", 800, None)}
    day = await day_of(estate, "bank", TODAY)
    assert (day["state"], day["billed"]["refunded_fen"]) == ("differing", FEN + 800)
    path = f"{DAYS}/{day['_id']}/close"
    early = await estate.world.api.post(path, REASON, as_=cashier)
    assert (early.status, early.code) == (409, "day_not_ready")
    row = (await left_rows(estate, cashier))["W-7"]
    aside = f"{TRANSFERS}/{row['transfer_id']}/set-aside"
    done = await estate.world.api.post(aside, {"reason": "电费"}, as_=cashier)
    assert (done.status, done.body["state"]) == (200, "no_fee")
    await compare(estate)
    assert (await day_of(estate, "bank", TODAY))["state"] == "closed"


@pytest.mark.usefixtures("cashier")
async def test_a_payout_that_the_bank_lacks_and_one_of_another_amount_are_differences(
    estate: Estate,
) -> None:
    await refunded(estate)
    deposit = await deposits.approved(estate, way="transfer", voucher="Y-1", amount_fen=900)
    paid = await deposits.pay_out(estate, deposit, way="transfer", voucher="T-2")
    assert paid.status == 200, paid.body
    cashier = await brought_in(estate, ("T-2", "9.01"))
    found = await open_ones(estate)
    assert found["T-1"] == ("not_at_wechat", None, FEN)
    assert found["T-2"] == ("amount", 901, 900)
    row = (await left_rows(estate, cashier))["T-2"]
    aside = f"{TRANSFERS}/{row['transfer_id']}/set-aside"
    done = await estate.world.api.post(aside, {"reason": "电费"}, as_=cashier)
    assert done.status == 200, done.body
    await compare(estate)
    assert (await open_ones(estate))["T-2"] == ("amount", 901, 900)


@pytest.mark.usefixtures("cashier")
async def test_a_payouts_number_in_other_letters_is_one_difference_and_not_set_aside(
    estate: Estate,
) -> None:
    await refunded(estate, "t-1")
    cashier = await brought_in(estate, ("T-1", "102.35"))
    amounts = ("amount", FEN - 1, FEN)
    assert await open_ones(estate) == {"T-1": amounts}
    row = (await left_rows(estate, cashier))["T-1"]
    aside = f"{TRANSFERS}/{row['transfer_id']}/set-aside"
    done = await estate.world.api.post(aside, {"reason": "电费"}, as_=cashier)
    assert done.status == 200, done.body
    await compare(estate)
    assert await open_ones(estate) == {"T-1": amounts}


@pytest.mark.usefixtures("cashier")
async def test_who_handed_it_out_explains_no_difference_of_it(estate: Estate) -> None:
    await refunded(estate)
    await estate.world.db.refund_requests.update_one(
        {}, {"$set": {"paid_out_by": (await estate.member("admin")).person_id}}
    )
    await brought_in(estate, ("X-1", "102.36"))
    estate.members.clear()
    [found] = await differences_of(estate, reference="T-1")
    path = f"{DIFFERENCES}/{found['_id']}/close"
    own = await estate.world.api.post(path, REASON, as_=await estate.member("admin"))
    assert (own.status, own.code) == (403, "own_payout")
    others = await estate.world.api.post(path, REASON, as_=await again(estate))
    assert others.status == 200, others.body


@pytest.mark.usefixtures("cashier")
async def test_a_number_that_was_mistyped_is_confirmed_by_a_person(estate: Estate) -> None:
    request = await refunded(estate, "T-9")
    cashier = await brought_in(estate, ("T-1", "102.36"))
    assert set(await open_ones(estate)) == {"T-1", "T-9"}
    row = (await left_rows(estate, cashier))["T-1"]
    [proposed] = row["payouts"]
    assert (proposed["voucher"], proposed["kind"], proposed["day"]) == ("T-9", "refund", TODAY)
    assert proposed["payout_id"] == f"counter-refund:{request}"
    done = await confirm(estate, cashier, row["transfer_id"], proposed["payout_id"])
    assert (done.status, done.body["state"]) == (200, "booked"), done.body
    await compare(estate)
    assert (await day_of(estate, "bank", TODAY))["state"] == "closed"
    later = await confirm(estate, cashier, row["transfer_id"], proposed["payout_id"])
    assert (later.status, later.code) == (409, "bank_transfer_moved_on")


@pytest.mark.usefixtures("cashier")
async def test_a_payout_is_one_row_whoever_confirms_it_at_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refunded(estate, "T-9")
    cashier = await brought_in(estate, ("T-1", "102.36"), ("T-2", "102.36"))
    rows = await left_rows(estate, cashier)
    [proposed] = rows["T-1"]["payouts"]
    asks = [
        confirm(estate, cashier, rows[number]["transfer_id"], proposed["payout_id"])
        for number in ("T-1", "T-2", "T-1", "T-2")
    ]
    with monkeypatch.context() as patched:
        begin_together(patched, "bank_transfers")
        replies = await asyncio.gather(*asks)
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    await compare(estate)
    [left] = (await open_ones(estate)).values()
    assert left == ("not_booked", FEN, None)


@pytest.mark.usefixtures("cashier")
async def test_a_row_is_no_payout_of_another_amount_or_of_ones_own_hand(
    estate: Estate,
) -> None:
    request = await refunded(estate, "T-9")
    cashier = await brought_in(estate, ("T-1", "102.35"), ("T-2", "102.36"))
    rows = await left_rows(estate, cashier)
    payout = f"counter-refund:{request}"
    other = await confirm(estate, cashier, rows["T-1"]["transfer_id"], payout)
    assert (other.status, other.code) == (422, "other_amount")
    [came] = await transfers(estate, cashier)
    into = await confirm(estate, cashier, came["transfer_id"], payout)
    assert (into.status, into.code) == (422, "other_amount")
    nothing = await confirm(estate, cashier, rows["T-2"]["transfer_id"], "counter-refund:x")
    assert nothing.status == 404
    own = {"$set": {"paid_out_by": cashier.person_id}}
    await estate.world.db.refund_requests.update_one({"_id": request}, own)
    refused = await confirm(estate, cashier, rows["T-2"]["transfer_id"], payout)
    assert (refused.status, refused.code) == (403, "own_payout")


@pytest.mark.usefixtures("cashier")
async def test_prepaid_money_is_known_by_its_number_whatever_day_it_was_entered(
    estate: Estate,
) -> None:
    given = await prepayment_returns.approved(estate, await prepayment_returns.lying(estate))
    done = await prepayment_returns.pay_out(estate, given, await estate.member("staff"))
    assert done.status == 200, done.body
    row = ("2026-02-27", "T-1", "", f"{done.body['amount_fen'] / 100:.2f}", "li", "")
    cashier = await brought_in(estate, first=row)
    assert (await left_rows(estate, cashier))["T-1"]["state"] == "booked"
    assert "T-1" not in await open_ones(estate)
    assert (await day_of(estate, "bank", "2026-02-27"))["state"] == "closed"


def left(number: str, *amounts: str) -> list[tuple[str, ...]]:
    return [(TODAY, number, "", amount, "员工", "工资") for amount in amounts]


async def test_what_an_earlier_file_had_of_a_number_keeps_its_name(
    estate: Estate, cashier: Member
) -> None:
    for later, state in (
        (left("N", "2", "3"), "read"),
        (left("n", "5", "3", "2"), "read"),
        (left("N", "9", "2"), "refused"),  # 3 and 5 were other amounts
    ):
        found = await imported(estate, cashier, csv_file(later))
        assert found["state"] == state, found["problems"]
    shown = await left_rows(estate, cashier)
    amounts = {number: row["amount_fen"] for number, row in shown.items()}
    assert amounts == {"N": 300, "N#2": 200, "n#3": 500}


@pytest.mark.usefixtures("cashier")
async def test_a_row_that_was_confirmed_as_a_wrong_payout_waits_again(estate: Estate) -> None:
    request = await refunded(estate)
    cashier = await brought_in(estate, ("X-9", "102.36"))
    row = (await left_rows(estate, cashier))["X-9"]
    path = f"{TRANSFERS}/{row['transfer_id']}/take-back"
    early = await estate.world.api.post(path, as_=cashier)
    assert (early.status, early.code) == (409, "bank_transfer_moved_on")
    payout = f"counter-refund:{request}"
    assert (await confirm(estate, cashier, row["transfer_id"], payout)).status == 200
    back = await estate.world.api.post(path, as_=cashier)
    assert (back.status, back.body["state"], back.body["payment_id"]) == (200, "open", "")
    assert [each["payout_id"] for each in back.body["payouts"]] == [payout]
    again_linked = await confirm(estate, cashier, row["transfer_id"], payout)
    assert (again_linked.status, again_linked.body["state"]) == (200, "booked")
    own = {"$set": {"paid_out_by": cashier.person_id}}
    await estate.world.db.refund_requests.update_one({"_id": request}, own)
    refused = await estate.world.api.post(path, as_=cashier)
    assert (refused.status, refused.code) == (403, "own_payout")


@pytest.mark.usefixtures("cashier")
async def test_a_row_that_is_known_by_its_number_is_not_taken_back(estate: Estate) -> None:
    await refunded(estate)
    cashier = await brought_in(estate, ("t-1", "102.36"))
    rows = [*(await left_rows(estate, cashier)).values(), *await transfers(estate, cashier)]
    assert {each["state"] for each in rows} == {"booked"}
    for each in rows:
        path = f"{TRANSFERS}/{each['transfer_id']}/take-back"
        refused = await estate.world.api.post(path, as_=cashier)
        assert (refused.status, refused.code) == (409, "bank_transfer_moved_on")
