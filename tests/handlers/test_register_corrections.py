"""A register that says otherwise: differences accepted; homes renamed, merged or retired."""

from typing import Any

import pytest

from services.register import jobs
from services.register import store as register
from services.register.chunks import actions as chunks
from services.register.chunks import numbers
from tests.build import cast
from tests.build.homes import acts
from tests.build.registers import LI, WANG, Office, open_office, workbook
from tests.build.world import Reply, World

pytestmark = pytest.mark.slow

ROOM_503 = ("3号楼", "2单元", "503", 70, "住宅", "", "", "")
LI_LARGER = (*LI[:3], 88, *LI[4:])
WANG_LARGER = (*WANG[:3], 61, *WANG[4:])
WHY = {"from_day": "2026-01-01", "document": "2026年测绘成果", "reason": "登记时抄错"}
PAPER = {"document": "现场核查记录", "reason": "登记有误"}
LI_HOME, WANG_HOME = cast.LI_HOME, cast.WANG_HOME


@pytest.fixture
async def office(world: World) -> Office:
    """A compound whose register has been imported."""
    office = await open_office(world)
    await office.bring_in(workbook([LI, WANG, ROOM_503]))
    return office


async def differences(office: Office, import_id: str) -> list[dict[str, Any]]:
    path, items, cursor = f"/api/v1/register-imports/{import_id}/differences?limit=1", [], ""
    while cursor is not None:
        reply = await office.world.api.get(f"{path}{cursor}", as_=office.staff)
        assert reply.status == 200, reply.body
        items += reply.body["items"]
        cursor = reply.body["next_cursor"] and f"&cursor={reply.body['next_cursor']}"
    return items


async def codes(office: Office, *rows: Any) -> list[tuple[int, str]]:
    view = await office.preview(workbook(rows))
    return [(p["row"], p["code"]) for p in await office.problems(view["import_id"])]


async def areas(office: Office) -> dict[str, tuple[int, str]]:
    homes = await office.world.db.places.find({"kind": "home"}).to_list()
    return {home["name"]: (home["area"], home["usage"]) for home in homes}


async def change(office: Office, home: str, what: str, **body: Any) -> None:
    path = f"/api/v1/homes/{home}/{what}"
    reply = await office.world.api.post(path, {**PAPER, **body}, as_=office.staff)
    assert reply.status == 201, reply.body


async def confirm(office: Office, import_id: str, **corrections: Any) -> Reply:
    wish = {"accept_warnings": True, "corrections": {**WHY, **corrections}}
    reply = await office.do(import_id, "confirm", **wish)
    await office.world.work()
    return reply


async def test_all_differences_are_shown_and_accepted(office: Office) -> None:
    view = await office.preview(workbook([LI_LARGER, WANG_LARGER, ROOM_503]))
    shown = await differences(office, view["import_id"])
    assert [(d["home"], d["row"], d["before"], d["after"]) for d in shown] == [
        (
            LI_HOME,
            2,
            {"name": "502", "area": 8530, "usage": "flat"},
            {"name": "502", "area": 8800, "usage": "flat"},
        ),
        (
            WANG_HOME,
            3,
            {"name": "501", "area": 6000, "usage": "flat"},
            {"name": "501", "area": 6100, "usage": "flat"},
        ),
    ]
    assert (await confirm(office, view["import_id"])).status == 202
    assert await areas(office) == {
        "502": (8800, "flat"),
        "501": (6100, "flat"),
        "503": (7000, "flat"),
    }
    assert (await office.look(view["import_id"]))["counts"]["corrected_homes"] == 2
    kept = await office.world.db.home_corrections.find().sort("home", 1).to_list()
    assert [(row["home"], row["source"]) for row in kept] == [
        (WANG_HOME, view["import_id"]),
        (LI_HOME, view["import_id"]),
    ]
    assert {row["by"] for row in kept} == {office.staff.person_id}
    assert await differences(office, view["import_id"]) == []
    [_, row] = await acts(office.world, "register.confirmed")
    assert row["facts"]["corrections"] == 2


