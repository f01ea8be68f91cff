"""Preview of a register at the HTTP API: buildings, sheets, homes known under other numbers."""

import io

import pytest
import xlsxwriter

from tests.build import cast
from tests.build.registers import HEADINGS, LI, Office, open_office, workbook
from tests.build.world import NOON, World

pytestmark = pytest.mark.slow

SHOP = ("4号楼", "", "12", 120.5, "商铺", "孙八", "13800000003", "")


@pytest.fixture
async def office(world: World) -> Office:
    return await open_office(world)


async def test_a_known_home_under_another_spelling_is_that_home(office: Office) -> None:
    await office.bring_in(workbook([("3号楼", "2单元", "0101", 60, "", "王芳")]))
    old = {
        "_id": f"{cast.UNIT}.502_28_",
        "kind": "home",
        "name": "502(王小五租)",
        "address": "3栋2单元502(王小五租)室",
        "area": 6000,
        "usage": "flat",
        "created_at": NOON,
    }
    await office.world.db.places.insert_one(old)
    rows = [("3号楼", "2单元", number, 60, "", "王芳") for number in ("101", "502", "601")]
    view = await office.preview(workbook(rows))
    counts = view["counts"]
    assert (counts["new_homes"], counts["existing_homes"]) == (1, 2)
    same, other, differs = await office.problems(view["import_id"])
    assert (same["code"], other["code"], differs["code"]) == (
        *("same_room", "same_room", "home_differs"),
    )
    assert same["message"] == "“101”与已登记的“0101”按同一户登记"
    assert other["message"] == "“502”与已登记的“502”按同一户登记"
    await office.do(view["import_id"], "confirm", accept_warnings=True)
    await office.world.work()
    homes = [path for path in await office.places() if path.count(".") == 2]
    assert homes == ["b3.u2.0101", "b3.u2.502_28_", "b3.u2.601"]


async def test_the_preview_shows_each_building_and_what_was_inferred(office: Office) -> None:
    view = await office.preview(workbook([LI, ("", "", "501", "60,5"), SHOP]))
    below = {"code": "filled_down", "what": "楼栋或单元按上一行", "rows": 1}
    comma = {"code": "area_comma", "what": "面积里的逗号按小数点", "rows": 1}
    assert view["buildings"] == [
        {
            "building": "b3",
            "name": "3号楼",
            "sheets": ["Sheet1"],
            "units": 1,
            "homes": 2,
            "area": 14580,
            "homes_without_area": 0,
            "people": 1,
            "inferred": [comma, below],
        },
        {
            "building": "b4",
            "name": "4号楼",
            "sheets": ["Sheet1"],
            "units": 1,
            "homes": 1,
            "area": 12050,
            "homes_without_area": 0,
            "people": 1,
            "inferred": [],
        },
    ]


async def test_imports_of_an_earlier_version_are_still_shown(office: Office) -> None:
    view = await office.preview(workbook([(*LI[:3], 1200)]))
    change = {"$unset": {"buildings": "", "columns.$[].sheet": ""}}
    await office.world.db.register_imports.update_many({}, change)
    change = {"$unset": {"sheet": "", "sheet_number": ""}}
    await office.world.db.register_problems.update_many({}, change)
    assert (await office.look(view["import_id"]))["buildings"] == []
    [problem] = await office.problems(view["import_id"])
    assert (problem["sheet"], problem["sheet_number"]) == ("", 1)
    assert (await office.do(view["import_id"], "confirm", accept_warnings=True)).status == 202


async def test_problems_of_several_sheets_come_sheet_by_sheet(office: Office) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        for name in ("1栋", "2栋"):
            sheet = writer.add_worksheet(name)
            sheet.write_row(0, 0, HEADINGS)
            for row in range(1, 4):
                sheet.write_row(row, 0, (name, "1单元", 100 + row, ""))
    view = await office.preview(book.getvalue())
    path, found = f"/api/v1/register-imports/{view['import_id']}/problems?limit=3", []
    cursor = ""
    while cursor is not None:
        reply = await office.world.api.get(f"{path}{cursor}", as_=office.staff)
        found += [(p["sheet"], p["row"], p["code"]) for p in reply.body["items"]]
        cursor = reply.body["next_cursor"] and f"&cursor={reply.body['next_cursor']}"
    assert found == [
        ("1栋", 1, "sheets_joined"),
        *((sheet, row, "area_missing") for sheet in ("1栋", "2栋") for row in (2, 3, 4)),
    ]
