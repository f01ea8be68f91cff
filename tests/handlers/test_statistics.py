"""The list of unpaid homes and the three rates over HTTP, for those whose place it is.

The estate owes, for January and February each: Li 51.18, Wang 36.00, Sun 42.00 for property
and 5.00 for waste, issued on 2 March, due on 1 April 2026.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.bills.balances import actions as balances
from services.bills.unpaid_homes import actions as unpaid_homes
from services.dependencies import Transaction
from services.kernel.days import BEIJING
from services.kernel.permissions import Role
from services.place_sums import jobs as place_sums
from services.places import actions as places
from services.places.models import Kind, NewPlace
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    SUN_HOME,
    TERM,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
    bill,
    homes,
)
from tests.build.offices import BUILDING, CHEN, GRID, head_of, make_grid
from tests.build.sign_ins import Member
from tests.build.world import World

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]


async def pay(estate: Estate, name: str, period: str, *kinds: str) -> None:
    """Settle somebody's bills of a period as an arriving payment does."""
    deps = estate.world.deps
    for owed in await estate.bills(name):
        if owed["period"] == period and owed["kind"] in (kinds or (owed["kind"],)):

            async def settle(tx: Transaction, bill_id: str = owed["bill_id"]) -> bool:
                amounts, journal = {bill_id: 9999}, f"pay:{bill_id}"
                return bool(await balances.settle(deps, tx, amounts, journal, deps.now()))

            assert await deps.in_transaction(settle)


async def until(estate: Estate, month: int, day: int, second: int = 0) -> None:
    """Wait for a Beijing midnight, or a second around it; everybody signs in anew."""
    then = datetime(2026, month, day, tzinfo=BEIJING) + timedelta(seconds=second)
    await estate.world.advance(seconds=(then - estate.world.clock.now).total_seconds())
    estate.members.clear()


async def unpaid(
    estate: Estate, name: str, place: str = UNIT, query: str = "", due: str = "all"
) -> Any:
    path = f"/api/v1/places/{place}/unpaid-homes?due={due}&{query}"
    reply = await estate.world.api.get(path, as_=await estate.member(name))
    assert reply.status == 200, reply.body
    return reply.body["items"]


async def rates(estate: Estate, query: str, place: str = COMPOUND, name: str = "staff") -> Any:
    path = f"/api/v1/places/{place}/rates?{query}"
    reply = await estate.world.api.get(path, as_=await estate.member(name))
    assert reply.status == 200, reply.body
    return reply.body


def fractions(body: Any) -> list[tuple[int, int]]:
    names = ("household_rate", "amount_rate", "arrears_recovery_rate")
    return [(body[n]["numerator"], body[n]["denominator"]) for n in names]


async def test_a_head_sees_who_owes_in_their_unit(estate: Estate) -> None:
    wang, li = await unpaid(estate, "head")
    assert wang["place"] == WANG_HOME
    assert li == {
        "place": LI_HOME,
        "address": "春光小区3栋2单元502室",
        "resident": "l*",  # the owner, not the daughter
        "bills": 4,
        "amount_fen": 2 * (5118 + 500),
        "overdue_bills": 0,
        "overdue_fen": 0,
        "not_yet_due_fen": 2 * (5118 + 500),
        "kinds": ["property_fee", "waste_fee"],
        "months": ["2026-01", "2026-02"],
        "since": "2026-01",
        "days_overdue": 0,
    }


async def test_nobody_is_on_the_heads_list_who_still_has_time(estate: Estate) -> None:
    """The bills are due on 1 April: that day there is time, and the next there is none."""
    for day, late in ((1, []), (2, [WANG_HOME, LI_HOME])):
        await until(estate, 4, day)
        found = await unpaid(estate, "head", query="limit=50", due="overdue")
        assert [home["place"] for home in found] == late
    path = f"/api/v1/places/{UNIT}/unpaid-homes"
    unasked = await estate.world.api.get(path, as_=await estate.member("head"))
    assert unasked.body["items"] == found


async def test_who_is_late_comes_first_and_each_sum_says_what_has_time(
    world: World, estate: Estate
) -> None:
    await until(estate, 4, 2)
    await pay(estate, "wang", "2026-01")
    await pay(estate, "wang", "2026-02")
    await bill(world, "2026-04")  # due on 2 May
    staff, found, cursor = await estate.member("staff"), [], ""
    while cursor is not None:
        path = f"/api/v1/places/{COMPOUND}/unpaid-homes?due=all&limit=1&cursor={cursor}"
        reply = await world.api.get(path, as_=staff)
        found += reply.body["items"]
        cursor = reply.body["next_cursor"]
    sums = [(h["place"], h["overdue_fen"], h["not_yet_due_fen"], h["months"]) for h in found]
    all_months = ["2026-01", "2026-02", "2026-04"]
    assert sums == [
        (SUN_HOME, 2 * 4700, 4700, all_months),
        (LI_HOME, 2 * 5618, 5618, all_months),
        (WANG_HOME, 0, 4100, ["2026-04"]),
    ]
    early = await unpaid(estate, "staff", COMPOUND, due="not_yet_due")
    assert [h["place"] for h in early] == [WANG_HOME]


