"""Merchant accounts over HTTP: changed by two people, used at once, their keys never shown."""

from typing import Any

import msgspec
import pytest

from handlers.merchants import PRIVATE_KEY
from services.merchants import actions as merchants
from services.wechat.merchant_clients import MerchantClients
from tests.build.cast import Estate
from tests.build.merchants import CHANGES, change, decide, forgotten, keys_of, propose, second
from tests.build.payments import order, ordered, paid, paid_silently, pay, state
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
LIST = "/api/v1/merchants"


def another_process(estate: Estate) -> MerchantClients:
    """What a process uses that looked before there was any change."""
    ours = estate.world.deps.merchants
    return MerchantClients(ours._make, ours.environment)


async def test_an_account_that_was_added_is_paid_into_without_a_restart(
    estate: Estate, li: Member, admin: Member
) -> None:
    wish = forgotten(estate, "firm")
    assert (await order(estate, li)).code == "payee_unavailable"
    proposed = await estate.world.api.post(LIST, wish, as_=admin)
    assert (proposed.status, proposed.body["state"]) == (201, "proposed")
    assert (await order(estate, li)).code == "payee_unavailable"
    made = await decide(estate, await second(estate), proposed.body["change_id"])
    assert (made.status, made.body["state"]) == (200, "approved")
    assert await state(estate, await paid(estate, li)) == "paid"


async def test_whoever_proposed_does_not_approve(estate: Estate, admin: Member) -> None:
    proposed = await propose(estate, admin, "firm", "switch_off")
    refused = await decide(estate, admin, proposed.body["change_id"])
    assert (refused.status, refused.code) == (403, "same_person")
    assert estate.world.deps.merchants.takes_orders("firm")
    assert (await propose(estate, admin, "firm", "ship")).code == "merchant_change_waits"
    taken = await decide(estate, admin, proposed.body["change_id"], approve=False)
    assert taken.body["state"] == "refused"
    late = await decide(estate, await second(estate), proposed.body["change_id"])
    assert (late.status, late.code) == (409, "merchant_change_decided")


async def test_keys_are_sealed_and_never_shown(estate: Estate, admin: Member) -> None:
    wish, db = forgotten(estate, "firm"), estate.world.db
    secrets = [wish["keys"]["api_v3_key"], wish["keys"]["private_key_pem"][40:90]]
    proposed = await estate.world.api.post(LIST, wish, as_=admin)
    shown = [proposed.raw, (await estate.world.api.get(CHANGES, as_=admin)).raw]
    kept = [str(await db.merchant_changes.find_one({}))]
    await decide(estate, await second(estate), proposed.body["change_id"])
    shown.append((await estate.world.api.get(LIST, as_=admin)).raw)
    kept += [str(await db.merchants.find_one({})), str(await db.audit.find().to_list())]
    assert (await db.merchant_changes.find_one({}) or {})["keys"] == ""
    text = "".join(kept) + b"".join(shown).decode()
    assert not [secret for secret in secrets if secret in text]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"mchid": "1"}, 422, "bad_merchant"),
        ({"mode": "partner"}, 422, "bad_merchant"),  # and no sub_mchid
        ({"account": "sanitation"}, 409, "merchant_taken"),
        ({"mchid": "of sanitation"}, 409, "merchant_taken"),
        ({"keys": {"api_v3_key": "short"}}, 422, "bad_merchant"),
        ({"keys": {"private_key_pem": PRIVATE_KEY}}, 422, "bad_merchant"),  # of the example
        ({"keys": {"certificate_pem": "no certificate"}}, 422, "bad_merchant"),
    ],
)
async def test_an_account_that_could_not_work_is_not_proposed(
    estate: Estate, admin: Member, change: dict[str, Any], status: int, code: str
) -> None:
    wish = forgotten(estate, "firm")
    if change.get("mchid") == "of sanitation":
        change = {"mchid": estate.world.deps.merchants["sanitation"].account.mchid}
    keys = {**wish["keys"], **change.get("keys", {})}
    reply = await estate.world.api.post(LIST, {**wish, **change, "keys": keys}, as_=admin)
    assert (reply.status, reply.code) == (status, code)


