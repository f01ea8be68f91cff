"""Late charges that a home is left out of are waived; money that went back was not owed before.

Li owes 51.18 yuan for each of two months, due on 1 April 2026. Today is 2 March 2026, and 1 May
after sixty days: 29 days are late then.
"""

from typing import Any, Final

import pytest

from tests.build.cast import LI_HOME, UNIT, WANG_HOME, Estate
from tests.build.homes import get, post
from tests.build.late_charges import charged, decide, propose, ruled
from tests.build.payments import paid
from tests.build.refund_requests import approved
from tests.handlers.test_own_interests import live_at_lis

pytestmark = [
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
EARLY, LAST = "2026-04-20", "2026-04-30"
SPARED: Final[dict[str, Any]] = {"left_out": [LI_HOME], "left_out_because": "生病住院,不收"}


async def so_far(estate: Estate, who: str = "li") -> list[int]:
    """Return what each late bill comes to so far, the same to who owes it and to staff."""
    own = await get(estate, who, "me/late-charges")
    if who == "li":
        shown = await get(estate, "staff", f"homes/{LI_HOME}/late-charges")
        assert shown.body["items"] == own.body["items"]
    return [item["amount_fen"] for item in own.body["items"]]


async def lines_of(estate: Estate, fees_id: str, home: str) -> list[int]:
    lines = await get(estate, "staff", f"late-charges/{fees_id}/lines")
    return [line["amount_fen"] for line in lines.body["items"] if line["home"] == home]


async def test_a_home_that_was_left_out_owes_no_charge_for_these_days(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    made = await propose(estate, to_day=EARLY, **SPARED)
    assert await so_far(estate) == [74, 74]  # nobody approved it yet
    assert (await decide(estate, made.body["late_fees_id"])).status == 200
    assert await so_far(estate) == [26, 26]  # ten days, also before the worker billed the rest
    assert await so_far(estate, "wang") == [52, 52]
    await estate.world.work()
    assert await so_far(estate, "wang") == [18, 18]
    fees_id = await charged(estate, LAST)
    assert await lines_of(estate, fees_id, LI_HOME) == [26, 26]
    assert await lines_of(estate, fees_id, WANG_HOME) == [18, 18]


async def test_what_was_left_out_to_the_last_day_is_not_charged_the_next_time(
    estate: Estate,
) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    await charged(estate, LAST, **SPARED)
    assert await so_far(estate) == []
    again = await propose(estate, to_day=LAST)
    assert (again.status, again.code) == (409, "no_late_fees")


async def test_a_refused_batch_waives_nothing(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    made = await propose(estate, to_day=EARLY, **SPARED)
    assert (await decide(estate, made.body["late_fees_id"], approve=False)).status == 200
    assert await so_far(estate) == [74, 74]
    assert await lines_of(estate, await charged(estate, LAST), LI_HOME) == [74, 74]


async def test_a_batch_waives_only_what_is_paid_into_its_account(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    await charged(estate, EARLY, **SPARED)
    await estate.world.db.late_charges.update_one({}, {"$set": {"account": "other"}})
    assert await so_far(estate) == [74, 74]
    await estate.world.db.late_charges.update_one({}, {"$set": {"account": "firm"}})


async def test_where_one_lived_before_any_line_others_leave_the_home_out(
    estate: Estate,
) -> None:
    """January of Li's home is left out; what is charged is of February."""
    await ruled(estate)
    found = await estate.bills("wang")
    january = [b for b in found if b["period"] == "2026-01" and b["kind"] == "property_fee"]
    await paid(estate, await estate.member("wang"), [b["bill_id"] for b in january])
    await estate.advance(days=60)
    await live_at_lis(estate, "staff")
    moved = {"to_day": "2026-01-31", "ended_at": estate.world.clock.now}
    await estate.world.db.residencies.update_one({"_id": "r9-office"}, {"$set": moved})
    own = await propose(estate, to_day=LAST, place=UNIT, **SPARED)
    assert (own.status, own.code) == (403, "own_home")


async def transferred(estate: Estate, *, on: str) -> tuple[str, str]:
    """Have the first bill of Li's paid by a transfer of a day before; return both."""
    [first, _] = await estate.bill_ids("li")
    body = {"bill_ids": [first], "way": "transfer", "voucher": "T-1", "paid_on": on}
    taken = await post(estate, "staff", "counter-payments", body)
    assert taken.status == 201, taken.body
    return first, taken.body["payment_id"]


@pytest.mark.parametrize(
    ("back", "line"),
    [
        (None, "欠费51.18元×0.05%×20天=0.51元"),  # 2 to 9 April and 19 to 30 April
        (1000, "欠费(51.18元×8天+10.00元×12天)×0.05%=0.26元"),
    ],
)
async def test_a_transfer_that_was_booked_late_and_went_back_counts_from_its_day(
    estate: Estate, back: int | None, line: str
) -> None:
    await ruled(estate)
    await estate.advance(days=44)  # 15 April
    first, payment = await transferred(estate, on="2026-04-10")
    await estate.advance(days=4)  # 19 April
    some = {"bill_id": first, **({"amount_fen": back} if back else {})}
    made = await approved(estate, payment, counter=True, bills=[some])
    out = {"way": "transfer", "voucher": "T-2"}
    path = f"refund-requests/{made['request_id']}/payout"
    assert (await post(estate, "staff", path, out)).status == 200
    await estate.advance(days=12)
    found = (await get(estate, "li", "me/late-charges")).body["items"]
    assert [i["explanation"] for i in found if i["bill_id"] == first] == [line]