async def test_the_list_gets_shorter_and_the_rates_move(estate: Estate) -> None:
    query = "period=2026-02"
    assert [h["place"] for h in await unpaid(estate, "head", UNIT, query)] == [
        WANG_HOME,
        LI_HOME,
    ]
    before = await rates(estate, query, UNIT, "head")
    assert fractions(before["rates"]) == [(0, 2), (0, 9718), (0, 0)]
    await pay(estate, "li", "2026-02")
    assert [h["place"] for h in await unpaid(estate, "head", UNIT, query)] == [WANG_HOME]
    after = await rates(estate, query, UNIT, "head")
    assert fractions(after["rates"]) == [(1, 2), (5618, 9718), (0, 0)]
    assert after["rates"]["amount_rate"]["basis_points"] == 5781
    assert after["rates"]["arrears_recovery_rate"]["basis_points"] is None


async def test_a_home_counts_as_paid_when_nothing_of_the_period_is_left(estate: Estate) -> None:
    await pay(estate, "li", "2026-02", "property_fee")
    found = await rates(estate, "period=2026-02")
    assert fractions(found["rates"])[:2] == [(0, 3), (5118, 14418)]
    found = await rates(estate, "period=2026-02&kind=property_fee")
    assert fractions(found["rates"])[:2] == [(1, 3), (5118, 12918)]


async def test_arrears_are_recovered_in_the_month_they_are_paid(estate: Estate) -> None:
    await until(estate, 4, 10)
    await pay(estate, "li", "2026-01")
    await pay(estate, "li", "2026-02")
    await until(estate, 5, 5)
    await pay(estate, "wang", "2026-02")
    await until(estate, 6, 2)
    await pay(estate, "sun", "2026-01", "waste_fee")
    by_month = [
        fractions((await rates(estate, f"period=2026-{month}"))["rates"])[2]
        for month in ("04", "05", "06")
    ]
    # due on 1 April is not yet arrears on 1 April; in May all but Li's was
    assert by_month == [(0, 0), (4100, 17600), (500, 13500)]
    quarter = await rates(estate, "period=2026-05&months=3")
    assert fractions(quarter["rates"])[2] == (4600, 17600)


async def test_bills_of_the_period_are_not_its_arrears_however_early_they_were_due(
    world: World, estate: Estate
) -> None:
    await bill(world, "2026-05")  # due on 1 April like the others
    await until(estate, 5, 5)
    found = await rates(estate, "period=2026-05")
    assert fractions(found["rates"]) == [(0, 3), (0, 14418), (0, 2 * 14418)]


async def test_a_payment_in_the_last_second_counts_for_its_month_in_beijing(
    estate: Estate,
) -> None:
    await until(estate, 6, 1, -1)
    await pay(estate, "li", "2026-01")
    await until(estate, 6, 1)
    await pay(estate, "wang", "2026-01")
    found = [
        fractions((await rates(estate, f"period=2026-{month}"))["rates"])[2][0]
        for month in ("05", "06")
    ]
    assert found == [5618, 4100]


async def test_a_quarter_is_the_sum_of_its_months(estate: Estate) -> None:
    found = await rates(estate, "period=2026-01&months=3")
    assert fractions(found["rates"])[:2] == [(0, 3), (0, 2 * 14418)]
    assert fractions((await rates(estate, ""))["rates"])[:2] == [(0, 0), (0, 0)]  # March


async def test_parts_add_up(estate: Estate) -> None:
    await pay(estate, "sun", "2026-02")
    found = await rates(estate, "period=2026-02&by=unit")
    assert [(p["place"], p["address"]) for p in found["parts"]] == [
        (NEXT_UNIT, "春光小区3栋1单元"),
        (UNIT, "春光小区3栋2单元"),
    ]
    assert [fractions(p["rates"]) for p in found["parts"]] == [
        [(1, 1), (4700, 4700), (0, 0)],
        [(0, 2), (0, 9718), (0, 0)],
    ]
    assert fractions(found["rates"]) == [(1, 3), (4700, 14418), (0, 0)]
    [building] = (await rates(estate, "period=2026-02&by=building"))["parts"]
    assert (building["place"], building["rates"]) == (BUILDING, found["rates"])