async def test_one_difference_is_accepted_and_the_other_stays(office: Office) -> None:
    view = await office.preview(workbook([LI_LARGER, WANG_LARGER]))
    assert (await confirm(office, view["import_id"], homes=[LI_HOME])).status == 202
    found = await areas(office)
    assert (found["502"], found["501"]) == ((8800, "flat"), (6000, "flat"))


async def test_without_being_accepted_nothing_is_corrected(office: Office) -> None:
    view = await office.preview(workbook([LI_LARGER, WANG_LARGER]))
    await office.do(view["import_id"], "confirm", accept_warnings=True)
    await office.world.work()
    found = await areas(office)
    assert (found["502"], found["501"]) == ((8530, "flat"), (6000, "flat"))
    assert await office.world.db.home_corrections.count_documents({}) == 0


async def test_only_what_differs_is_accepted_from_a_day_that_has_come(office: Office) -> None:
    view = await office.preview(workbook([LI_LARGER, WANG]))
    refused = await confirm(office, view["import_id"], homes=[WANG_HOME])
    assert (refused.status, refused.code) == (422, "no_such_difference")
    assert refused.body["details"] == {"homes": [WANG_HOME]}
    refused = await confirm(office, view["import_id"], from_day="2026-03-03")
    assert (refused.status, refused.code) == (422, "bad_first_day")
    assert (await office.look(view["import_id"]))["state"] == "previewed"


async def test_nobody_accepts_a_correction_of_their_own_home(office: Office) -> None:
    await office.world.db.residencies.update_one(
        {"home": LI_HOME}, {"$set": {"person": office.staff.person_id}}
    )
    view = await office.preview(workbook([LI_LARGER, WANG_LARGER]))
    refused = await confirm(office, view["import_id"])
    assert (refused.status, refused.code) == (403, "own_home")
    moved_out = {"$set": {"to_day": "2026-03-01"}}
    await office.world.db.residencies.update_one({"home": LI_HOME}, moved_out)
    refused = await confirm(office, view["import_id"])  # they still owe for those months
    assert (refused.status, refused.code) == (403, "own_home")
    assert (await confirm(office, view["import_id"], homes=[WANG_HOME])).status == 202


async def test_what_was_corrected_by_hand_meanwhile_is_not_corrected_twice(
    office: Office,
) -> None:
    view = await office.preview(workbook([LI_LARGER]))
    await office.do(view["import_id"], "confirm", accept_warnings=True, corrections={**WHY})
    await change(office, LI_HOME, "correction", from_day="2026-02-01", area=8800)
    await office.world.work()
    assert await office.world.db.home_corrections.count_documents({}) == 1
    assert (await areas(office))["502"] == (8800, "flat")


async def test_all_differences_are_those_that_were_shown(office: Office) -> None:
    view = await office.preview(workbook([LI, WANG_LARGER]))
    wish = {"accept_warnings": True, "corrections": WHY}
    assert (await office.do(view["import_id"], "confirm", **wish)).status == 202
    await change(office, LI_HOME, "correction", from_day="2026-01-01", area=9000)
    await office.world.work()
    found = await areas(office)
    assert (found["502"], found["501"]) == ((9000, "flat"), (6100, "flat"))


async def test_a_home_that_is_otherwise_than_it_was_shown_stays_as_it_is(
    office: Office,
) -> None:
    view = await office.preview(workbook([LI_LARGER, WANG_LARGER]))
    wish = {"accept_warnings": True, "corrections": WHY}
    assert (await office.do(view["import_id"], "confirm", **wish)).status == 202
    await change(office, LI_HOME, "correction", from_day="2026-01-01", area=9000)
    await change(office, WANG_HOME, "retirement", from_day="2026-01-01")
    await office.world.work()
    assert (await areas(office))["502"] == (9000, "flat")
    assert (await office.look(view["import_id"]))["counts"]["corrected_homes"] == 0


