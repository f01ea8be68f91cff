"""Importing a register at the HTTP API: preview, confirm, undo, and who may."""

import asyncio
import io
import zipfile

import pytest

from services.kernel.permissions import Role
from services.register import uploads
from tests.build import cast
from tests.build.late_reads import one_behind
from tests.build.registers import (
    LADDER,
    LI,
    WANG,
    XLSX,
    Office,
    open_office,
    workbook,
)
from tests.build.world import World

pytestmark = pytest.mark.slow

SHOP = ("4号楼", "", "12", 120.5, "商铺", "孙八", "13800000003", "")


@pytest.fixture
async def office(world: World) -> Office:
    return await open_office(world)


async def test_the_template_is_a_workbook(office: Office) -> None:
    reply = await office.world.api.get("/api/v1/register-template", as_=office.staff)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == XLSX
    assert "filename*=UTF-8''" in reply.headers["Content-Disposition"]
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(reply.raw)).namelist()


async def test_a_preview_says_everything_and_writes_nothing(office: Office) -> None:
    wrong = ("3号楼", "2单元", "503", "大", "住宅", "赵六", "1380", "业主")
    view = await office.preview(workbook([LI, wrong, SHOP], titles=("登记表",)))
    assert view["state"] == "previewed"
    assert view["progress"] == {"done": 3, "total": 3}
    counts = {name: count for name, count in view["counts"].items() if count}
    assert counts == {
        "rows": 3,
        "buildings": 2,
        "units": 2,
        "homes": 3,
        "people": 3,
        "new_homes": 2,
        "errors": 1,
        "warnings": 1,
    }
    on_the_sheet = {"sheet": "Sheet1", "sheet_number": 1}
    assert await office.problems(view["import_id"]) == [
        {
            "row": 4,
            "column": "D",
            "heading": "面积(㎡)",
            "code": "area_unreadable",
            "severity": "error",
            "message": "面积看不懂,请只填数字,如 85.3",
            **on_the_sheet,
        },
        {
            "row": 4,
            "column": "G",
            "heading": "手机号",
            "code": "phone_unreadable",
            "severity": "warning",
            "message": "电话号码看不懂,这一户将不带这个电话导入",
            **on_the_sheet,
        },
    ]
    assert await office.places() == LADDER
    assert await office.world.db.residencies.count_documents({}) == 0
    reply = await office.do(view["import_id"], "confirm", accept_warnings=True)
    assert (reply.status, reply.code) == (409, "register_has_errors")


async def test_problems_come_by_page_and_by_severity(office: Office) -> None:
    rows = [("3", "2", 100 + n, "", "", "", "1380" if n % 2 else "") for n in range(7)]
    view = await office.preview(workbook(rows))
    warnings = await office.problems(view["import_id"], "?severity=warning")
    assert [problem["row"] for problem in warnings] == [2, 3, 3, 4, 5, 5, 6, 7, 7, 8]
    assert await office.problems(view["import_id"], "?severity=error") == []
    path, pages = f"/api/v1/register-imports/{view['import_id']}/problems?limit=4", []
    cursor = ""
    while cursor is not None:
        reply = await office.world.api.get(f"{path}{cursor}", as_=office.staff)
        pages += reply.body["items"]
        cursor = reply.body["next_cursor"] and f"&cursor={reply.body['next_cursor']}"
    assert pages == warnings