async def test_a_place_is_broken_down_into_what_lies_below(
    world: World, estate: Estate
) -> None:
    head = await estate.member("head")
    for by in ("unit", "building", "compound"):
        reply = await world.api.get(f"/api/v1/places/{UNIT}/rates?by={by}", as_=head)
        assert (reply.status, reply.code) == (422, "bad_breakdown")


async def test_days_overdue_count_from_the_day_after_the_due_day(estate: Estate) -> None:
    for day, overdue in ((1, 0), (2, 1), (11, 10)):
        await until(estate, 4, day)
        assert {h["days_overdue"] for h in await unpaid(estate, "head")} == {overdue}


async def test_the_list_comes_in_pages(world: World, estate: Estate) -> None:
    staff = await estate.member("staff")
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        path = f"/api/v1/places/{COMPOUND}/unpaid-homes?due=all&limit=2&cursor={cursor}"
        reply = await world.api.get(path, as_=staff)
        found += [home["place"] for home in reply.body["items"]]
        cursor = reply.body["next_cursor"]
    assert found == [SUN_HOME, WANG_HOME, LI_HOME]


@pytest.mark.parametrize("after", ["", "cc", NEXT_UNIT, SUN_HOME, WANG_HOME, "{", f"{UNIT}/"])
@pytest.mark.parametrize("late", [True, False])
async def test_a_cursor_made_up_shows_no_more_than_the_place(
    world: World, estate: Estate, after: str, *, late: bool
) -> None:
    head = await estate.member("head")
    cursor = unpaid_homes.ORDER.write({"late": late, "home": after})
    path = f"/api/v1/places/{UNIT}/unpaid-homes?due=all&cursor={cursor}"
    reply = await world.api.get(path, as_=head)
    assert {home["place"] for home in reply.body["items"]} <= {WANG_HOME, LI_HOME}


async def test_a_grid_is_asked_by_its_buildings(estate: Estate) -> None:
    made = await make_grid(estate)
    grid, staff = made.body["path"], await estate.member("staff")
    for what in ("rates", "unpaid-homes", "reachability"):
        reply = await estate.world.api.get(f"/api/v1/places/{grid}/{what}", as_=staff)
        assert (reply.status, reply.code) == (422, "ask_its_buildings")
        assert reply.body["details"] == {"buildings": [BUILDING]}


async def test_the_head_of_a_grid_is_told_to_ask_its_buildings(estate: Estate) -> None:
    world = estate.world
    await make_grid(estate)
    await head_of(world, Role.GRID_HEAD, GRID, CHEN)
    chen, stranger = await world.sign_in("chen", CHEN), await estate.member("head")
    me = (await world.api.get("/api/v1/me", as_=chen)).body
    [role] = [role for role in me["roles"] if role["role"] == "grid_head"]
    assert role["buildings"] == [{"path": BUILDING, "address": "春光小区3栋"}]
    for what in ("rates", "unpaid-homes", "reachability"):
        path = f"/api/v1/places/{GRID}/{what}"
        told = await world.api.get(path, as_=chen)
        assert (told.status, told.code) == (422, "ask_its_buildings")
        assert told.body["details"] == {"buildings": [BUILDING]}
        [building] = told.body["details"]["buildings"]
        shown = await world.api.get(f"/api/v1/places/{building}/{what}", as_=chen)
        assert shown.status == 200
        assert (await world.api.get(path, as_=stranger)).status == 404


async def test_the_list_can_ask_for_one_fee(estate: Estate) -> None:
    await pay(estate, "wang", "2026-01", "waste_fee")
    await pay(estate, "wang", "2026-02", "waste_fee")
    [li] = await unpaid(estate, "head", UNIT, "kind=waste_fee")
    assert (li["place"], li["amount_fen"]) == (LI_HOME, 1000)


async def test_drafts_and_void_bills_count_nowhere(world: World, estate: Estate) -> None:
    staff = await estate.member("staff")
    for bill_id in await estate.bill_ids("li"):
        body = {"reason": "空置", "months": "forgiven"}
        reply = await world.api.post(f"/api/v1/bills/{bill_id}/void", body, as_=staff)
        assert reply.status == 200
    reply = await world.api.post(
        f"/api/v1/places/{COMPOUND}/bill-runs", {"period": "2026-03"}, as_=staff
    )
    assert reply.status == 202
    await world.work()
    found = await rates(estate, "period=2026-02&kind=property_fee")
    assert fractions(found["rates"])[:2] == [(0, 2), (0, 7800)]
    assert fractions((await rates(estate, "period=2026-03"))["rates"])[1] == (0, 0)
    [li] = [h for h in await unpaid(estate, "staff", COMPOUND) if h["place"] == LI_HOME]
    assert li["amount_fen"] == 1000


