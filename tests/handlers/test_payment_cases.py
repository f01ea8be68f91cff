"""Payment cases 31-63 of docs/reference/wechat.md, at the HTTP API and the stand-in."""

import asyncio
from typing import Any

import pytest

from tests.build.cast import Estate
from tests.build.payments import order, ordered, paid, pay
from tests.build.sign_ins import Member

pytestmark = [pytest.mark.billed("2026-01", "2026-02"), pytest.mark.usefixtures("books_hold")]

NOTIFY = "/wx/pay/notify/firm"
ORDERS = "/v3/pay/transactions/"
PREPAY = "/v3/pay/transactions/jsapi"
CLOSE = r"^/v3/pay/transactions/out-trade-no/[^/]+/close"
QUERY = r"^/v3/pay/transactions/out-trade-no/[^/]+$"


async def state(estate: Estate, payment_id: str) -> str:
    document = await estate.world.db.payments.find_one({"_id": payment_id})
    assert document is not None
    return str(document["state"])


async def owing(estate: Estate, name: str = "li") -> int:
    return len(await estate.bill_ids(name))


async def journals(estate: Estate) -> int:
    return await estate.world.db.journal.count_documents({"kind": "payment"})


async def craft(estate: Estate, payment_id: str, **how: Any) -> Any:
    return await estate.world.wechat.do("notify", out_trade_no=payment_id, **how)


async def refunded(estate: Estate) -> None:
    for _ in range(3):
        await estate.world.work()
        await estate.world.advance(minutes=2)


async def paid_silently(estate: Estate, li: Member) -> str:
    """An order that is paid at WeChat and of which we were told nothing."""
    return await paid(estate, li, notify=False)


