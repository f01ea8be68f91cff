"""Corrections of homes: area, use, room number; homes retired, merged and restored."""

from typing import Any

import pytest

from services.bills.outdated import actions as outdated_bills
from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.residencies.models import Relation
from tests.build import cast
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.build.homes import (
    ID_NUMBER,
    acts,
    ask,
    at_once,
    get,
    homes_of,
    newcomer,
    people_of,
    post,
    told,
)
from tests.build.payments import paid
from tests.build.sign_ins import by_actions
from tests.build.world import Reply, World

pytestmark = pytest.mark.slow

PAPER = {"document": "不动产权证第12345号", "reason": "登记时抄错"}
GHOST = f"{UNIT}.599"


@pytest.fixture
async def estate(estate: Estate) -> Estate:
    """The cast, and a home that does not exist."""
    await cast.homes(estate.world.deps, {GHOST: 8530})
    return estate


async def correct(estate: Estate, home: str = LI_HOME, **right: Any) -> Reply:
    wish = {"from_day": "2026-01-01", **PAPER, **right}
    return await post(estate, "staff", f"homes/{home}/correction", **wish)


async def retire(estate: Estate, home: str = GHOST, **more: Any) -> Reply:
    wish = {"from_day": "2026-01-01", **PAPER, **more}
    return await post(estate, "staff", f"homes/{home}/retirement", **wish)


async def restore(estate: Estate, home: str = GHOST) -> Reply:
    return await post(estate, "staff", f"homes/{home}/restoration", **PAPER)


async def place(estate: Estate, path: str) -> dict[str, Any]:
    return dict((await get(estate, "staff", f"places/{path}")).body)


async def shown_to_strangers(estate: Estate) -> list[str]:
    stranger = await newcomer(estate, "chen")
    reply = await get(estate, stranger, f"directory?under={UNIT}")
    return [item["name"] for item in reply.body["items"]]


async def test_a_corrected_area_is_shown_with_what_it_was(estate: Estate) -> None:
    reply = await correct(estate, area=8800)
    assert reply.status == 201
    assert reply.body["before"] == {"name": "502", "area": 8530, "usage": "flat"}
    assert reply.body["after"] == {"name": "502", "area": 8800, "usage": "flat"}
    assert (await place(estate, LI_HOME))["area"] == 8800
    listed = await get(estate, "staff", f"places/{UNIT}/home-corrections")
    assert listed.body["items"] == [reply.body]
    assert reply.body["document"] == PAPER["document"]
    kept = await estate.world.db.home_corrections.find_one({})
    assert kept is not None
    assert PAPER["document"] not in str(kept)  # papers and reasons name people
    assert [row["facts"]["change"] for row in await acts(estate.world, "home.corrected")] == [
        "corrected"
    ]


async def outdated(estate: Estate) -> list[tuple[str, str, int, int]]:
    reply = await get(estate, "staff", f"places/{COMPOUND}/outdated-bills")
    assert reply.status == 200, reply.body
    return [
        (i["bill"]["home"], i["bill"]["period"], i["bill"]["amount_fen"], i["right_fen"])
        for i in reply.body["items"]
    ]


@pytest.mark.billed("2026-01", "2026-02")
async def test_later_bills_follow_and_earlier_ones_are_listed(
    world: World, estate: Estate
) -> None:
    assert await outdated(estate) == []
    assert (await correct(estate, area=8800, from_day="2026-02-01")).status == 201
    assert await outdated(estate) == [(LI_HOME, "2026-02", 5118, 5280)]
    await cast.bill(world, "2026-03")
    march = [b for b in await estate.bills("li") if b["period"] == "2026-03"]
    assert {b["kind"]: b["amount_fen"] for b in march} == {
        "property_fee": 5280,
        "waste_fee": 500,
    }
    assert await outdated(estate) == [(LI_HOME, "2026-02", 5118, 5280)]


