"""A year's books by hand, who may have them, and what is not in them."""

from datetime import datetime
from typing import Any

import pytest

from services.exports import files
from services.kernel.days import BEIJING
from services.kernel.permissions import Role
from services.reconciliations import jobs as reconciliations
from tests.build.cast import COMPOUND, PHONES, UNIT, Estate
from tests.build.homes import acts, post
from tests.build.offices import firm_at, hire
from tests.build.payments import paid
from tests.build.receipts import PROPERTY, receipt_of
from tests.build.sign_ins import Member
from tests.build.trade_bills import in_console, next_morning
from tests.build.year_books import book, fen
from tests.lists.case import FORMULA

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]
CASHIER = "13900000060"


async def until(estate: Estate, year: int, month: int, day: int) -> None:
    """Wait for noon of a day; everybody signs in anew."""
    then = datetime(year, month, day, 12, tzinfo=BEIJING)
    await estate.world.advance(seconds=(then - estate.world.clock.now).total_seconds())
    estate.members.clear()


async def test_a_year_of_a_compound_by_hand(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """January and February: Li 51.18, Wang 36.00, Sun 42.00, and 5.00 of each for waste.

    Li pays both months of the fee; it goes back in the merchant's console; Li pays February
    again, and January is void.
    """
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)
    payment_id = await paid(estate, await estate.member("li"))
    await in_console(estate, payment_id, 10_236)
    await next_morning(estate)
    li = await estate.member("li")
    latest, first = await estate.bill_ids("li")
    again = await paid(estate, li, [latest])
    number = (await receipt_of(estate, li, again))["number"]
    wish = {"reason": FORMULA, "months": "forgiven"}
    assert (await post(estate, "staff", f"bills/{first}/void", **wish)).status == 200
    await until(estate, 2027, 1, 3)
    sheets = await book(estate.world, await estate.member("staff"), year=2026)

    rows = {(row[0], row[1]): [*map(fen, row[2:])] for row in sheets["收费汇总"][1:]}
    billed, wechat, rest = 2 * (5118 + 3600 + 4200), 3 * 5118, (0, 0, 0)
    march = [0, billed, wechat, *rest, 10_236, 5118, 0, billed - 2 * 5118]
    assert rows["物业费", "2026-02"] == [0] * 10
    assert rows["物业费", "2026-03"] == rows["物业费", "合计"] == march
    assert rows["生活垃圾处理费", "2026-12"] == [3000, 0, 0, *rest, 0, 0, 0, 3000]
    total = [0, billed + 3000, wechat, *rest, 10_236, 5118, 0, billed - 2 * 5118 + 3000]
    assert rows["合计", "合计"] == total

    money = [(row[1], row[2], row[5], fen(row[7])) for row in sheets["收款"][1:]]
    assert len(money) == 3
    assert ("微信支付", number, "2026年2月物业费", 5118) in money
    assert [(fen(row[7]), bool(row[3])) for row in sheets["退款"][1:]] == [(5118, True)] * 2
    ages = {row[0]: [*map(fen, row[2:])] for row in sheets["年末欠费账龄"][1:]}
    assert ages["春光小区3栋2单元502室"] == [0, 0, 1000, 0, 0, 0, 1000]  # due on 1 April
    assert ages["合计"][-1] == total[-1]
    balance = {row[0]: [*map(fen, row[1:])] for row in sheets["科目余额表"][1:]}
    assert balance["货币资金(微信支付) firm"] == [0, wechat, 10_236, 5118]
    assert balance["收入(物业费)"] == [0, 5118, billed, 5118 - billed]
    assert balance["合计"][1] == balance["合计"][2]
    [*_, act] = await acts(estate.world, "privacy.exported")
    assert (act["place"], act["facts"]) == (
        COMPOUND,
        {"kind": "year_book", "filters": ["year"]},
    )
    about = dict(sheets["说明"][1:])
    assert (about["导出编号"], about["截止日期"]) == (act["subject"], "2026-12-31")
    assert about["导出人"].startswith("社区工作人员")
    said = str(sheets)
    assert not [each for each in (*PHONES, *PHONES.values(), FORMULA) if each in said]