async def test_case_31_prepay_pay_notify_credit_once(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    assert made["amount_fen"] == 2 * 5118
    answer = await pay(estate, li, made)
    assert [n["status"] for n in answer["notices"]] == [204]

    seen = await estate.world.api.get(f"/api/v1/payments/{made['payment_id']}", as_=li)
    assert seen.body["state"] == "paid"
    assert await owing(estate) == 0
    receipt = await estate.world.api.get(
        f"/api/v1/payments/{made['payment_id']}/receipt", as_=li
    )
    assert receipt.body["amount_fen"] == 10_236
    assert receipt.body["amount_capital"] == "壹佰零贰元叁角陆分"
    assert receipt.body["transaction_id"] == answer["transaction_id"]
    # To be shown to somebody by itself: who paid what, for which home and which month.
    assert receipt.body["payer_masked"] == "l*"
    told = [(line["address"], line["title"]) for line in receipt.body["lines"]]
    assert told == [
        ("春光小区3栋2单元502室", "2026年2月物业费"),
        ("春光小区3栋2单元502室", "2026年1月物业费"),
    ]


async def test_case_32_a_notice_twice(estate: Estate, li: Member) -> None:
    answer = await pay(estate, li, await ordered(estate, li), notify="twice")
    assert [n["status"] for n in answer["notices"]] == [204, 204]
    assert await journals(estate) == 1


async def test_case_33_two_notices_at_the_same_instant(estate: Estate, li: Member) -> None:
    answer = await pay(estate, li, await ordered(estate, li), notify="simultaneous")
    assert [n["status"] for n in answer["notices"]] == [204, 204]
    assert await journals(estate) == 1


async def test_case_33_many_different_notices_of_one_payment_at_once(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid_silently(estate, li)
    crafted = [craft(estate, payment_id, event={"id": f"EV-{n}"}) for n in range(8)]
    statuses = {answer["status"] for answer in await asyncio.gather(*crafted)}
    assert statuses == {204}
    assert await journals(estate) == 1


async def test_case_34_the_notice_overtakes_the_prepay_answer(
    estate: Estate, li: Member
) -> None:
    await estate.world.wechat.do("users/li/pay", notify="early")
    reply = await order(estate, li)
    assert (reply.status, reply.code) == (409, "bill_already_paid")
    assert await state(estate, reply.body["details"]["payment_id"]) == "paid"
    assert await owing(estate) == 0


async def test_case_35_no_notice_ever_the_poller_finds_it(estate: Estate, li: Member) -> None:
    payment_id = await paid_silently(estate, li)
    assert await owing(estate) == 2
    await estate.world.advance(seconds=5)
    await estate.world.work()
    assert await state(estate, payment_id) == "paid"
    assert await owing(estate) == 0


async def test_case_35_looking_at_the_payment_asks_wechat(estate: Estate, li: Member) -> None:
    payment_id = await paid_silently(estate, li)
    seen = await estate.world.api.get(f"/api/v1/payments/{payment_id}", as_=li)
    assert seen.body["state"] == "paid"


async def test_case_36_we_crashed_between_commit_and_answer(estate: Estate, li: Member) -> None:
    """WeChat saw no answer though we had booked: it repeats, and nothing is booked again."""
    payment_id = await paid_silently(estate, li)
    assert (await craft(estate, payment_id))["status"] == 204
    assert (await craft(estate, payment_id))["status"] == 204
    assert await journals(estate) == 1


async def test_case_37_answered_500_the_notice_is_repeated_by_plan(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.payments import store  # noqa: PLC0415  # broken below

    made = await ordered(estate, li)
    whole, failures = store.event_known, []

    async def broken(*arguments: Any) -> bool:
        if len(failures) < 3:
            failures.append(1)
            raise OSError("disk")
        return await whole(*arguments)

    monkeypatch.setattr(store, "event_known", broken)
    answer = await pay(estate, li, made)
    assert [n["status"] for n in answer["notices"]] == [500]
    for seconds, expected in ((15, 2), (15, 2), (30, 0)):
        assert await owing(estate) == 2
        await estate.world.advance(seconds=seconds)
        assert await owing(estate) == expected
    assert await journals(estate) == 1


@pytest.mark.parametrize(
    ("case", "how"),
    [
        (38, {"sign": "bad"}),
        (38, {"sign": "missing"}),
        (39, {"sign": "tampered"}),
        (40, {"sign": "unknown_serial"}),
        (41, {"sign": "stale"}),
        (41, {"sign": "future"}),
        (42, {"sign": "signtest"}),
        (44, {"api_v3_key": "0123456789abcdef0123456789abcdef"}),
    ],
)
async def test_cases_38_to_44_what_is_not_genuine_is_refused(
    estate: Estate, li: Member, case: int, how: dict[str, Any]
) -> None:
    payment_id = await paid_silently(estate, li)
    answer = await craft(estate, payment_id, **how)
    assert answer["status"] == 401, case
    assert '"FAIL"' in answer["body"]
    assert await journals(estate) == 0
    assert await owing(estate) == 2
    assert await estate.world.db.wechat_events.count_documents({}) == 0


async def test_case_40_another_merchants_key(estate: Estate, li: Member) -> None:
    payment_id = await paid_silently(estate, li)
    other = estate.world.deps.merchants["sanitation"].account.mchid
    answer = await craft(estate, payment_id, signed_by=other)
    assert answer["status"] == 401
    assert await journals(estate) == 0


async def test_case_43_an_old_valid_notice_replayed(estate: Estate, li: Member) -> None:
    await pay(estate, li, await ordered(estate, li))
    [sent] = await estate.world.wechat.journal(NOTIFY)
    await estate.world.advance(seconds=301)
    replayed = await estate.world.wechat.do("replay", n=sent["n"])
    assert replayed["status"] == 401
    assert await journals(estate) == 1


async def test_case_43_a_fresh_copy_of_a_notice_is_harmless(estate: Estate, li: Member) -> None:
    await pay(estate, li, await ordered(estate, li))
    [sent] = await estate.world.wechat.journal(NOTIFY)
    assert (await estate.world.wechat.do("replay", n=sent["n"]))["status"] == 204
    assert await journals(estate) == 1


@pytest.mark.parametrize(
    ("case", "doubt", "overrides"),
    [
        (45, "amount", {"amount": {"total": 1}}),
        (45, "amount", {"amount": {"total": 10_237}}),
        (45, "currency", {"amount": {"currency": "USD"}}),
        (46, "other_merchant", {"mchid": "1900009999"}),
        (46, "other_app", {"appid": "wx0000000000000000"}),
        (47, "unknown_order", {"out_trade_no": "nobody000000000000"}),
        (48, "not_success", {"trade_state": "NOTPAY"}),
        (48, "not_success", {"trade_state": "CLOSED"}),
    ],
)
async def test_cases_45_to_48_a_notice_that_does_not_fit_credits_nothing(
    estate: Estate, li: Member, case: int, doubt: str, overrides: dict[str, Any]
) -> None:
    """The order is not paid at WeChat; only the notice says so, and says it wrongly."""
    made = await ordered(estate, li)
    answer = await craft(estate, made["payment_id"], overrides=overrides)
    assert answer["status"] == 204, (case, answer)
    await estate.world.work()
    assert await journals(estate) == 0
    assert await owing(estate) == 2
    [row] = await estate.world.db.discrepancies.find().to_list()
    assert doubt in row["doubts"]


async def test_case_45_the_money_itself_is_of_another_amount(
    estate: Estate, li: Member
) -> None:
    """WeChat, asked, confirms it: the money is kept in suspense and given back by a person."""
    made = await ordered(estate, li)
    await pay(estate, li, made, notify=False)
    patch = {"amount": {"total": 10_000, "payer_total": 10_000, "currency": "CNY"}}
    await estate.world.wechat.fault({"path": QUERY, "times": None}, {"body_patch": patch})
    await estate.world.advance(seconds=5)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "suspended"
    assert await owing(estate) == 2
    assert (await order(estate, li)).code == "payment_in_progress"

    admin = await estate.member("admin")
    [row] = (await estate.world.api.get("/api/v1/discrepancies", as_=admin)).body["items"]
    assert (row["doubts"], row["amount_fen"]) == (["amount"], 10_000)
    assert row["state"] == "in_suspense"


async def test_case_47_money_without_an_order_is_kept_and_given_back(
    estate: Estate, li: Member
) -> None:
    """Paid at WeChat, lost by us: suspense first, then a person sends it back."""
    payment_id = await paid_silently(estate, li)
    await estate.world.db.payments.delete_one({"_id": payment_id})
    assert (await craft(estate, payment_id))["status"] == 204
    await estate.world.work()
    admin = await estate.member("admin")
    api = estate.world.api
    [row] = (await api.get("/api/v1/discrepancies", as_=admin)).body["items"]
    assert (row["doubts"], row["state"]) == (["unknown_order"], "in_suspense")
    path = f"/api/v1/discrepancies/{row['discrepancy_id']}/return"
    replies = await asyncio.gather(*(api.post(path, as_=admin) for _ in range(3)))
    assert sorted(r.status for r in replies) == [204, 409, 409]
    await refunded(estate)
    refund = await estate.world.db.refunds.find_one({"payment": payment_id})
    assert refund is not None
    assert refund["state"] == "done"
    assert (await api.get("/api/v1/discrepancies", as_=li)).status == 403


async def test_case_45_what_wechat_confirms_is_given_back_not_what_a_notice_claims(
    estate: Estate, li: Member
) -> None:
    """A notice claims 1 fen, WeChat confirms another sum: that one goes back."""
    made = await ordered(estate, li)
    await pay(estate, li, made, notify=False)
    await estate.world.db.payments.update_one(
        {"_id": made["payment_id"]}, {"$set": {"amount_fen": 10_000}}
    )
    await craft(estate, made["payment_id"], overrides={"amount": {"total": 1}})
    await estate.world.work()
    admin, api = await estate.member("admin"), estate.world.api
    [row] = (await api.get("/api/v1/discrepancies", as_=admin)).body["items"]
    assert (row["state"], row["amount_fen"]) == ("in_suspense", 10_236)
    path = f"/api/v1/discrepancies/{row['discrepancy_id']}/return"
    assert (await api.post(path, as_=admin)).status == 204
    assert (await order(estate, li)).code == "payment_in_progress"
    await refunded(estate)
    assert await state(estate, made["payment_id"]) == "closed"
    found = await estate.world.db.discrepancies.find_one({})
    assert found is not None
    assert found["state"] == "returned"
    assert (await order(estate, li)).status == 201


async def test_case_46_another_firms_order(estate: Estate, li: Member) -> None:
    """An order of the firm, told under the sanitation's name."""
    payment_id = await paid_silently(estate, li)
    sanitation = estate.world.deps.merchants["sanitation"].account
    answer = await craft(
        estate,
        payment_id,
        url=f"{estate.world.api.base}/wx/pay/notify/sanitation",
        signed_by=sanitation.mchid,
        overrides={"mchid": sanitation.mchid},
    )
    assert answer["status"] == 204
    assert await journals(estate) == 0
    found = await estate.world.db.discrepancies.find_one({"doubts": "other_account"})
    assert found is not None


async def test_case_49_answers_by_public_key_notices_by_certificate(
    estate: Estate, li: Member
) -> None:
    await estate.world.wechat.do("merchants/firm", grey_share=1)
    made = await ordered(estate, li)
    answer = await pay(estate, li, made, notify_fault={"sign": "certificate"})
    assert [n["status"] for n in answer["notices"]] == [204]
    assert await owing(estate) == 0


async def test_case_50_the_platform_certificate_rotates(estate: Estate, li: Member) -> None:
    [waste, *_] = await estate.bill_ids("li", "waste_fee")
    made = (await order(estate, li, [waste])).body
    await estate.world.advance(minutes=2)
    await estate.world.wechat.do("certificates/rotate")
    answer = await pay(estate, li, made)
    assert [n["status"] for n in answer["notices"]] == [204]
    assert len(await estate.bill_ids("li", "waste_fee")) == 1


async def test_case_51_prepay_answer_lost_the_next_call_gets_the_same_order(
    estate: Estate, li: Member
) -> None:
    await estate.world.wechat.fault({"path": PREPAY}, {"drop": "after"})
    lost = await order(estate, li)
    assert (lost.status, lost.code) == (503, "wechat_pay_unavailable")
    payment_id = lost.body["details"]["payment_id"]
    assert await state(estate, payment_id) == "unknown"

    made = await ordered(estate, li)
    assert made["payment_id"] == payment_id
    await pay(estate, li, made)
    assert await state(estate, payment_id) == "paid"


async def test_case_52_a_repeat_is_sent_byte_for_byte(estate: Estate, li: Member) -> None:
    await ordered(estate, li)
    await estate.world.advance(seconds=40)
    await ordered(estate, li)
    first, second = await estate.world.wechat.journal(PREPAY)
    assert first["body"] == second["body"]
    assert (first["status"], second["status"]) == (200, 200)


async def test_case_52_a_refused_repeat_offers_nothing_to_pay(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault(
        {"path": PREPAY}, {"http": 400, "code": "INVALID_REQUEST", "message": "请求重入"}
    )
    refused = await order(estate, li)
    assert refused.status == 503
    # The first order may still be paid with the first prepay id: its bills are not free.
    assert await state(estate, made["payment_id"]) == "prepaid"
    answer = await pay(estate, li, made)
    assert answer["result"] == "ok"
    await estate.world.advance(seconds=60)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "paid"


async def test_case_53_a_prepay_id_older_than_two_hours(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    await estate.world.advance(hours=2, seconds=1)
    assert (await pay(estate, li, made))["result"] == "fail"
    li.token = (await estate.world.sign_in("li")).token
    again = await ordered(estate, li)
    assert again["payment_id"] != made["payment_id"]
    assert (await pay(estate, li, again))["result"] == "ok"


@pytest.mark.parametrize(
    ("http", "code", "status", "told", "then"),
    [
        (400, "ORDERPAID", 409, "payment_in_progress", "unknown"),
        (400, "ORDER_PAID", 409, "payment_in_progress", "unknown"),
        (403, "OUT_TRADE_NO_USED", 503, "wechat_pay_unavailable", "unknown"),
        (400, "ORDER_CLOSED", 409, "payment_in_progress", "unknown"),
        (400, "APPID_MCHID_NOT_MATCH", 503, "payee_unavailable", "closed"),
        (403, "NO_AUTH", 503, "payee_unavailable", "closed"),
        (403, "RULE_LIMIT", 409, "payment_refused", "closed"),
    ],
)
async def test_case_54_refused_orders(
    estate: Estate, li: Member, http: int, code: str, status: int, told: str, then: str
) -> None:
    await estate.world.wechat.fault({"path": PREPAY}, {"http": http, "code": code})
    reply = await order(estate, li)
    assert (reply.status, reply.code) == (status, told)
    document = await estate.world.db.payments.find_one({})
    assert document is not None
    assert document["state"] == then
    assert (await order(estate, li)).status == 201


async def test_case_55_too_many_requests(estate: Estate, li: Member) -> None:
    await estate.world.wechat.fault(
        {"path": PREPAY}, {"http": 429, "code": "FREQUENCY_LIMITED"}
    )
    reply = await order(estate, li)
    assert (reply.status, reply.code) == (503, "wechat_pay_unavailable")
    assert reply.headers["Retry-After"] == "3"
    assert (await order(estate, li)).status == 201


async def test_case_56_system_error_then_ok(estate: Estate, li: Member) -> None:
    await estate.world.wechat.fault({"path": PREPAY}, {"http": 500, "code": "SYSTEM_ERROR"})
    assert (await order(estate, li)).code == "wechat_pay_unavailable"
    made = await ordered(estate, li)
    assert await estate.world.db.payments.count_documents({}) == 1
    await pay(estate, li, made)
    assert await owing(estate) == 0


@pytest.mark.parametrize("sign", ["bad", "missing", "stale", "unknown_serial"])
async def test_case_57_a_good_answer_badly_signed_is_no_answer(
    estate: Estate, li: Member, sign: str
) -> None:
    await estate.world.wechat.fault({"path": PREPAY}, {"sign": sign})
    assert (await order(estate, li)).code == "wechat_pay_unavailable"
    document = await estate.world.db.payments.find_one({})
    assert document is not None
    assert (document["state"], document["open"]) == ("unknown", True)
    assert (await order(estate, li)).status == 201


async def test_case_58_an_order_whose_time_is_over_is_closed(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    for _ in range(40):
        await estate.world.advance(minutes=1)
        await estate.world.work()
    assert await state(estate, made["payment_id"]) == "closed"
    order_there = await estate.world.wechat.control("GET", f"orders/{made['payment_id']}")
    assert order_there["trade_state"] == "CLOSED"


async def test_case_58_the_second_phone_closes_the_first_ones_order(
    estate: Estate, li: Member
) -> None:
    """Li and the daughter pay for the same home: one order at a time."""
    first = await ordered(estate, li)
    mei = await estate.member("mei")
    second = await ordered(estate, mei)
    assert await state(estate, first["payment_id"]) == "closed"
    assert (await pay(estate, li, first))["result"] == "fail"
    assert (await pay(estate, mei, second))["result"] == "ok"
    assert await owing(estate) == 0


async def test_case_59_closing_while_somebody_types_the_password(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    assert (await pay(estate, li, made, slow=True))["result"] == "paying"
    mei = await estate.member("mei")
    refused = await order(estate, mei)
    assert (refused.status, refused.code) == (409, "payment_in_progress")
    await estate.world.wechat.do(
        "users/li/finish-payment", out_trade_no=made["payment_id"], notify=False
    )
    told = await order(estate, mei, await estate.bill_ids("mei"))
    assert (told.status, told.code) == (409, "bill_already_paid")
    assert await journals(estate) == 1


async def test_case_60_closing_an_order_that_is_paid(estate: Estate, li: Member) -> None:
    payment_id = await paid_silently(estate, li)
    mei = await estate.member("mei")
    told = await order(estate, mei)
    assert (told.status, told.code) == (409, "bill_already_paid")
    assert await state(estate, payment_id) == "paid"
    assert await journals(estate) == 1


async def test_case_61_the_payment_lands_after_the_close_timed_out(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault({"path": CLOSE}, {"drop": "before"})
    mei = await estate.member("mei")
    assert (await order(estate, mei)).code == "payment_in_progress"
    assert (await pay(estate, li, made, notify=False))["result"] == "ok"
    assert (await order(estate, mei)).code == "bill_already_paid"
    assert await state(estate, made["payment_id"]) == "paid"


async def test_case_61_nothing_is_freed_while_wechat_is_silent(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault({"path": ORDERS, "times": None}, {"drop": "before"})
    mei = await estate.member("mei")
    assert (await order(estate, mei)).code == "payment_in_progress"
    await estate.world.advance(hours=3)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"


async def test_case_62_paid_after_our_own_end(estate: Estate, li: Member) -> None:
    """The password was begun in time and finished late: it is money all the same."""
    made = await ordered(estate, li)
    await pay(estate, li, made, slow=True)
    await estate.world.advance(minutes=36)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"
    await estate.world.wechat.do("users/li/finish-payment", out_trade_no=made["payment_id"])
    assert await state(estate, made["payment_id"]) == "paid"


async def test_case_62_money_for_an_order_we_hold_for_closed(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid_silently(estate, li)
    await estate.world.db.payments.update_one(
        {"_id": payment_id}, {"$set": {"state": "closed", "open": False}}
    )
    assert (await craft(estate, payment_id))["status"] == 204
    assert await state(estate, payment_id) == "paid"
    assert await owing(estate) == 0


async def test_case_62_money_for_bills_paid_meanwhile_goes_back(
    estate: Estate, li: Member
) -> None:
    first = await paid_silently(estate, li)
    await estate.world.db.payments.update_one(
        {"_id": first}, {"$set": {"state": "closed", "open": False}}
    )
    mei = await estate.member("mei")
    await pay(estate, mei, await ordered(estate, mei))
    assert (await craft(estate, first))["status"] == 204
    await refunded(estate)
    refund = await estate.world.db.refunds.find_one({"payment": first})
    assert refund is not None
    assert (refund["amount_fen"], refund["state"]) == (10_236, "done")
    assert await journals(estate) == 2


async def test_case_63_a_double_tap_makes_one_order(estate: Estate, li: Member) -> None:
    wanted = await estate.bill_ids("li")
    replies = await asyncio.gather(*(order(estate, li, wanted) for _ in range(5)))
    assert {r.status for r in replies} <= {201, 409}
    assert {r.body["payment_id"] for r in replies if r.status == 201}
    open_orders = await estate.world.db.payments.count_documents({"open": True})
    assert open_orders == 1


async def test_case_63_two_phones_at_once_make_one_open_order(
    estate: Estate, li: Member
) -> None:
    mei = await estate.member("mei")
    wanted = await estate.bill_ids("li")
    await asyncio.gather(*(order(estate, w, wanted) for w in (li, mei, li, mei)))
    assert await estate.world.db.payments.count_documents({"open": True}) <= 1


async def test_case_63_the_same_key_gets_the_same_answer(estate: Estate, li: Member) -> None:
    body = {"bill_ids": await estate.bill_ids("li")}
    api = estate.world.api
    first = await api.post("/api/v1/payments", body, as_=li, key="tap-1")
    again = await api.post("/api/v1/payments", body, as_=li, key="tap-1")
    other = await api.post("/api/v1/payments", {"bill_ids": ["x"]}, as_=li, key="tap-1")
    assert (first.status, first.raw) == (again.status, again.raw)
    assert (other.status, other.code) == (422, "idempotency_key_reused")


async def test_property_fee_and_waste_fee_are_never_one_payment(
    estate: Estate, li: Member
) -> None:
    mixed = [b["bill_id"] for b in await estate.bills("li")]
    reply = await order(estate, li, mixed)
    assert (reply.status, reply.code) == (422, "different_payees")


async def test_nobody_pays_or_sees_for_another_home(estate: Estate, li: Member) -> None:
    wang = await estate.member("wang")
    theirs = await estate.bill_ids("wang")
    assert (await order(estate, li, theirs)).status == 404
    made = await ordered(estate, wang)
    path = f"/api/v1/payments/{made['payment_id']}"
    assert (await estate.world.api.get(path, as_=li)).status == 404
    assert (await estate.world.api.get(f"{path}/receipt", as_=li)).status == 404
    assert (await estate.world.api.get(path, as_=wang)).status == 200


async def test_a_notice_for_no_account_of_ours(estate: Estate) -> None:
    reply = await estate.world.api.call("POST", "/wx/pay/notify/nobody", b"{}")
    assert reply.status == 404


async def test_a_notice_too_long_to_be_one(estate: Estate) -> None:
    reply = await estate.world.api.call("POST", NOTIFY, b"x" * 70_000)
    assert (reply.status, reply.body["code"]) == (413, "FAIL")


async def test_a_bill_paid_while_the_order_is_made(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking at the bills and writing the order, somebody else's money lands."""
    from services.payments import orders  # noqa: PLC0415  # slowed down below

    payment_id = await paid_silently(estate, li)
    change = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": payment_id}, change)
    whole = orders.draft

    async def slow(*arguments: Any) -> Any:
        assert (await craft(estate, payment_id))["status"] == 204
        return await whole(*arguments)

    monkeypatch.setattr(orders, "draft", slow)
    reply = await order(estate, await estate.member("mei"))
    assert (reply.status, reply.code) == (409, "bill_already_paid")
    assert await estate.world.db.payments.count_documents({"open": True}) == 0


async def test_a_collision_that_is_no_repeat_is_heard(estate: Estate, li: Member) -> None:
    """A duplicate key elsewhere must not pass for "booked before": the money would be lost."""
    payment_id = await paid_silently(estate, li)
    await estate.world.db.receipts.insert_one(
        {
            "_id": payment_id,
            "number": "x",
            "person": "x",
            "lines": [],
            "amount_fen": 1,
            "paid_at": estate.world.clock.now,
        }
    )
    assert (await craft(estate, payment_id))["status"] == 500
    assert await owing(estate) == 2
    await estate.world.db.receipts.delete_one({"_id": payment_id})
    assert (await craft(estate, payment_id))["status"] == 204
    assert await owing(estate) == 0
