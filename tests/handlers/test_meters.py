"""Meters over HTTP: put up, read by heads and residents, replaced, priced, billed in rounds.

Li's meter was put up on 31 December 2025 and showed 10 m³. Today is 2 March 2026.
"""

from typing import Any

import pytest

from services.meters import store
from tests.build import photos
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.build.deeds import audited, send
from tests.build.homes import get, newcomer, told
from tests.build.meters import METER, REPLACED, bill, meter, meter_read, post, price, read
from tests.handlers.test_debts import BUYER, sell
from tests.handlers.test_own_interests import firms_manager

pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]


async def owed(estate: Estate, who: str = "li") -> list[tuple[str, int]]:
    return [(each["title"], each["amount_fen"]) for each in await estate.bills(who)]


async def test_what_head_and_resident_read_is_billed_once_and_told(estate: Estate) -> None:
    li, meter_id = await estate.member("li"), await meter(estate)
    await price(estate)
    photo = await photos.sent(estate.world.api, li, purpose="charge")
    seen = await read(estate, meter_id, "2026-01-31", 15_000, who="li", photo_ids=[photo])
    assert (seen.status, seen.body["readings"][0]["by"]) == (201, "resident"), seen.body
    assert len(seen.body["readings"][0]["photos"]) == 1
    by_head = await read(estate, meter_id, "2026-02-28", 20_500)
    assert by_head.body["readings"][0]["by"] == "office"
    dues = await get(estate, "staff", f"places/{COMPOUND}/meter-dues")
    [due] = dues.body["items"]
    assert (due["amount_fen"], due["is_estimated"], due["because"]) == (2940, False, None)
    assert (await bill(estate)).status == 202
    assert await owed(estate) == [("2026年1月至2月计量费", 2940)]
    assert len(await told(estate.world, li, "bill_issued")) == 1
    again = await bill(estate)
    assert (again.status, again.code) == (409, "meter_round_exists")
    await bill(estate, "2026-03-01")  # one day later nobody has read it: 0.178 m³ by estimate
    assert [fen for _, fen in await owed(estate)] == [50, 2940]
    rounds = (await get(estate, "staff", f"places/{COMPOUND}/meter-rounds")).body["items"]
    assert [(one["bills"], one["estimated"], one["state"]) for one in rounds] == [
        (1, 1, "billed"),
        (1, 0, "billed"),
    ]


async def test_an_estimate_is_corrected_by_the_next_reading(estate: Estate) -> None:
    meter_id = await meter(estate)
    await price(estate)
    await read(estate, meter_id, "2026-01-31", 41_000)  # 1 m³ a day
    await bill(estate, "2026-01-31")
    await bill(estate, "2026-02-20")
    assert [fen for _, fen in await owed(estate)] == [5600, 8680]
    await read(estate, meter_id, "2026-02-28", 51_000)  # 10 m³ instead of 28
    await bill(estate, "2026-02-28")
    assert len(await owed(estate)) == 2
    [due] = (await get(estate, "staff", f"places/{COMPOUND}/meter-dues")).body["items"]
    assert due["because"] == "catching_up"
    await read(estate, meter_id, "2026-03-01", 65_000)
    await bill(estate, "2026-03-01")
    newest = (await estate.bills("li"))[0]
    assert newest["amount_fen"] == 4 * 280
    assert "其中20立方米此前按估算计费" in newest["explanation"]
    assert sum(fen for _, fen in await owed(estate)) == 55 * 280  # all that the dial shows


async def test_a_dial_never_runs_back_unless_the_meter_was_replaced(estate: Estate) -> None:
    meter_id = await meter(estate)
    await price(estate)
    await read(estate, meter_id, "2026-02-10", 15_000)
    below = await read(estate, meter_id, "2026-02-20", 14_999)
    assert (below.status, below.code) == (409, "reading_below_last")
    assert below.body["details"] == {"day": "2026-02-10", "value": 15_000}
    above = await read(estate, meter_id, "2026-02-01", 15_001)
    assert (above.status, above.code) == (409, "reading_above_next")
    twice = await read(estate, meter_id, "2026-02-10", 15_000)
    assert (twice.status, twice.code) == (409, "reading_exists")
    made = await post(estate, "staff", f"meters/{meter_id}/replacement", **REPLACED)
    assert (made.status, made.body["serial"], made.body["first_value"]) == (201, "2", 0)
    for path, body in (
        ("readings", {"day": "2026-03-02", "value": 1}),
        ("replacement", REPLACED),
    ):
        late = await post(estate, "staff", f"meters/{meter_id}/{path}", **body)
        assert (late.status, late.code) == (409, "meter_replaced")
    assert (await read(estate, made.body["meter_id"], "2026-03-02", 500)).status == 201
    await bill(estate, "2026-03-01")
    assert [fen for _, fen in await owed(estate)] == [2800]  # of the old one, up to its end


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"from_day": "2026-03-03"}, 422, "bad_meter"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"first_value": -1}, 422, "invalid_input"),
        ({}, 409, "meter_exists"),
    ],
)
async def test_a_meter_that_does_not_fit_is_refused(
    estate: Estate, wish: dict[str, Any], status: int, code: str
) -> None:
    await meter(estate, WANG_HOME)
    refused = await post(estate, "staff", f"homes/{LI_HOME}/meters", **{**METER, **wish})
    assert (refused.status, refused.code) == (status, code)