@pytest.mark.parametrize("what", ["unpaid-homes", "rates"])
async def test_heads_see_their_own_place_and_nobody_elses(
    world: World, estate: Estate, what: str
) -> None:
    api, head = world.api, await estate.member("head")
    assert (await api.get(f"/api/v1/places/{UNIT}/{what}", as_=head)).status == 200
    for place in (NEXT_UNIT, BUILDING, COMPOUND, f"{UNIT}.999", "cc"):
        assert (await api.get(f"/api/v1/places/{place}/{what}", as_=head)).status == 404
    li = await estate.member("li")
    assert (await api.get(f"/api/v1/places/{UNIT}/{what}", as_=li)).status == 403
    assert (await api.get(f"/api/v1/places/{UNIT}/{what}", as_=None)).status == 401
    request = Appoint(role=Role.BUILDING_HEAD, place=BUILDING, phone="13900000098", to_day=TERM)
    await appointments.grant(world.deps, request, appointed_by="test")
    upstairs = await world.sign_in("building-head", "13900000098")
    for place in (BUILDING, UNIT, NEXT_UNIT):
        assert (await api.get(f"/api/v1/places/{place}/{what}", as_=upstairs)).status == 200


# --- who sees rates and not the homes: no figure about fewer than five

LARGE = f"{COMPOUND}.b1.u1"
TWINS = (f"{COMPOUND}.b1.u2", f"{COMPOUND}.b1.u3")
COMMITTEE = "13900000061"


async def grown(estate: Estate) -> Member:
    """Sign in a committee member of a compound of 24 homes: 1 and 2 in b3; 9, 6, 6 in b1."""
    deps = estate.world.deps
    await places.create(deps, NewPlace(path=f"{COMPOUND}.b1", kind=Kind.BUILDING, name="1栋"))
    areas = {}
    for unit, count in zip((LARGE, *TWINS), (9, 6, 6), strict=True):
        await places.create(deps, NewPlace(path=unit, kind=Kind.UNIT, name=unit[-1]))
        areas |= {f"{unit}.{n}0{n}": 6000 for n in range(1, count + 1)}
    await homes(deps, areas)
    await bill(estate.world, "2026-03")
    await appoint(deps, Role.COMMITTEE_MEMBER, COMPOUND, COMMITTEE)
    return await estate.world.sign_in("committee", COMMITTEE)


async def shown(estate: Estate, who: Member, place: str, query: str = "") -> Any:
    path = f"/api/v1/places/{place}/rates?period=2026-03&{query}"
    reply = await estate.world.api.get(path, as_=who)
    assert reply.status == 200, reply.body
    return reply.body


@pytest.mark.parametrize("query", ["", "kind=waste_fee", "months=2", "period=2026-02&months=2"])
async def test_a_home_or_a_small_unit_is_no_figure(estate: Estate, query: str) -> None:
    member = await grown(estate)
    for place in (LI_HOME, UNIT, NEXT_UNIT, BUILDING):
        assert (await shown(estate, member, place, query))["rates"] is None
    staff = await estate.member("staff")
    assert (await shown(estate, staff, LI_HOME, query))["rates"] is not None


async def test_what_is_withheld_is_no_difference_either(estate: Estate) -> None:
    """Building 3 has three homes: the next building would give them away, in a place of two."""
    member = await grown(estate)
    whole = await shown(estate, member, COMPOUND, "by=building")
    assert whole["rates"]["household_rate"]["denominator"] == 24
    assert whole["rates"]["household_rate"]["numerator"] == 0
    assert whole["rates"]["arrears_recovery_rate"] is None  # January's are of three homes
    assert [part["rates"] for part in whole["parts"]] == [None, None]
    assert (await shown(estate, member, LARGE))["rates"] is None
    units = await shown(estate, member, COMPOUND, "by=unit")
    assert [part["rates"] for part in units["parts"]] == [None] * 5


async def test_large_parts_are_shown(estate: Estate) -> None:
    member = await grown(estate)
    await estate.world.db.bills.delete_many({"home": {"$regex": f"^{BUILDING}"}})
    await estate.world.db.places.delete_many(
        {"_id": {"$regex": f"^{BUILDING}"}, "kind": "home"}
    )
    await place_sums.rebuild(estate.world.deps)
    units = await shown(estate, member, COMPOUND, "by=unit")
    assert [p["rates"]["household_rate"]["denominator"] for p in units["parts"]] == [9, 6, 6]


async def test_who_sees_the_homes_of_one_unit_does_not_subtract_them(estate: Estate) -> None:
    """A committee member and head of b1: of the compound three homes are left."""
    member = await grown(estate)
    await appoint(estate.world.deps, Role.BUILDING_HEAD, f"{COMPOUND}.b1", COMMITTEE)
    assert (await shown(estate, member, LARGE))["rates"] is not None
    assert (await shown(estate, member, COMPOUND))["rates"] is None
