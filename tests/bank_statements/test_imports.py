"""A bank's file: previewed, confirmed by a person, and booked once."""

import asyncio
from typing import Any

import pytest

from services.bank_statements import jobs
from services.bank_statements.files.models import MOST_BYTES
from services.bank_statements.transfers import store as transfers_store
from tests.build.bank_statements import (
    STATEMENTS,
    TRANSFERS,
    confirm,
    csv_file,
    imported,
    statement,
    transfers,
    upload,
    xlsx_file,
)
from tests.build.cast import LI_HOME, WANG_HOME, Estate
from tests.build.payments import owing
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE, WANGS = 5118, 3600
DAY = "2026-02-27"
# Li by the address, Wang by name and amount, one that only an amount speaks for, one of nobody.
ROWS = (
    (DAY, "B1", "102.36", "", "王小二", "3-2-502 物业费"),
    (DAY, "B2", "36.00", "", "wang", "物业"),
    (DAY, "B3", "51.18", "", "某某", "转账"),
    (DAY, "B4", "8.88", "", "某某", "转账"),
    (DAY, "B5", "", "300.00", "电力公司", "电费"),
)


async def test_a_preview_says_what_fits_and_books_nothing(
    estate: Estate, cashier: Member
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    assert (found["state"], found["first"], found["last"]) == ("read", DAY, DAY)
    assert found["totals"] == {
        "received": 4,
        "received_fen": 19842,
        "paid_out": 1,
        "paid_out_fen": 30000,
    }
    shown = {each["number"]: each for each in await transfers(estate, cashier)}
    assert {number: each["fit"] for number, each in shown.items()} == {
        "B1": "certain",
        "B2": "certain",
        "B3": "several",
        "B4": "none",
    }
    [address] = shown["B1"]["candidates"]
    assert (address["home"], address["because"]) == (LI_HOME, "address")
    assert set(address["bill_ids"]) == set(await estate.bill_ids("li"))
    [payer] = shown["B2"]["candidates"]
    assert (payer["home"], payer["because"]) == (WANG_HOME, "payer")
    assert [each["because"] for each in shown["B3"]["candidates"]] == ["amount"]
    assert shown["B1"]["payer"] == "王*"
    assert await estate.world.db.counter_payments.count_documents({}) == 0
    assert await owing(estate) == 2


async def test_what_a_person_confirms_is_booked_as_a_transfer_of_its_day(
    estate: Estate, cashier: Member
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    shown = {each["number"]: each for each in await transfers(estate, cashier)}
    [li] = shown["B1"]["candidates"]
    chosen = {shown["B1"]["transfer_id"]: li["bill_ids"]}
    reply = await confirm(estate, cashier, found["statement_id"], chosen)
    assert (reply.status, reply.body["transfers"]) == (202, 1)
    await estate.world.work()
    [payment] = await estate.world.db.counter_payments.find({}).to_list()
    assert (payment["way"], payment["voucher"], payment["amount_fen"]) == (
        "transfer",
        "B1",
        2 * FEE,
    )
    assert payment["taken_by"] == cashier.person_id
    [booked] = await transfers(estate, cashier, "&state=booked")
    assert booked["payment_id"] == payment["_id"]
    assert await owing(estate) == 0
    now = await statement(estate, cashier, found["statement_id"])
    assert now["transfers"] == {"open": 4, "booked": 1}


async def test_a_transfer_is_booked_once_whoever_confirms_it_at_once(
    estate: Estate, cashier: Member
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    [first, *_] = [e for e in await transfers(estate, cashier) if e["number"] == "B1"]
    chosen = {first["transfer_id"]: first["candidates"][0]["bill_ids"]}
    replies = await asyncio.gather(
        *(confirm(estate, cashier, found["statement_id"], chosen) for _ in range(4))
    )
    assert sorted(reply.status for reply in replies) == [202, 409, 409, 409]
    assert {r.code for r in replies if r.status == 409} == {"bank_transfer_moved_on"}
    await estate.world.work()
    assert await estate.world.db.counter_payments.count_documents({}) == 1


async def test_one_that_moved_on_leaves_all_as_they_were(
    estate: Estate, cashier: Member
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    shown = {each["number"]: each for each in await transfers(estate, cashier)}
    aside = f"{TRANSFERS}/{shown['B2']['transfer_id']}"
    wish = {"reason": "电费退款"}
    assert (await estate.world.api.post(f"{aside}/set-aside", wish, as_=cashier)).status == 200
    chosen = {
        shown[number]["transfer_id"]: shown[number]["candidates"][0]["bill_ids"]
        for number in ("B1", "B2")
    }
    refused = await confirm(estate, cashier, found["statement_id"], chosen)
    assert (refused.status, refused.code) == (409, "bank_transfer_moved_on")
    states = {e["number"]: e["state"] for e in await transfers(estate, cashier)}
    assert states == {"B1": "open", "B2": "no_fee", "B3": "open", "B4": "open"}
    assert (await estate.world.api.post(f"{aside}/take-back", as_=cashier)).status == 200
    done = await confirm(estate, cashier, found["statement_id"], chosen)
    assert done.status == 202


async def test_what_cannot_be_booked_says_why_and_can_be_chosen_again(
    estate: Estate, cashier: Member
) -> None:
    rows = [(DAY, "B1", "999.00", "", "li", "3-2-502")]
    found = await imported(estate, cashier, csv_file(rows))
    ids = await estate.bill_ids("li")
    [transfer] = await transfers(estate, cashier)
    assert (transfer["fit"], transfer["candidates"][0]["is_exact"]) == ("several", False)
    chosen = {transfer["transfer_id"]: ids}
    await confirm(estate, cashier, found["statement_id"], chosen)
    await estate.world.work()
    [refused] = await transfers(estate, cashier, "&state=refused")
    assert refused["refusal"] == "金额超过应缴金额,请刷新后再试", refused["refusal"]
    assert await estate.world.db.counter_payments.count_documents({}) == 0
    again = await confirm(estate, cashier, found["statement_id"], chosen)
    assert again.status == 202


async def test_an_old_transfer_is_proved_by_the_file(estate: Estate, cashier: Member) -> None:
    rows = [("2026-01-10", "B1", "51.18", "", "li", "3-2-502")]
    found = await imported(estate, cashier, csv_file(rows))
    [transfer] = await transfers(estate, cashier)
    bills = {transfer["transfer_id"]: transfer["candidates"][0]["bill_ids"]}
    await confirm(estate, cashier, found["statement_id"], bills)
    await estate.world.work()
    [payment] = await estate.world.db.counter_payments.find({}).to_list()
    assert payment["paid_at"].isoformat() == "2026-01-09T16:00:00+00:00"


async def test_a_booking_that_was_broken_off_is_done_once(
    estate: Estate, cashier: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    [first] = [e for e in await transfers(estate, cashier) if e["number"] == "B1"]
    chosen = {first["transfer_id"]: first["candidates"][0]["bill_ids"]}
    await confirm(estate, cashier, found["statement_id"], chosen)

    async def dies(*_: Any, **__: Any) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(transfers_store, "move", dies)
        await estate.world.work()
    assert await estate.world.db.counter_payments.count_documents({}) == 1
    await estate.world.advance(minutes=5)
    await estate.world.db.appointments.delete_many({"person": cashier.person_id})
    await estate.world.work()
    assert await estate.world.db.counter_payments.count_documents({}) == 1
    kept = await estate.world.db.bank_transfers.find_one({"number": "B1"})
    assert kept is not None
    assert (kept["state"], kept["payment"]) == ("booked", first["transfer_id"])


async def test_who_lost_the_office_meanwhile_books_nothing(
    estate: Estate, cashier: Member
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    [first] = [e for e in await transfers(estate, cashier) if e["number"] == "B1"]
    chosen = {first["transfer_id"]: first["candidates"][0]["bill_ids"]}
    await confirm(estate, cashier, found["statement_id"], chosen)
    await estate.world.db.appointments.delete_many({"person": cashier.person_id})
    await estate.world.work()
    kept = await estate.world.db.bank_transfers.find_one({"number": "B1"})
    assert kept is not None
    assert (kept["state"], kept["refusal"]) == ("refused", "没有找到账单")
    assert await estate.world.db.counter_payments.count_documents({}) == 0


async def test_who_paid_is_erased_after_a_year(estate: Estate, cashier: Member) -> None:
    await imported(estate, cashier, csv_file(ROWS))
    await estate.world.advance(days=365)
    await jobs.forget(estate.world.deps, {})
    kept = await estate.world.db.bank_transfers.find({}).to_list()
    assert all(each["payer_sealed"] for each in kept)
    assert "王小二" not in str(kept)
    await estate.world.advance(days=2)
    await jobs.forget(estate.world.deps, {})
    kept = await estate.world.db.bank_transfers.find({}).to_list()
    assert {(e["payer_sealed"], e["remark_sealed"]) for e in kept} == {("", "")}
    assert [e["amount_fen"] for e in kept if e["number"] == "B1"] == [2 * FEE]


async def test_a_number_that_the_counter_booked_is_known(
    estate: Estate, cashier: Member
) -> None:
    wish = {"bill_ids": await estate.bill_ids("li"), "way": "transfer", "voucher": "B1"}
    taken = await estate.world.api.post(
        "/api/v1/counter-payments", {**wish, "paid_on": DAY}, as_=cashier
    )
    assert taken.status == 201
    await imported(estate, cashier, csv_file(ROWS))
    [known] = await transfers(estate, cashier, "&fit=booked")
    assert (known["number"], known["state"]) == ("B1", "booked")
    assert known["payment_id"] == taken.body["payment_id"]


async def test_two_files_with_the_same_days_have_each_transfer_once(
    estate: Estate, cashier: Member
) -> None:
    await imported(estate, cashier, csv_file(ROWS[:2]))
    second = await imported(estate, cashier, xlsx_file(ROWS))
    assert (second["state"], second["known"]) == ("read", 2)
    assert len(await transfers(estate, cashier)) == 4
    wrong = [(DAY, "B1", "102.37", "", "王小二", "")]
    third = await imported(estate, cashier, csv_file(wrong))
    assert (third["state"], third["refusal"]["code"]) == ("refused", "bank_file_bad_rows")
    assert [problem["row"] for problem in third["problems"]] == [2]


async def test_the_same_file_is_the_same_statement(estate: Estate, cashier: Member) -> None:
    content = csv_file(ROWS)
    replies = await asyncio.gather(*(upload(estate, cashier, content) for _ in range(4)))
    assert {reply.status for reply in replies} == {202}, [r.body for r in replies]
    assert len({reply.body["statement_id"] for reply in replies}) == 1
    await estate.world.work()
    assert await estate.world.db.bank_transfers.count_documents({}) == 5
    assert await estate.world.db.register_chunks.count_documents({}) == 0


async def test_a_bad_row_leaves_nothing(estate: Estate, cashier: Member) -> None:
    rows = [*ROWS, ("2026-02-30", "B6", "1.00", "", "", "")]
    found = await imported(estate, cashier, csv_file(rows))
    assert (found["state"], found["refusal"]["code"]) == ("refused", "bank_file_bad_rows")
    assert found["problems"] == [{"row": 7, "column": "交易日期", "message": "没有这一天"}]
    assert await transfers(estate, cashier) == []
    again = await imported(estate, cashier, csv_file(rows))
    assert again["state"] == "refused"


async def test_of_tomorrow_nothing_is_taken(estate: Estate, cashier: Member) -> None:
    found = await imported(
        estate, cashier, csv_file([("2026-03-09", "B1", "1.00", "", "", "")])
    )
    assert found["problems"][0]["message"] == "日期在今天之后"


async def test_a_firm_books_nothing_of_another_payee(estate: Estate, cashier: Member) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    [transfer, *_] = await transfers(estate, cashier)
    waste = await estate.world.db.bills.find({"home": LI_HOME, "kind": "waste_fee"}).to_list()
    other = await confirm(
        estate,
        cashier,
        found["statement_id"],
        {transfer["transfer_id"]: [bill["_id"] for bill in waste]},
    )
    assert (other.status, other.code) == (403, "other_payee")


async def test_a_transfer_of_another_account_is_not_booked(
    estate: Estate, cashier: Member
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    staff = await estate.member("staff")
    await upload(estate, staff, csv_file(ROWS), "sanitation")
    await estate.world.work()
    [foreign, *_] = await transfers(estate, staff)
    chosen = {foreign["transfer_id"]: await estate.bill_ids("li")}
    refused = await confirm(estate, cashier, found["statement_id"], chosen)
    assert (refused.status, refused.code) == (404, "not_found")
    aside = f"{TRANSFERS}/{foreign['transfer_id']}/set-aside"
    hidden = await estate.world.api.post(aside, {"reason": "电费退款"}, as_=cashier)
    assert hidden.status == 404


async def test_a_bill_of_another_account_is_not_paid_by_a_transfer(estate: Estate) -> None:
    staff = await estate.member("staff")
    sent = await upload(estate, staff, csv_file(ROWS), "sanitation")
    await estate.world.work()
    [transfer, *_] = await transfers(estate, staff)
    chosen = {transfer["transfer_id"]: await estate.bill_ids("li")}
    wrong = await confirm(estate, staff, sent.body["statement_id"], chosen)
    assert (wrong.status, wrong.code) == (422, "other_account")


@pytest.mark.parametrize(
    ("row", "fit"),
    [
        (("102.36", "li", "3-2-502"), "certain"),
        (("102.36", "li", "3-2-502和3-2-501"), "several"),
        (("36.00", "wang", "3-2-501"), "certain"),
        (("36.00", "wang", "3-2-502"), "several"),
        (("36.00", "wang", "和平小区3栋501"), "certain"),
        (("36.00", "somebody", ""), "several"),
        (("36.01", "wang", ""), "none"),
    ],
)
async def test_one_home_is_certain_when_nothing_says_otherwise(
    estate: Estate, cashier: Member, row: tuple[str, str, str], fit: str
) -> None:
    amount, payer, remark = row
    await imported(estate, cashier, csv_file([(DAY, "B1", amount, "", payer, remark)]))
    [found] = await transfers(estate, cashier)
    assert found["fit"] == fit, found["candidates"]


async def test_a_file_has_five_megabytes_at_most(estate: Estate, cashier: Member) -> None:
    refused = await upload(estate, cashier, b"x" * (MOST_BYTES + 1))
    assert (refused.status, refused.code) == (413, "too_large")


async def test_a_community_keeps_no_account_that_stands_elsewhere_too(estate: Estate) -> None:
    staff = await estate.member("staff")
    kept = await estate.world.db.payees.find_one({"account": "sanitation"})
    assert kept is not None
    other = {**kept, "_id": "elsewhere", "place": "cc.chaoyang.guilin.other"}
    await estate.world.db.payees.insert_one(other)
    assert (await upload(estate, staff, csv_file(ROWS), "sanitation")).status == 404


@pytest.mark.parametrize("who", ["head", "admin", "li"])
async def test_who_keeps_no_money_sees_nothing(
    estate: Estate, cashier: Member, who: str
) -> None:
    found = await imported(estate, cashier, csv_file(ROWS))
    stranger = await estate.member(who)
    for path in (STATEMENTS, TRANSFERS, f"{STATEMENTS}/{found['statement_id']}"):
        reply = await estate.world.api.get(path, as_=stranger)
        assert reply.status == 403, (path, reply.body)
    sent = await upload(estate, stranger, csv_file(ROWS))
    assert sent.status == 403


async def test_a_cashier_brings_in_their_own_account_only(
    estate: Estate, cashier: Member
) -> None:
    for account in ("sanitation", "nobody"):
        refused = await upload(estate, cashier, csv_file(ROWS), account)
        assert refused.status == 404
    staff = await estate.member("staff")
    assert (await upload(estate, staff, csv_file(ROWS), "firm")).status == 404
    taken: Any = await upload(estate, staff, csv_file(ROWS), "sanitation")
    assert taken.status == 202
    await estate.world.work()
    hidden = await estate.world.api.get(
        f"{STATEMENTS}/{taken.body['statement_id']}", as_=cashier
    )
    assert hidden.status == 404
    assert await transfers(estate, cashier) == []


async def test_a_transfer_that_is_named_twice_is_refused(
    estate: Estate, cashier: Member
) -> None:
    """Of the bills that somebody chose for it, the first would be forgotten silently."""
    found = await imported(estate, cashier, csv_file(ROWS[:1]))
    [transfer] = await transfers(estate, cashier)
    ids = await estate.bill_ids("li")
    wish = [{"transfer_id": transfer["transfer_id"], "bill_ids": [each]} for each in ids]
    path = f"{STATEMENTS}/{found['statement_id']}/confirm"
    refused = await estate.world.api.post(path, {"transfers": wish}, as_=cashier)
    assert (refused.status, refused.code) == (422, "invalid_input")
    assert [each["state"] for each in await transfers(estate, cashier)] == ["open"]
