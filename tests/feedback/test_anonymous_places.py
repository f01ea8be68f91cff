"""Places of what is said without a name: whatever is asked, none below the building is told."""

from typing import Final

from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, UNIT
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