@pytest.mark.parametrize("lacks", ["changed_chunks", "shown"])
async def test_a_preview_of_an_earlier_version_has_nothing_to_accept(
    office: Office, lacks: str
) -> None:
    view = await office.preview(workbook([LI_LARGER, WANG]))
    found = await register.get(office.world.deps.db, view["import_id"])
    if lacks == "shown":
        [row, other] = await chunks.get_rows(office.world.deps, found.run, 0)
        row.shown = None
        await chunks.keep_rows(office.world.deps, found.run, 0, [row, other])
    else:
        one = {"_id": found.id, "place": found.place}
        await office.world.db.register_imports.update_one(one, {"$unset": {lacks: ""}})
    assert await differences(office, found.id) == []
    assert (await confirm(office, found.id)).status == 202
    assert (await areas(office))["502"] == (8530, "flat")


async def test_a_renamed_home_is_found_by_its_new_number_only(office: Office) -> None:
    await change(office, LI_HOME, "correction", from_day="2026-01-01", name="602")
    renamed = (*LI[:2], "602", *LI[3:])
    assert await codes(office, renamed) == []
    assert await codes(office, LI) == [(2, "home_renamed")]
    before = await office.places()
    await office.bring_in(workbook([renamed]))
    assert await office.places() == before


async def test_two_homes_that_swapped_their_numbers_stay_two(office: Office) -> None:
    for home, name in ((LI_HOME, "509"), (WANG_HOME, "502"), (LI_HOME, "501")):
        await change(office, home, "correction", from_day="2026-01-01", name=name)
    swapped = [(*LI[:2], "501", *LI[3:]), (*WANG[:2], "502", *WANG[3:])]
    assert await codes(office, *swapped) == []


async def test_of_a_retired_and_a_standing_home_of_a_number_the_standing_one_is_meant(
    office: Office,
) -> None:
    begun = {"from_day": "2026-01-01"}
    await change(office, LI_HOME, "correction", **begun, name="505")
    await change(office, LI_HOME, "retirement", **begun)
    await change(office, WANG_HOME, "correction", **begun, name="505")
    assert await codes(office, (*WANG[:2], "505", *WANG[3:])) == []


async def test_a_merged_home_is_the_other_one(office: Office) -> None:
    ghost = f"{cast.UNIT}.503"
    await change(office, ghost, "retirement", from_day="2026-01-01", merge_into=LI_HOME)
    assert await codes(office, LI, ROOM_503) == [(3, "same_room")]
    before = await office.places()
    await office.bring_in(workbook([LI, ROOM_503]))
    assert await office.places() == before
    assert (await areas(office))["502"] == (8530, "flat")


async def test_a_retired_home_is_not_imported_again_by_mistake(office: Office) -> None:
    await change(office, f"{cast.UNIT}.503", "retirement", from_day="2026-01-01")
    assert await codes(office, ROOM_503) == [(2, "home_retired")]
    await change(office, f"{cast.UNIT}.503", "restoration")
    assert await codes(office, ROOM_503, LI) == []


async def test_a_row_whose_number_another_home_got_meanwhile_makes_no_second_home(
    office: Office,
) -> None:
    zhao = ("3号楼", "2单元", "505", 70, "住宅", "赵云", "13800000003", "业主")
    view = await office.preview(workbook([LI, zhao]))
    await change(office, LI_HOME, "correction", from_day="2026-01-01", name="505")
    await office.do(view["import_id"], "confirm", accept_warnings=True)
    await office.world.work()
    assert sorted(await areas(office)) == ["501", "503", "505"]
    assert (await office.look(view["import_id"]))["counts"]["left_out_homes"] == 1
    assert await office.world.db.residencies.count_documents({"home": f"{cast.UNIT}.505"}) == 0


async def test_one_room_under_two_spellings_in_two_previews_is_one_home(office: Office) -> None:
    views = [await office.preview(workbook([(*LI[:2], name, 70)])) for name in ("701", "0701")]
    for view in views:
        await office.do(view["import_id"], "confirm", accept_warnings=True)
        await office.world.work()
    assert sorted(await areas(office)) == ["501", "502", "503", "701"]