async def test_a_meter_hangs_in_a_home_and_a_price_in_a_compound(estate: Estate) -> None:
    wrong = await post(estate, "staff", f"homes/{UNIT}/meters", **METER)
    assert (wrong.status, wrong.code) == (422, "bad_meter")
    body = {"kind": "water", "to_day": "2026-02-28"}
    for place, to_day, code in (
        (UNIT, "2026-02-28", "bad_meter"),
        (COMPOUND, "2026-03-02", "bad_meter"),
        (COMPOUND, "2026-02-28", "no_meter_price"),
    ):
        path = f"places/{place}/meter-rounds"
        assert (await post(estate, "staff", path, **{**body, "to_day": to_day})).code == code


@pytest.mark.parametrize("day", ["2026-03-03", "2025-12-30"])
async def test_nobody_reads_tomorrow_or_before_it_was_put_up(estate: Estate, day: str) -> None:
    refused = await read(estate, await meter(estate), day, 20_000)
    assert (refused.status, refused.code) == (422, "bad_meter")


async def test_neighbours_and_other_heads_read_no_meter_of_others(estate: Estate) -> None:
    own, suns = await meter(estate), await meter(estate, SUN_HOME, serial="2")
    assert (await read(estate, own, "2026-02-28", 20_000, who="wang")).status == 404
    assert (await read(estate, suns, "2026-02-28", 20_000)).status == 404
    mine = (await get(estate, "li", f"places/{LI_HOME}/meters")).body["items"]
    assert [each["meter_id"] for each in mine] == [own]
    assert (await get(estate, "li", f"places/{WANG_HOME}/meters")).status == 404


async def test_who_read_a_meter_is_in_the_audit(estate: Estate) -> None:
    head = await estate.member("head")
    wanted = await meter_read(estate)
    assert (await send(estate, wanted, head)).status == 201
    [row] = await audited(estate)
    assert (row["act"], row["place"], row["subject"]) == ("meter.read", LI_HOME, wanted.subject)
    assert (row["person"], row["facts"]["value"]) == (head.person_id, 20_000)


async def test_two_who_read_at_once_are_not_lost(estate: Estate) -> None:
    meter_id, deps = await meter(estate), estate.world.deps
    stale = await store.find(deps.db, meter_id)
    await read(estate, meter_id, "2026-02-28", 20_000)
    assert stale is not None
    late = await deps.in_transaction(lambda tx: store.change(deps.db, tx, stale, readings=[]))
    assert not late
    kept = await store.find(deps.db, meter_id)
    assert kept is not None
    assert len(kept.readings) == 1


async def test_each_owner_owes_until_the_reading_of_the_sale(estate: Estate) -> None:
    await estate.member("li")
    buyer = await newcomer(estate, "buyer", BUYER)
    meter_id = await meter(estate)
    await price(estate)
    await sell(estate, "2026-02-01")
    await read(estate, meter_id, "2026-01-31", 20_000)
    await read(estate, meter_id, "2026-02-28", 21_000)
    await bill(estate)
    assert await owed(estate) == [("2026年1月计量费", 2800)]
    seen = (await get(estate, buyer, "me/bills")).body["items"]
    assert [each["amount_fen"] for each in seen] == [280]


async def test_a_new_price_for_a_day_takes_the_place_of_the_earlier_one(estate: Estate) -> None:
    await price(estate)
    assert (await price(estate, price=30_000)).body["version"] == 2
    prices = (await get(estate, "head", f"places/{UNIT}/meter-prices")).body["items"]
    assert [(one["price"], one["version"]) for one in prices] == [(30_000, 2), (28_000, 1)]
    await read(estate, await meter(estate), "2026-02-28", 11_000)
    await bill(estate)
    assert [fen for _, fen in await owed(estate)] == [300]


async def test_a_firm_bills_only_the_meters_that_it_is_paid_for(estate: Estate) -> None:
    await price(estate)
    estate.members["manager"] = await firms_manager(estate)
    body = {"kind": "water", "to_day": "2026-02-28"}
    await estate.world.db.meter_prices.update_one({}, {"$set": {"account": "sanitation"}})
    path = f"places/{COMPOUND}/meter-rounds"
    other = await post(estate, "manager", path, **body)
    assert (other.status, other.code) == (403, "other_payee")
    await estate.world.db.meter_prices.update_one({}, {"$set": {"account": "firm"}})
    assert (await post(estate, "manager", path, **body)).status == 202