async def test_a_confirmed_import_makes_homes_and_gives_them_to_their_owners(
    office: Office,
) -> None:
    early = await office.world.sign_in("li", "13800000001")  # before the register knew him
    import_id = await office.bring_in(workbook([LI, WANG, SHOP]))

    assert await office.places() == sorted(
        [*LADDER, "b3.u2.501", "b3.u2.502", "b4", "b4.u_", "b4.u_.s12"]
    )
    view = await office.look(import_id)
    assert view["progress"] == {"done": 3, "total": 3}
    late = await office.world.sign_in("wang", "13800000002")
    homes = []
    for member in (early, late):
        me = await office.world.api.get("/api/v1/me", as_=member)
        homes += me.body["homes"]
    assert homes == [
        {"place": cast.LI_HOME, "address": "春光小区3栋2单元502室", "relation": "owner"},
        {"place": cast.WANG_HOME, "address": "春光小区3栋2单元501室", "relation": "owner"},
    ]
    path = f"/api/v1/places/{cast.COMPOUND}/places?kind=home"
    listed = (await office.world.api.get(path, as_=office.staff)).body["items"]
    assert listed[-1] == {
        "path": f"{cast.COMPOUND}.b4.u_.s12",
        "kind": "home",
        "name": "商铺12",
        "address": "春光小区4号楼商铺12",
        "area": 12050,
        "usage": "shop",
        "contact": None,
        "retired_from": None,
        "heads_see_debts": None,
        "created_at": "2026-03-02T04:00:00Z",
    }


async def test_warnings_must_be_accepted(office: Office) -> None:
    view = await office.preview(workbook([(*LI[:3], 1200, *LI[4:])]))
    reply = await office.do(view["import_id"], "confirm")
    assert (reply.status, reply.code) == (409, "register_has_warnings")
    assert reply.body["details"] == {"count": 1}
    assert (await office.do(view["import_id"], "confirm", accept_warnings=True)).status == 202


async def test_the_same_file_twice_is_the_same_import(office: Office) -> None:
    content = workbook([LI, WANG])
    first, again = await asyncio.gather(office.upload(content), office.upload(content))
    assert first.body["import_id"] == again.body["import_id"]
    assert await office.bring_in(content) == first.body["import_id"]
    places = await office.world.db.places.find().to_list()
    people = await office.world.db.residencies.find().to_list()
    reply = await office.upload(content)
    assert (reply.status, reply.body["state"]) == (202, "applied")
    assert await office.world.work() == 0
    assert await office.world.db.places.find().to_list() == places
    assert await office.world.db.residencies.find().to_list() == people


async def test_the_same_file_for_another_compound_is_another_import(office: Office) -> None:
    content = workbook([LI])
    here, there = (
        await office.upload(content),
        await office.upload(content, cast.OTHER_COMPOUND),
    )
    assert here.body["import_id"] != there.body["import_id"]


async def test_homes_already_there_stay_as_they_are_and_differences_are_shown(
    office: Office,
) -> None:
    await office.bring_in(workbook([LI, WANG]))
    before = await office.world.db.residencies.find().to_list()
    moved = (*LI[:3], 90, "住宅", "赵新", "13800000009", "业主")
    view = await office.preview(workbook([moved, WANG, SHOP]))
    counts = view["counts"]
    assert (counts["new_homes"], counts["existing_homes"], counts["changed_homes"]) == (1, 2, 1)
    found = await office.problems(view["import_id"])
    assert [(p["column"], p["code"]) for p in found] == [
        ("D", "home_differs"),
        ("F", "home_differs"),
    ]
    assert found[0]["message"] == "这一户已经登记过,面积与表里不同,确认时可选择按表更正"
    await office.do(view["import_id"], "confirm", accept_warnings=True)
    await office.world.work()
    home = await office.world.db.places.find_one({"_id": cast.LI_HOME})
    assert home is not None
    assert home["area"] == 8530
    after = await office.world.db.residencies.find().to_list()
    assert [row for row in after if row["home"] != f"{cast.COMPOUND}.b4.u_.s12"] == before
    assert len(after) == 3


async def test_another_name_for_a_known_home_is_an_error(office: Office) -> None:
    await office.bring_in(workbook([SHOP]))
    view = await office.preview(workbook([("4号楼", "", "门市12", 120.5)]))
    [problem] = await office.problems(view["import_id"])
    assert (problem["code"], problem["severity"]) == ("same_segment", "error")
    assert problem["message"] == "“门市12”与“商铺12”会成为同一个编号,请改其中一个"


