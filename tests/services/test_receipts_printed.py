"""Receipts on paper, and checked by whoever holds one."""

import pytest

from services.limits.models import ALLOWANCES, MINUTE, Allowance, Rate
from services.reconciliations import jobs as reconciliations
from tests.build.cast import Estate
from tests.build.papers import PaperPage, modules_of, pages_of
from tests.build.payments import paid
from tests.build.receipts import numbered, receipt_of
from tests.build.sign_ins import Member
from tests.build.trade_bills import in_console, next_morning

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]


async def printed(estate: Estate, who: Member, payment_id: str, payer: str = "") -> PaperPage:
    path = f"/api/v1/payments/{payment_id}/receipt/sheet"
    query = f"?payer={payer}" if payer else ""
    reply = await estate.world.api.get(path + query, as_=who)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/pdf")
    [page] = pages_of(reply.raw)
    return page


async def token(estate: Estate) -> str:
    found = await estate.world.db.receipts.find_one({"token": {"$gt": ""}})
    assert found is not None
    return str(found["token"])


async def test_what_stands_on_a_receipt(estate: Estate, li: Member) -> None:
    await numbered(estate)
    payment_id = await paid(estate, li)
    await estate.world.work()
    seen = await receipt_of(estate, li, payment_id)
    page = await printed(estate, li, payment_id)
    assert page.lines[:15] == [
        "收款收据",
        *("编号", "2026-000001"),
        *("收据号", seen["number"]),
        *("收款单位", "安居物业"),
        *("缴款人", "l*"),
        *("金额", "102.36元"),
        *("人民币大写", "壹佰零贰元叁角陆分"),
        *("缴款时间", "2026年3月2日 12:00"),
    ]
    assert "2026年1月物业费 51.18元" in page.lines
    assert page.modules == modules_of(f"{estate.world.deps.public_url}/v/{await token(estate)}")
    assert (await printed(estate, li, payment_id)).modules == page.modules
    assert (await printed(estate, li, payment_id, "whole")).lines[8] == "li"


async def test_anybody_checks_a_receipt_and_learns_nothing_of_people(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)
    payment_id = await paid(estate, li)
    number = (await receipt_of(estate, li, payment_id))["number"]
    await printed(estate, li, payment_id)
    api, path = estate.world.api, f"/api/v1/receipt-checks/{await token(estate)}"
    good = {
        "number": number,
        "serial_number": None,
        "payee_name": "安居物业",
        "amount_fen": 10_236,
        "amount_capital": "壹佰零贰元叁角陆分",
        "paid_on": "2026-03-02",
        "standing": "good",
        "reversed_fen": 0,
    }
    assert (await api.get(path, as_=None)).body == good
    page = (await api.get(f"/v/{await token(estate)}", as_=None)).raw.decode()
    assert (number in page, "有效" in page, "春光小区" in page) == (True, True, False)
    await in_console(estate, payment_id, 1000)
    await next_morning(estate)
    part = await api.get(path, as_=None)
    assert part.body == good | {"standing": "partly", "reversed_fen": 1000}
    sheet = await printed(estate, await estate.member("li"), payment_id)
    assert sheet.lines[1] == "【已部分冲销 10.00元】"
    await in_console(estate, payment_id, 9236, number="BD72")
    await estate.world.advance(seconds=70)
    await next_morning(estate, hours=24, minutes=0)
    assert (await api.get(path, as_=None)).body["standing"] == "reversed"


async def test_a_token_that_is_nobodys(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ALLOWANCES, Rate.RECEIPT_CHECK, Allowance(2, MINUTE))
    path = f"/api/v1/receipt-checks/{'A' * 22}"
    unknown = await estate.world.api.get(path, as_=None)
    assert (unknown.status, unknown.code) == (404, "receipt_unknown")
    page = await estate.world.api.get(f"/v/{'A' * 22}", as_=None)
    assert (page.status, "查不到这张收据" in page.raw.decode()) == (200, True)
    assert (await estate.world.api.get(path, as_=None)).status == 429
