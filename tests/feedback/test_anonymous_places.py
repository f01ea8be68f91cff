"""Places of what is said without a name: whatever is asked, none below the building is told."""

from typing import Final

from services.places import actions as places
from services.places.models import Kind, NewPlace, Usage
from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, SUN_HOME, UNIT
from tests.build.exports import exported
from tests.build.feedback import Voices
from tests.build.offices import BUILDING

WISH: Final = {"kind": "complaint", "text": "夜里吵", "anonymous": True}
DOORS: Final = [f"{UNIT}.{number}" for number in (601, 602, 603, 604)]


async def test_it_is_found_at_the_building_and_at_none_of_its_units(voices: Voices) -> None:
    await voices.households(*DOORS)
    case_id = await voices.file("li", place=LI_HOME, **WISH)
    row = await voices.world.db.feedback.find_one({"_id": case_id})
    assert row is not None
    assert row["place"] == UNIT
    for who, step in (("head", "hand-on"), ("building", "hand-on"), ("grid", "firm")):
        await voices.do(who, case_id, step, reason="请办理")
    for who in ("building", "grid", "manager"):
        found = {
            place.removeprefix(COMPOUND): await voices.ids(who, f"&place={place}")
            for place in (BUILDING, UNIT, NEXT_UNIT)
        }
        assert found == {".b3": [case_id], ".b3.u2": [], ".b3.u1": []}, who
    member = await voices.member("building")
    for place, rows in ((BUILDING, 1), (UNIT, 0), (NEXT_UNIT, 0)):
        wish = {"list": "feedback", "filters": {"place": place}}
        assert (await exported(voices.world, member, wish=wish))["rows"] == rows, place
    counted = (await voices.get("staff", f"today-counts?place={BUILDING}")).body["items"]
    assert {each["total"] for each in counted} == {0}


async def kept_as(voices: Voices, who: str, place: str) -> str:
    """Return the place that is kept of what somebody says without a name."""
    case_id = await voices.file(who, place=place, **WISH)
    row = await voices.world.db.feedback.find_one({"_id": case_id})
    assert row is not None
    return str(row["place"])


async def test_a_building_is_kept_only_where_its_small_units_are_many(voices: Voices) -> None:
    await voices.households(*DOORS)  # six homes in one unit, one in the other
    assert await kept_as(voices, "li", LI_HOME) == UNIT
    assert await kept_as(voices, "sun", SUN_HOME) == COMPOUND
    assert await kept_as(voices, "sun", BUILDING) == BUILDING  # of whom of the compound?
    third = NewPlace(path=f"{BUILDING}.u3", kind=Kind.UNIT, name="3单元")
    await places.create(voices.world.deps, third)
    await voices.households(*[f"{BUILDING}.u3.{number}" for number in (101, 102, 103, 104)])
    assert await kept_as(voices, "sun", SUN_HOME) == BUILDING
    assert await kept_as(voices, "li", f"{BUILDING}.u3") == BUILDING


async def test_figures_with_a_part_withheld_count_nothing_without_a_name(
    voices: Voices,
) -> None:
    await voices.households(*DOORS)
    query = f"places/{BUILDING}/feedback-figures?from_month=2026-01&to_month=2026-12"

    async def said(who: str) -> int:
        return int((await voices.get(who, query)).body["items"][0]["said"])

    for who, place in (("li", LI_HOME), ("sun", BUILDING)):
        await voices.file(who, place=place, **WISH)
        assert await said("building") == await said("grid") == 0, place
    assert await said("staff") == 2
    await voices.households(*[f"{NEXT_UNIT}.{number}" for number in (201, 202, 203, 204)])
    assert await said("building") == await said("grid") == 2


async def test_what_nobody_lives_in_is_no_home_of_it(voices: Voices) -> None:
    db = voices.world.db
    await voices.households(*DOORS)
    assert await kept_as(voices, "li", LI_HOME) == UNIT
    for door, usage in zip(DOORS, (Usage.STORAGE, Usage.GARAGE, Usage.SHOP), strict=False):
        await db.places.update_one({"_id": door}, {"$set": {"usage": usage}})
    assert await kept_as(voices, "li", LI_HOME) == COMPOUND  # three flats, and Sun's next door
    await db.places.update_many({"_id": {"$in": DOORS}}, {"$set": {"usage": Usage.FLAT}})
    assert await kept_as(voices, "li", LI_HOME) == UNIT
    await db.residencies.delete_one({"home": DOORS[0]})
    await db.residencies.update_one({"home": DOORS[1]}, {"$set": {"relation": "payer"}})
    assert await kept_as(voices, "li", LI_HOME) == BUILDING  # four, and Sun's
    await db.residencies.delete_one({"home": DOORS[2]})
    assert await kept_as(voices, "li", LI_HOME) == COMPOUND


async def test_it_is_offered_to_be_said_again(voices: Voices) -> None:
    await voices.households(*DOORS)
    cases = [await voices.file("li", place=place, **WISH) for place in (LI_HOME, BUILDING)]
    for who, case_id in zip(("head", "building"), cases, strict=True):
        await voices.solve(who, case_id)
        await voices.do("li", case_id, "answer", solved=True)

    async def similar(who: str, place: str) -> list[str]:
        reply = await voices.get(who, f"feedback/similar?place={place}&kind=complaint")
        assert reply.status == 200, reply.body
        return [item["feedback_id"] for item in reply.body["items"]]

    assert await similar("li", LI_HOME) == await similar("li", UNIT) == [cases[0]]
    assert await similar("li", BUILDING) == [cases[1]]
    assert await similar("wang", UNIT) == []