async def test_an_unused_import_can_be_undone_and_brought_in_again(office: Office) -> None:
    content = workbook([LI, WANG, SHOP])
    import_id = await office.bring_in(content)
    reply = await office.do(import_id, "undo")
    assert (reply.status, reply.body["state"]) == (202, "undoing")
    await office.world.work()
    view = await office.look(import_id)
    assert (view["state"], view["progress"]) == ("undone", {"done": 3, "total": 3})
    assert await office.places() == LADDER
    assert await office.world.db.residencies.count_documents({}) == 0

    assert await office.bring_in(content) == import_id
    assert len(await office.places()) == len(LADDER) + 5


async def test_an_import_somebody_lives_by_cannot_be_undone(office: Office) -> None:
    import_id = await office.bring_in(workbook([LI, WANG]))
    await office.world.sign_in("li", "13800000001")
    reply = await office.do(import_id, "undo")
    assert (reply.status, reply.code) == (409, "register_in_use")
    assert (await office.look(import_id))["state"] == "applied"


async def test_an_import_with_bills_cannot_be_undone(office: Office) -> None:
    import_id = await office.bring_in(workbook([LI, WANG]))
    await cast.charge(office.world.deps)
    await cast.bill(office.world, "2026-02")
    reply = await office.do(import_id, "undo")
    assert (reply.status, reply.code) == (409, "register_in_use")


async def test_a_unit_with_a_head_stays_when_its_homes_are_undone(office: Office) -> None:
    import_id = await office.bring_in(workbook([SHOP, ("5", "1", 101, 60)]))
    await cast.appoint(office.world.deps, Role.UNIT_HEAD, f"{cast.COMPOUND}.b5.u1", "head")
    await office.do(import_id, "undo")
    await office.world.work()
    assert await office.places() == [*LADDER, "b5", "b5.u1"]


async def test_strangers_learn_nothing_and_change_nothing(office: Office) -> None:
    world, content = office.world, workbook([LI])
    view = await office.preview(content)
    await cast.appoint(world.deps, Role.COMMUNITY_STAFF, cast.OTHER_COMPOUND, "zhao")
    await cast.appoint(world.deps, Role.BUILDING_HEAD, f"{cast.COMPOUND}.b3", "head")
    neighbour = await world.sign_in("zhao", cast.PHONES["zhao"])
    head = await world.sign_in("head", cast.PHONES["head"])
    resident = await world.sign_in("sun", cast.PHONES["sun"])
    imports = f"/api/v1/places/{cast.COMPOUND}/register-imports"
    one = f"/api/v1/register-imports/{view['import_id']}"
    calls = [
        *(("GET", imports), ("POST", imports), ("GET", one), ("GET", f"{one}/problems")),
        *(("POST", f"{one}/{action}") for action in ("confirm", "undo", "discard")),
    ]
    for method, path in calls:
        body = (content if path == imports else b"{}") if method == "POST" else None
        for who, status in ((None, 401), (resident, 403), (head, 403), (neighbour, 404)):
            reply = await world.api.call(method, path, body, as_=who)
            assert reply.status == status, (method, path, who)
    template = "/api/v1/register-template"
    assert (await world.api.get(template, as_=head)).status == 403
    foreign, none = [
        await world.api.get(f"/api/v1/register-imports/{each}", as_=neighbour)
        for each in (view["import_id"], "0" * 26)
    ]
    assert foreign.body["title"] == none.body["title"]  # or ids could be tried
    assert (await office.look(view["import_id"]))["state"] == "previewed"


async def test_of_two_confirms_one_counts(office: Office) -> None:
    view = await office.preview(workbook([LI, WANG]))
    replies = await asyncio.gather(*(office.do(view["import_id"], "confirm") for _ in range(4)))
    assert sorted(reply.status for reply in replies) == [202, 409, 409, 409]
    assert {reply.code for reply in replies if reply.status == 409} == {"register_wrong_state"}
    await office.world.work()
    assert await office.places() == [*LADDER, "b3.u2.501", "b3.u2.502"]
    assert await office.world.db.residencies.count_documents({}) == 2


