"""Requests for invoices: asked for by who paid, sent by the firm, taken back after refunds."""

from typing import Any

import msgspec
import pytest

from services.firms.credit_code import check_mark
from services.kernel.permissions import Role
from services.payments.invoices.models import PHONE
from services.reconciliations import jobs as reconciliations
from tests.build.cast import COMPOUND, Estate, appoint
from tests.build.homes import acts, get, post, told
from tests.build.invoices import FIRST, RED, WISH
from tests.build.offices import hire
from tests.build.payments import paid
from tests.build.sign_ins import Member
from tests.build.trade_bills import in_console, next_morning
from tests.build.world import Reply

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]

CODE = "91220101MA0Y12345"
TAX_NUMBER = CODE + check_mark(CODE)
COMPANY = {"kind": "company", "title": "长春某某有限公司", "tax_number": TAX_NUMBER}


async def ask(estate: Estate, who: Member, payment_id: str, wish: dict[str, Any]) -> Reply:
    path = f"/api/v1/payments/{payment_id}/invoice-request"
    return await estate.world.api.call("PUT", path, msgspec.json.encode(wish), as_=who)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (WISH | {"tax_number": TAX_NUMBER}, "bad_invoice"),
        ({"kind": "company", "title": "某某有限公司"}, "bad_invoice"),
        (COMPANY | {"tax_number": CODE + "0"}, "bad_credit_code"),
        (WISH | {"email": "nowhere"}, "invalid_email"),
        (WISH | {"phone": "12-34-x"}, "invalid_phone"),
    ],
)
async def test_what_cannot_be_written_on_an_invoice(
    estate: Estate, li: Member, wish: dict[str, Any], code: str
) -> None:
    reply = await ask(estate, li, await paid(estate, li), wish)
    assert (reply.status, reply.code) == (422, code)


async def test_phone_and_address_are_kept_in_one_form(estate: Estate, li: Member) -> None:
    """As people here type them: with an input method's characters, spaces and dashes."""
    typed = {"email": " Li.Wei＠Example。COM", "phone": "１３９ 0000-0001"}
    reply = await ask(estate, li, await paid(estate, li), WISH | typed)
    assert (reply.body["email"], reply.body["phone"]) == ("Li.Wei@example.com", "13900000001")
    kept = await estate.world.db.invoice_requests.find_one({})
    assert kept is not None
    whole = PHONE.open(estate.world.deps.vault, kept["_id"], kept["phone_sealed"])
    assert whole == "+8613900000001"


async def test_an_invoice_is_asked_for_sent_and_taken_back(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)
    li = await estate.member("li")
    payment_id = await paid(estate, li)
    assert (await ask(estate, li, payment_id, WISH)).status == 200
    asked = await ask(estate, li, payment_id, COMPANY)
    assert (asked.body["title"], asked.body["email"]) == (COMPANY["title"], None)
    kept = await estate.world.db.invoice_requests.find_one({"_id": payment_id})
    assert kept is not None
    assert "有限公司" not in str(kept)
    assert TAX_NUMBER not in str(kept)
    assert (await ask(estate, await estate.member("mei"), payment_id, WISH)).status == 404

    path = f"invoice-requests/{payment_id}"
    seen = await get(estate, "staff", path)
    assert seen.body["tax_number"] == TAX_NUMBER
    assert len(await acts(estate.world, "payment.invoice_read")) == 1
    early = await post(estate, "staff", f"{path}/red-letter", number=RED)
    assert (early.status, early.code) == (409, "receipt_not_reversed")
    sent = await post(estate, "staff", f"{path}/sent", number=FIRST)
    assert (sent.status, sent.body["state"]) == (200, "sent")
    assert (await post(estate, "staff", f"{path}/sent", number=FIRST)).status == 409
    assert (await ask(estate, li, payment_id, WISH)).code == "invoice_moved_on"
    assert FIRST in (await told(estate.world, li, "invoice_sent"))[0]

    await in_console(estate, payment_id, 1000)
    await next_morning(estate)
    [row] = (await get(estate, "staff", f"places/{COMPOUND}/invoice-requests")).body["items"]
    assert (row["reversed_fen"], row["title_masked"]) == (1000, COMPANY["title"])
    red = await post(estate, "staff", f"{path}/red-letter", number=RED)
    assert (red.body["state"], red.body["numbers"]) == ("red", [FIRST, RED])
    li = await estate.member("li")
    assert RED in (await told(estate.world, li, "invoice_red"))[0]
    again = await ask(estate, li, payment_id, WISH)
    assert (again.body["state"], again.body["reversed_fen"]) == ("requested", 1000)


async def test_an_office_that_keeps_no_invoices_shows_a_cashier_no_other_payees(
    estate: Estate, li: Member
) -> None:
    """Who runs the system and also works for a firm sees what is paid to that firm."""
    payment_id = await paid(estate, li)
    assert (await ask(estate, li, payment_id, WISH)).status == 200
    phone = "13900000060"
    await appoint(estate.world.deps, Role.ADMINISTRATOR, "cc", phone)
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, name="cashier", phone=phone)
    path = f"/api/v1/places/{COMPOUND}/invoice-requests"
    assert (await estate.world.api.get(path, as_=cashier)).body["items"] == []
    one = f"/api/v1/invoice-requests/{payment_id}"
    assert (await estate.world.api.get(one, as_=cashier)).status == 404
    staff = await estate.member("staff")
    assert len((await estate.world.api.get(path, as_=staff)).body["items"]) == 1


async def test_a_list_says_as_a_request_does_what_went_back(estate: Estate, li: Member) -> None:
    """Also of a payment that went back before there were reversals of receipts."""
    payment_id = await paid(estate, li)
    await ask(estate, li, payment_id, WISH)
    back = {"$set": {"returned_fen": 5118}}
    await estate.world.db.payments.update_one({"_id": payment_id}, back)
    staff = await estate.member("staff")
    path = f"/api/v1/places/{COMPOUND}/invoice-requests"
    [row] = (await estate.world.api.get(path, as_=staff)).body["items"]
    one = await estate.world.api.get(f"/api/v1/invoice-requests/{payment_id}", as_=staff)
    assert row["reversed_fen"] == one.body["reversed_fen"] == 5118