async def test_a_year_under_way_has_the_days_that_are_over(estate: Estate) -> None:
    staff = await estate.member("staff")
    sheets = await book(estate.world, staff, year=2026)
    assert dict(sheets["说明"][1:])["截止日期"] == "2026-03-01"
    assert sheets["账单"][1:] == []  # they were issued today
    await estate.world.advance(days=1)
    estate.members.clear()
    later = await book(estate.world, await estate.member("staff"), year=2026)
    assert len(later["账单"]) == 1 + 12
    assert [row[1] for row in later["收费汇总"][1:4]] == ["2026-01", "2026-02", "2026-03"]


@pytest.mark.parametrize(
    ("name", "place", "year", "status", "code"),
    [
        ("staff", UNIT, 2026, 422, "not_a_compound"),
        ("staff", COMPOUND, 2027, 422, "year_not_begun"),
        ("staff", COMPOUND, 1999, 422, "invalid_input"),
        ("staff", f"{COMPOUND}9", 2026, 404, "not_found"),
        ("head", COMPOUND, 2026, 403, "forbidden"),
        ("li", COMPOUND, 2026, 403, "forbidden"),
    ],
)
async def test_what_cannot_be_is_said(
    estate: Estate, name: str, place: str, year: int, status: int, code: str
) -> None:
    reply = await post(estate, name, f"places/{place}/year-books", year=year)
    assert (reply.status, reply.code) == (status, code)


async def hired(estate: Estate) -> Member:
    firm = await firm_at(estate.world, COMPOUND)
    whose = {"name": "cashier", "phone": CASHIER, "firm": firm}
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, **whose)
    own = {"$set": {"firm": firm, "place": COMPOUND}}
    await estate.world.db.payees.update_one({"_id": PROPERTY}, own)
    return cashier


async def test_a_firm_has_the_books_of_its_own_money(estate: Estate) -> None:
    cashier = await hired(estate)
    await estate.world.advance(days=1)
    cashier = await estate.world.sign_in("cashier", CASHIER)
    sheets = await book(estate.world, cashier, year=2026)
    assert {row[2] for row in sheets["账单"][1:]} == {"物业费"}
    assert {row[0] for row in sheets["收费汇总"][1:]} == {"物业费", "合计"}


async def test_who_lost_the_right_gets_no_link_to_a_book_that_is_there(
    estate: Estate,
) -> None:
    cashier: Any = await hired(estate)
    wish = {"year": 2026}
    asked = await estate.world.api.post(
        f"/api/v1/places/{COMPOUND}/year-books", wish, as_=cashier
    )
    await estate.world.work()
    path = f"/api/v1/exports/{asked.body['export_id']}"
    assert (await estate.world.api.get(path, as_=cashier)).body["url"]
    await estate.world.db.appointments.delete_many({"role": "cashier"})
    assert (await estate.world.api.get(path, as_=cashier)).status == 404


async def test_the_same_year_is_not_written_twice(estate: Estate) -> None:
    asked = [
        await post(estate, "staff", f"places/{COMPOUND}/year-books", year=year)
        for year in (2026, 2026, 2025)
    ]
    ids = [reply.body["export_id"] for reply in asked]
    assert ids[0] == ids[1] != ids[2]


async def test_a_book_that_is_too_large_is_refused_and_never_cut(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 2_000)
    asked = await post(estate, "staff", f"places/{COMPOUND}/year-books", year=2026)
    await estate.world.work()
    staff = await estate.member("staff")
    path = f"/api/v1/exports/{asked.body['export_id']}"
    reply = await estate.world.api.get(path, as_=staff)
    assert (reply.body["state"], reply.body["problem"]) == ("refused", "year_book_too_large")