@pytest.mark.billed("2026-01", "2026-02")
async def test_outdated_bills_come_in_pages_of_homes_and_bills(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    for home in (LI_HOME, GHOST, SUN_HOME):  # no bill of a ghost: a page without any
        assert (await correct(estate, home, area=8800)).status == 201
    whole = await outdated(estate)
    assert len(whole) == 4
    monkeypatch.setattr(outdated_bills, "HOMES_AT_ONCE", 1)
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        path = f"places/{COMPOUND}/outdated-bills?limit=1&cursor={cursor}"
        reply = await get(estate, "staff", path)
        assert len(reply.body["items"]) <= 1
        found += [item["bill"]["bill_id"] for item in reply.body["items"]]
        cursor = reply.body["next_cursor"]
    assert len(found) == len({*found}) == len(whole)


@pytest.mark.billed("2026-01")
async def test_the_bills_of_a_home_that_is_none_are_listed(
    world: World, estate: Estate
) -> None:
    await world.db.residencies.delete_many({"home": WANG_HOME})
    assert (await retire(estate, WANG_HOME)).status == 201
    assert sorted(await outdated(estate)) == [
        (WANG_HOME, "2026-01", 500, 0),
        (WANG_HOME, "2026-01", 3600, 0),
    ]
    await cast.bill(world, "2026-02")
    assert await world.db.bills.count_documents({"home": WANG_HOME}) == 2


async def test_drafts_of_before_a_correction_are_not_published(
    world: World, estate: Estate
) -> None:
    run = await runs.start(world.deps, cast.STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await world.work()
    assert (await correct(estate, area=8800)).status == 201
    refused = await post(estate, "staff", f"bill-runs/{run.run_id}/publish")
    assert (refused.status, refused.code) == (409, "bill_run_outdated")


async def test_a_new_room_number_changes_the_address_and_not_the_path(estate: Estate) -> None:
    assert (await correct(estate, name="503")).status == 201
    found = await place(estate, LI_HOME)
    assert (found["name"], found["address"]) == ("503", "春光小区3栋2单元503室")
    assert (await homes_of(estate, "li")) == {LI_HOME: "owner"}
    assert (await correct(estate, usage="shop")).status == 201
    assert (await place(estate, LI_HOME))["address"] == "春光小区3栋2单元503"


@pytest.mark.parametrize("typed", ["５０３", "503室", " 503", "503号"])
async def test_a_room_number_is_kept_as_the_door_shows_it(estate: Estate, typed: str) -> None:
    assert (await correct(estate, name=typed)).status == 201
    assert (await place(estate, LI_HOME))["address"] == "春光小区3栋2单元503室"
    assert await shown_to_strangers(estate) == ["501", "503", "599"]


@pytest.mark.parametrize("typed", ["501室", "0501", "５０１", "501号"])
async def test_another_spelling_is_the_same_room_number(estate: Estate, typed: str) -> None:
    refused = await correct(estate, name=typed)
    assert (refused.status, refused.code) == (409, "home_name_taken")


async def test_a_note_is_no_room_number(estate: Estate) -> None:
    refused = await correct(estate, name="欠费户")
    assert (refused.status, refused.code) == (422, "bad_home_name")


@pytest.mark.parametrize("what", [{"name": "503"}, {"usage": "storage"}])
async def test_what_is_left_out_of_a_correction_stays(
    estate: Estate, what: dict[str, str]
) -> None:
    assert (await correct(estate, area=9530, from_day="2026-02-01")).status == 201
    assert (await correct(estate, **what, from_day="2026-01-01")).status == 201
    home = await estate.world.db.places.find_one({"_id": LI_HOME})
    assert home is not None
    assert ("2026-01-31", 8530) in [(m["to_day"], m["area"]) for m in home["earlier"]]
    assert home["area"] == 9530


async def test_one_room_number_has_one_home(estate: Estate) -> None:
    refused = await correct(estate, name="501")
    assert (refused.status, refused.code) == (409, "home_name_taken")
    assert refused.body["details"]["path"] == WANG_HOME
    at_one_time = await at_once(
        correct(estate, name="503"), correct(estate, WANG_HOME, name="503")
    )
    assert sorted(reply.status for reply in at_one_time) == [201, 409]


@pytest.mark.parametrize(
    ("right", "code"),
    [
        ({"area": 8530}, "nothing_corrected"),
        ({"area": 8800, "from_day": "2026-03-03"}, "bad_first_day"),
        ({"area": 8800, "document": " "}, "invalid_input"),
        ({"area": 0}, "invalid_input"),
    ],
)
async def test_what_cannot_be_a_correction(
    estate: Estate, right: dict[str, Any], code: str
) -> None:
    refused = await correct(estate, **right)
    assert (refused.status, refused.code) == (422, code)
    assert await estate.world.db.home_corrections.count_documents({}) == 0


async def test_nobody_corrects_a_home_of_their_own(estate: Estate) -> None:
    await cast.live_there(estate.world.deps, [(GHOST, "staff", Relation.OWNER)])
    await estate.member("staff")
    for refused in (await correct(estate, GHOST, area=1), await retire(estate)):
        assert (refused.status, refused.code) == (403, "own_home")
    merged = await retire(estate, WANG_HOME, merge_into=GHOST)
    assert (merged.status, merged.code) == (403, "own_home")


async def test_who_lived_there_then_corrects_nothing_of_it(estate: Estate) -> None:
    staff = await estate.member("staff")
    row = {"person": staff.person_id, "to_day": "2026-03-01"}
    await estate.world.db.residencies.update_one({"_id": "r3-sun"}, {"$set": row})
    for refused in (await correct(estate, SUN_HOME, area=100), await retire(estate, SUN_HOME)):
        assert (refused.status, refused.code) == (403, "own_home")
    assert (await correct(estate, SUN_HOME, area=100, from_day="2026-03-02")).status == 201


async def test_a_retired_home_is_found_and_bound_no_more(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    assert (await ask(estate, chen, GHOST)).status == 201
    assert (await retire(estate)).status == 201
    assert (await ask(estate, await newcomer(estate, "fang"), GHOST)).status == 404
    mine = await get(estate, chen, "me/home-requests")
    assert [item["state"] for item in mine.body["items"]] == ["withdrawn"]
    assert await shown_to_strangers(estate) == ["501", "502"]
    assert (await retire(estate)).status == 404
    assert (await restore(estate)).status == 201
    assert await shown_to_strangers(estate) == ["501", "502", "599"]
    again = await restore(estate)
    assert (again.status, again.code) == (409, "not_retired")


async def test_a_home_that_stands_again_has_its_people_again(estate: Estate) -> None:
    """Also who proved the registered phone while it was retired."""
    before = await people_of(estate.world, WANG_HOME)
    assert (await retire(estate, WANG_HOME)).status == 201
    await estate.member("wang")
    assert await homes_of(estate, "wang") == {}
    assert (await restore(estate, WANG_HOME)).status == 201
    assert await homes_of(estate, "wang") == {WANG_HOME: "owner"}
    after = await people_of(estate.world, WANG_HOME)
    assert [row["to_day"] for row in after] == [row["to_day"] for row in before] == [None]


async def test_a_home_where_somebody_is_bound_is_not_retired(estate: Estate) -> None:
    await estate.member("li")
    refused = await retire(estate, LI_HOME)
    assert (refused.status, refused.code) == (409, "home_inhabited")
    assert await homes_of(estate, "li") == {LI_HOME: "owner"}


async def test_the_people_of_a_home_written_twice_go_on_in_the_other(estate: Estate) -> None:
    li, mei = await estate.member("li"), await estate.member("mei")
    assert (await retire(estate, LI_HOME, merge_into=GHOST)).status == 201
    assert await homes_of(estate, "li") == {GHOST: "owner"}
    assert await homes_of(estate, "mei") == {GHOST: "family"}
    for person in (li, mei):
        assert len(await told(estate.world, person, "home_news")) == 1
    assert {row["to_day"] for row in await people_of(estate.world, LI_HOME)} == {"2026-03-01"}
    refused = await restore(estate, LI_HOME)
    assert (refused.status, refused.code) == (409, "not_retired")


@pytest.mark.billed("2026-01", "2026-02")
async def test_what_a_merged_home_owes_and_paid_is_its_peoples(estate: Estate) -> None:
    li = await estate.member("li")
    first, *rest = await estate.bill_ids("li")
    await paid(estate, li, [first])
    owed = len(await estate.bills("li"))
    await retire(estate, LI_HOME, merge_into=GHOST, from_day="2026-03-01")
    assert (await retire(estate, GHOST, merge_into=await another(estate))).status == 201
    assert len(await estate.bills("li")) == owed
    assert [b["bill_id"] for b in await estate.bills("li", "paid")] == [first]
    assert await paid(estate, li, rest)
    unpaid = await get(estate, "head", f"places/{UNIT}/unpaid-homes?due=all")
    [home] = [i for i in unpaid.body["items"] if i["place"] == LI_HOME]
    assert (home["address"], home["resident"]) == ("春光小区3栋2单元598室", "l*")


async def another(estate: Estate) -> str:
    await cast.homes(estate.world.deps, {f"{UNIT}.598": 8530})
    return f"{UNIT}.598"


@pytest.mark.parametrize("phone", [None, "13900000088"])
async def test_who_was_merged_keeps_the_home_when_the_phone_is_proved_again(
    estate: Estate, phone: str | None
) -> None:
    await resident(estate, GHOST, name="mei", relation="family", phone=phone)
    await estate.member("mei")
    assert (await retire(estate, LI_HOME, merge_into=GHOST)).status == 201
    before = await homes_of(estate, "mei")
    assert before == {GHOST: "family"}
    again = await by_actions(estate.world.deps, "mei", cast.PHONES["mei"])
    assert await homes_of(estate, again) == before


async def test_the_phone_of_a_merged_owner_is_kept(estate: Estate) -> None:
    second = await another(estate)
    await resident(estate, GHOST, phone="13900000051")
    await resident(estate, second)
    assert (await retire(estate, GHOST, merge_into=second)).status == 201
    wei = await newcomer(estate, "wei", "13900000051")
    assert await homes_of(estate, wei) == {second: "owner"}


async def test_one_name_with_two_identity_numbers_is_two_owners(estate: Estate) -> None:
    second = await another(estate)
    await resident(estate, GHOST, phone="13900000051", id_number=ID_NUMBER)
    await resident(estate, second, phone="13900000052", id_number="440524188001010014")
    for one, other in ((GHOST, second), (second, GHOST)):
        refused = await retire(estate, one, merge_into=other)
        assert (refused.status, refused.code) == (409, "owners_differ")


async def resident(
    estate: Estate, home: str, name: str = "王伟", relation: str = "owner", **more: Any
) -> None:
    body = {"name": name, "relation": relation, "reason": "证", **more}
    reply = await post(estate, "staff", f"homes/{home}/residents", **body)
    assert reply.status == 201, reply.body


async def test_who_belongs_to_both_is_not_written_twice(estate: Estate) -> None:
    await cast.live_there(estate.world.deps, [(GHOST, "li", Relation.OWNER)])
    await estate.member("li")
    await estate.member("mei")
    assert (await retire(estate, GHOST, merge_into=LI_HOME)).status == 201
    assert await homes_of(estate, "li") == {LI_HOME: "owner"}
    assert len(await people_of(estate.world, LI_HOME)) == 2


async def test_homes_of_two_owners_are_not_one(estate: Estate) -> None:
    await estate.member("wang")
    refused = await retire(estate, WANG_HOME, merge_into=LI_HOME)
    assert (refused.status, refused.code) == (409, "owners_differ")
    assert await homes_of(estate, "wang") == {WANG_HOME: "owner"}


@pytest.mark.parametrize("into", [SUN_HOME, GHOST])
async def test_only_homes_of_one_unit_are_merged(estate: Estate, into: str) -> None:
    refused = await retire(estate, GHOST, merge_into=into)
    assert (refused.status, refused.code) == (422, "cannot_merge")