async def test_a_confirmation_that_is_read_late_is_told_the_state(office: Office) -> None:
    view = await office.preview(workbook([LI]))
    confirms = (office.do(view["import_id"], "confirm") for _ in range(2))
    won, lost = await one_behind(office.world.deps, *confirms)
    assert (won.status, lost.status, lost.code) == (202, 409, "register_wrong_state")
    assert lost.body["details"] == {"state": "applying"}


async def test_one_import_at_a_time_writes_in_a_compound(office: Office) -> None:
    first = await office.preview(workbook([LI]))
    second = await office.preview(workbook([WANG]))
    assert (await office.do(first["import_id"], "confirm")).status == 202
    reply = await office.do(second["import_id"], "confirm")
    assert (reply.status, reply.code) == (409, "register_busy")
    await office.world.work()
    assert (await office.do(second["import_id"], "confirm")).status == 202


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "register_empty"),
        (b"a,b,c", "register_not_xlsx"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "register_old_xls"),
    ],
)
async def test_a_wrong_file_is_refused_at_once(
    office: Office, content: bytes, reason: str
) -> None:
    reply = await office.upload(content)
    assert (reply.status, reply.code) == (422, "register_file_refused")
    assert reply.body["details"] == {"reason": reason}


async def test_a_file_too_large_and_a_place_that_is_no_compound(office: Office) -> None:
    reply = await office.upload(b"PK\x03\x04" + bytes(uploads.MOST_BYTES))
    assert (reply.status, reply.code) == (413, "too_large")
    reply = await office.upload(workbook([LI]), cast.UNIT)
    assert (reply.status, reply.code) == (422, "register_not_a_compound")


async def test_an_unreadable_file_says_why_and_may_be_sent_again(office: Office) -> None:
    content = workbook([("甲",)], headings=("一",))
    view = await office.preview(content)
    assert view["state"] == "unreadable"
    assert view["refusal"]["code"] == "register_no_headings"
    assert view["refusal"]["message"].startswith("没有找到表头")
    assert (await office.do(view["import_id"], "confirm")).code == "register_wrong_state"
    assert (await office.upload(content)).body["state"] == "uploaded"
    await office.world.work()
    assert (await office.look(view["import_id"]))["state"] == "unreadable"


async def test_a_discarded_preview_leaves_nothing_and_may_begin_anew(office: Office) -> None:
    content = workbook([(*LI[:3], 1200, *LI[4:])])
    view = await office.preview(content)
    assert (await office.do(view["import_id"], "discard")).body["state"] == "discarded"
    db = office.world.db
    assert await db.register_chunks.count_documents({}) == 0
    assert await db.register_problems.count_documents({}) == 0
    assert (await office.do(view["import_id"], "confirm")).code == "register_wrong_state"
    assert (await office.preview(content))["state"] == "previewed"


async def test_a_forgotten_preview_is_discarded_after_a_week(office: Office) -> None:
    view = await office.preview(workbook([LI]))
    await office.world.advance(days=6, hours=23)
    await office.world.work()
    office.staff = await office.world.sign_in("staff")
    assert (await office.look(view["import_id"]))["state"] == "previewed"
    await office.world.advance(hours=2)
    await office.world.work()
    office.staff = await office.world.sign_in("staff")
    assert (await office.look(view["import_id"]))["state"] == "discarded"
    assert await office.world.db.register_chunks.count_documents({}) == 0


async def test_imports_are_listed_newest_first(office: Office) -> None:
    ids = []
    for home in (101, 102, 103):
        await office.world.advance(seconds=1)
        ids.append((await office.upload(workbook([("3", "2", home, 60)]))).body["import_id"])
    path = f"/api/v1/places/{cast.COMPOUND}/register-imports?limit=2"
    first = (await office.world.api.get(path, as_=office.staff)).body
    cursor = first["next_cursor"]
    rest = (await office.world.api.get(f"{path}&cursor={cursor}", as_=office.staff)).body
    listed = [view["import_id"] for view in first["items"] + rest["items"]]
    assert listed == ids[::-1]
    reply = await office.world.api.get(f"{path}&cursor=eA==", as_=office.staff)
    assert reply.status == 422