async def test_a_home_merged_on_and_on_is_the_last_one(office: Office) -> None:
    rooms = [("3号楼", "2单元", name, 70, "住宅", "", "", "") for name in ("601", "602", "603")]
    await office.bring_in(workbook([LI, *rooms]))
    for one, other in (("601", "602"), ("602", "603")):
        into = {"from_day": "2026-01-01", "merge_into": f"{cast.UNIT}.{other}"}
        await change(office, f"{cast.UNIT}.{one}", "retirement", **into)
    found = await codes(office, *rooms)
    assert found == [(2, "same_room"), (3, "same_room")]


async def test_homes_merged_in_a_circle_are_retired_ones(office: Office) -> None:
    for one, other in ((LI_HOME, WANG_HOME), (WANG_HOME, LI_HOME)):
        circle = {"retired_from": "2026-01-01", "merged_into": other}
        await office.world.db.places.update_one({"_id": one}, {"$set": circle})
    assert await codes(office, LI, WANG) == [(2, "home_retired"), (3, "home_retired")]


async def test_an_import_that_only_corrected_is_not_undone(office: Office) -> None:
    view = await office.preview(workbook([LI_LARGER, WANG]))
    await confirm(office, view["import_id"])
    refused = await office.do(view["import_id"], "undo")
    assert (refused.status, refused.code) == (409, "register_in_use")
    seen = await office.look(view["import_id"])
    assert (seen["state"], seen["counts"]["corrected_homes"]) == ("applied", 1)


async def test_what_an_undone_import_corrected_stays_and_is_told(office: Office) -> None:
    view = await office.preview(workbook([LI_LARGER, ("3号楼", "2单元", "701", 70)]))
    await confirm(office, view["import_id"])
    reply = await office.do(view["import_id"], "undo")
    told = [reply.body["counts"]["corrected_homes"]]
    await office.world.work()
    seen = await office.look(view["import_id"])
    told.append(seen["counts"]["corrected_homes"])
    assert (seen["state"], told) == ("undone", [1, 1])
    found = await areas(office)
    assert ("701" in found, found["502"]) == (False, (8800, "flat"))


async def test_an_import_whose_new_homes_were_left_out_has_nothing_to_undo(
    office: Office,
) -> None:
    view = await office.preview(workbook([WANG_LARGER, (*LI[:2], "505", 70)]))
    await change(office, LI_HOME, "correction", from_day="2026-01-01", name="505")
    await confirm(office, view["import_id"])
    refused = await office.do(view["import_id"], "undo")
    assert (refused.status, refused.code) == (409, "register_in_use")


async def test_people_of_a_home_retired_while_the_import_is_written_are_left_out(
    office: Office,
) -> None:
    rows = [("3号楼", "2单元", "701", 70, "", name, "", "共有人") for name in ("赵云", "孙权")]
    view = await office.preview(workbook(rows))
    found = await register.get(office.world.deps.db, view["import_id"])
    for number, row in enumerate(await chunks.get_rows(office.world.deps, found.run, 0)):
        await chunks.keep_rows(office.world.deps, found.run, number, [row])
    one = {"_id": found.id, "place": found.place}
    await office.world.db.register_imports.update_one(one, {"$set": {"chunks": 2}})
    await office.do(found.id, "confirm", accept_warnings=True)
    begun = await register.get(office.world.deps.db, found.id)
    await jobs.write_chunk(office.world.deps, begun, 0)
    await change(office, f"{cast.UNIT}.701", "retirement", from_day="2026-01-01")
    await office.world.work()
    kept = await office.world.db.residencies.find({"home": f"{cast.UNIT}.701"}).to_list()
    assert len(kept) == 1


async def test_a_number_given_in_the_middle_of_the_writing_is_seen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await office.preview(workbook([(*LI[:2], "505", 70)]))
    await office.do(view["import_id"], "confirm", accept_warnings=True)
    begun: list[str] = []
    taken = numbers.taken

    async def after_a_correction(*given: Any) -> set[str]:
        if not begun:
            begun.append(LI_HOME)
            await change(office, LI_HOME, "correction", from_day="2026-01-01", name="505")
        return await taken(*given)

    monkeypatch.setattr(numbers, "taken", after_a_correction)
    await office.world.work()
    assert sorted(await areas(office)) == ["501", "503", "505"]
    homes = await office.world.db.places.count_documents({"kind": "home", "name": "505"})
    assert homes == 1
