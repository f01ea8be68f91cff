"""Payment cases 31-44, 49, 50 of docs/reference/wechat.md: notices, genuine and forged."""

import asyncio
from typing import Any

import pytest

from services.payments import jobs as payments_jobs
from tests.build.cast import Estate
from tests.build.late_reads import one_behind
from tests.build.payments import (
    craft,
    journals,
    order,
    ordered,
    owing,
    paid_silently,
    pay,
    state,
)
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
NOTIFY = "/wx/pay/notify/firm"


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


async def test_of_an_order_that_is_booked_nobody_asks_any_more(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await pay(estate, li, made)
    job = await estate.world.db.outbox.find_one({"_id": f"payments.check:{made['payment_id']}"})
    assert job is not None
    assert (job["state"], job["open"]) == ("done", False)


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


@pytest.mark.parametrize("second", ["EV-1", "EV-2"])
async def test_case_33_a_second_notice_that_reads_late_is_no_failure(
    estate: Estate, li: Member, second: str
) -> None:
    payment_id = await paid_silently(estate, li)
    crafted = (craft(estate, payment_id, event={"id": each}) for each in ("EV-1", second))
    answers = await one_behind(estate.world.deps, *crafted)
    assert [answer["status"] for answer in answers] == [204, 204]
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
    whole, failures = store.insert_event, []

    async def broken(*arguments: Any, **options: Any) -> None:
        if len(failures) < 3:
            failures.append(1)
            raise OSError("disk")
        await whole(*arguments, **options)

    monkeypatch.setattr(store, "insert_event", broken)
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
    [sent] = await estate.world.wechat.calls(NOTIFY)
    await estate.world.advance(seconds=301)
    replayed = await estate.world.wechat.do("replay", n=sent["n"])
    assert replayed["status"] == 401
    assert await journals(estate) == 1


async def test_case_43_a_fresh_copy_of_a_notice_is_harmless(estate: Estate, li: Member) -> None:
    await pay(estate, li, await ordered(estate, li))
    [sent] = await estate.world.wechat.calls(NOTIFY)
    assert (await estate.world.wechat.do("replay", n=sent["n"]))["status"] == 204
    assert await journals(estate) == 1


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


async def test_case_50_a_new_certificate_cannot_be_fetched_for_a_while(
    estate: Estate, li: Member
) -> None:
    """Not a forgery: the notice comes again and is believed."""
    [waste, *_] = await estate.bill_ids("li", "waste_fee")
    made = (await order(estate, li, [waste])).body
    await estate.world.advance(minutes=2)
    await estate.world.wechat.do("certificates/rotate")
    away = {"http": 500, "code": "SYSTEM_ERROR"}
    await estate.world.wechat.fault("/v3/certificates", match={"times": None}, **away)
    answer = await pay(estate, li, made)
    assert [n["status"] for n in answer["notices"]] == [503]
    assert '"FAIL"' in answer["notices"][0]["body"]
    await estate.world.wechat.control("DELETE", "faults")
    await estate.world.advance(seconds=15)
    assert await state(estate, made["payment_id"]) == "paid"


async def test_a_notice_for_no_account_of_ours(estate: Estate) -> None:
    reply = await estate.world.api.call("POST", "/wx/pay/notify/nobody", b"{}")
    assert reply.status == 404


async def test_a_notice_too_long_to_be_one(estate: Estate) -> None:
    reply = await estate.world.api.call("POST", NOTIFY, b"x" * 70_000)
    assert (reply.status, reply.body["code"]) == (413, "FAIL")


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


async def test_an_order_whose_job_died_is_followed_again_by_the_sweep(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid_silently(estate, li)
    dead = {"$set": {"state": "dead", "open": False}}
    await estate.world.db.outbox.update_many({"kind": "payments.check"}, dead)
    await estate.world.advance(minutes=6)
    await estate.world.work()
    assert await state(estate, payment_id) != "paid", "nobody follows it"
    await payments_jobs.sweep(estate.world.deps, {"at": "now"})
    await estate.world.work()
    assert await state(estate, payment_id) == "paid"