async def test_one_that_is_switched_off_takes_no_order_in_any_process(
    estate: Estate, li: Member
) -> None:
    deps = estate.world.deps
    other = another_process(estate)
    await change(estate, "firm", "switch_off")
    object.__setattr__(deps, "merchants", other)  # as it was before anybody told it
    assert other.takes_orders("firm")
    reply = await order(estate, li)
    assert (reply.status, reply.code) == (503, "payee_unavailable")
    await change(estate, "firm", "switch_on")
    assert await state(estate, await paid(estate, li)) == "paid"


async def test_its_open_orders_are_closed_and_it_says_how_many_are_left(
    estate: Estate, li: Member, admin: Member
) -> None:
    payment_id = (await ordered(estate, li))["payment_id"]
    path, twice = "/v3/pay/transactions/out-trade-no", {"times": 2}  # close and query
    await estate.world.wechat.fault(path, match=twice, drop="before")
    await change(estate, "firm", "switch_off")
    await estate.world.work()
    [shown] = (await estate.world.api.get(LIST, as_=admin)).body["items"]
    assert (shown["is_on"], shown["orders_left"]) == (False, 1)
    assert (await order(estate, li)).code == "payee_unavailable"
    await estate.world.advance(minutes=1)
    await estate.world.work()
    [shown] = (await estate.world.api.get(LIST, as_=admin)).body["items"]
    assert (shown["orders_left"], await state(estate, payment_id)) == (0, "closed")
    job = await estate.world.db.outbox.find_one({"kind": "payments.close_account"})
    assert job is not None
    assert job["state"] == "done"


async def test_what_was_paid_before_the_order_was_closed_is_booked(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid_silently(estate, li)
    await change(estate, "firm", "switch_off")
    await estate.world.work()
    assert await state(estate, payment_id) == "paid"


async def test_after_a_rotation_notices_with_the_old_keys_are_read_until_a_day(
    estate: Estate, li: Member, admin: Member
) -> None:
    """WeChat seals with the old APIv3 key here: the stand-in was not told of the new one."""
    keys = keys_of(estate.world.deps.merchants["firm"].account, api_v3_key="n" * 32)
    first, rest = (await estate.bill_ids("li"))[:1], (await estate.bill_ids("li"))[1:]
    await change(estate, "firm", "rotate", keys=keys, old_until="2026-03-02")
    [shown] = (await estate.world.api.get(LIST, as_=admin)).body["items"]
    assert (shown["account"], shown["earlier_until"]) == ("firm", "2026-03-02")
    assert await state(estate, await paid(estate, li, first)) == "paid"
    await estate.world.advance(hours=13)
    late = await estate.world.sign_in("li", "13900000001")
    made = await ordered(estate, late, rest)
    answer = await pay(estate, late, made)
    assert [each["status"] for each in answer["notices"]] == [401]
    await merchants.forget_earlier_keys(estate.world.deps)
    row = await estate.world.db.merchants.find_one({})
    assert row is not None
    assert (row["earlier_keys"], row["earlier_until"]) == ("", None)


async def test_keys_that_cannot_be_opened_are_alarmed_and_not_replaced_by_others(
    estate: Estate, li: Member
) -> None:
    await change(estate, "firm", "ship")
    broken = {"$set": {"keys": "k1.AAAA", "version": 2}}
    await estate.world.db.merchants.update_one({"_id": "firm"}, broken)
    await merchants.refresh(estate.world.deps)
    assert "firm" not in estate.world.deps.merchants
    assert (await order(estate, li)).code == "payee_unavailable"


async def test_two_changes_at_once_have_two_versions(estate: Estate, admin: Member) -> None:
    other = await second(estate)
    proposed = [
        await propose(estate, admin, account, "ship") for account in ("firm", "sanitation")
    ]
    for each in proposed:
        assert (await decide(estate, other, each.body["change_id"])).status == 200
    rows = await estate.world.db.merchants.find().to_list()
    assert sorted(row["version"] for row in rows) == [1, 2]
    assert msgspec.json.encode(estate.world.deps.merchants.version) == b"2"
