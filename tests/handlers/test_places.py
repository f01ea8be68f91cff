"""The tree of places and who is appointed in it, over HTTP."""

import asyncio
from collections.abc import Sequence

import pytest

from services.kernel.permissions import FIRM_ROLES
from tests.build.cast import COMMUNITY, COMPOUND, NEXT_UNIT, OTHER_COMPOUND, TERM, UNIT, Estate
from tests.build.offices import firm_at
from tests.build.world import Reply

BUILDING = f"{COMPOUND}.b3"
OTHER_BUILDING = f"{OTHER_COMPOUND}.b1"
GRID = f"{COMMUNITY}.g01"


async def test_staff_add_a_place_where_they_work(estate: Estate) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    wish = {"path": f"{COMMUNITY}.c09", "kind": "compound", "name": "东风小区"}
    made = await api.post("/api/v1/places", wish, as_=staff)
    assert (made.status, made.body["address"]) == (201, "东风小区")
    again = await api.post("/api/v1/places", wish, as_=staff)
    assert (again.status, again.code) == (409, "place_exists")


@pytest.mark.parametrize(
    ("path", "kind", "status", "code"),
    [
        (f"{COMMUNITY}.c09", "building", 422, "place_wrong_step"),
        (f"{COMPOUND}.b9", "unit", 422, "place_wrong_step"),
        (f"{UNIT}.999", "home", 422, "place_wrong_step"),
        (f"{UNIT}.999.1", "home", 404, "not_found"),
        (f"{COMPOUND}.b9.u1", "unit", 404, "not_found"),
        ("cc.chaoyang.guilin.other", "community", 404, "not_found"),
        ("cc", "city", 404, "not_found"),
        ("Bad Path", "compound", 422, "invalid_input"),
        (f"{COMMUNITY}.", "compound", 422, "invalid_input"),
    ],
)
async def test_places_that_cannot_be(
    estate: Estate, path: str, kind: str, status: int, code: str
) -> None:
    staff = await estate.member("staff")
    wish = {"path": path, "kind": kind, "name": "x"}
    reply = await estate.world.api.post("/api/v1/places", wish, as_=staff)
    assert (reply.status, reply.code) == (status, code)


async def make_grid(
    estate: Estate,
    segment: str = "g01",
    buildings: Sequence[str] = (BUILDING,),
    who: str = "staff",
) -> Reply:
    staff = await estate.member(who)
    wish = {"segment": segment, "name": "第一网格", "buildings": list(buildings)}
    path = f"/api/v1/places/{COMMUNITY}/grids"
    return await estate.world.api.post(path, wish, as_=staff)


async def test_a_head_sees_the_own_place_and_no_other(estate: Estate) -> None:
    head, api = await estate.member("head"), estate.world.api
    assert (await api.get(f"/api/v1/places/{UNIT}", as_=head)).status == 200
    for other in (NEXT_UNIT, COMPOUND, OTHER_COMPOUND, f"{UNIT}1", "nowhere"):
        assert (await api.get(f"/api/v1/places/{other}", as_=head)).status == 404
    wish = {"path": f"{UNIT}.x", "kind": "home", "name": "x"}
    assert (await api.post("/api/v1/places", wish, as_=head)).status == 403


async def test_homes_come_in_pages(estate: Estate) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    path = f"/api/v1/places/{COMPOUND}/places?kind=home&limit=2"
    first = (await api.get(path, as_=staff)).body
    rest = (await api.get(f"{path}&cursor={first['next_cursor']}", as_=staff)).body
    found = [home["path"] for home in first["items"] + rest["items"]]
    assert found == sorted(found)
    assert len(found) == 3
    assert rest["next_cursor"] is None


async def test_an_appointment_begins_with_the_phone_and_ends_with_its_day(
    estate: Estate,
) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    wish = {"role": "unit_head", "place": NEXT_UNIT, "phone": "13900000077"}
    made = await api.post("/api/v1/appointments", {**wish, "to_day": "2026-03-02"}, as_=staff)
    assert made.status == 201
    newcomer = await estate.world.sign_in("newcomer", "13900000077")
    path = f"/api/v1/places/{NEXT_UNIT}"
    assert (await api.get(path, as_=newcomer)).status == 200
    await estate.world.advance(hours=12, minutes=1)  # past midnight in Beijing
    newcomer = await estate.world.sign_in("newcomer")
    assert (await api.get(path, as_=newcomer)).status == 403


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"phone": "12"}, 422, "invalid_input"),
        ({"phone": "hello world"}, 422, "invalid_phone"),
        ({"to_day": None}, 422, "term_needed"),
        ({"role": "committee_member", "place": COMPOUND, "to_day": None}, 422, "term_needed"),
        ({"role": "cashier", "place": COMPOUND}, 422, "firm_needed"),
        ({"firm_id": "x"}, 422, "firm_needed"),
        ({"role": "cashier", "place": COMPOUND, "firm_id": "x"}, 409, "no_contract"),
        ({"place": UNIT}, 409, "office_taken"),
        ({"role": "auditor", "place": COMMUNITY}, 403, "forbidden"),
        ({"to_day": "2026-03-01"}, 422, "invalid_input"),
        ({"from_day": "2026-01-01", "to_day": "2026-03-01"}, 422, "invalid_input"),
        ({"role": "resident"}, 422, "invalid_input"),
        ({"role": "administrator"}, 403, "forbidden"),
        ({"role": "king"}, 422, "invalid_input"),
        ({"place": "cc"}, 404, "not_found"),
        ({"place": f"{COMMUNITY}.c99.b1.u1"}, 404, "not_found"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"from_day": "2026-05-01", "to_day": "2026-04-01"}, 422, "invalid_input"),
        ({"extra": 1}, 422, "invalid_input"),
    ],
)
async def test_appointments_that_cannot_be(
    estate: Estate, change: dict[str, object], status: int, code: str
) -> None:
    staff = await estate.member("staff")
    wish = {
        "role": "unit_head",
        "place": NEXT_UNIT,
        "phone": "13900000077",
        "to_day": TERM,
    } | change
    reply = await estate.world.api.post("/api/v1/appointments", wish, as_=staff)
    assert (reply.status, reply.code) == (status, code)


async def test_who_gives_another_phone_loses_what_hung_on_the_first(estate: Estate) -> None:
    head = await estate.member("head")
    code = await estate.world.wechat.phone_code("head", "13900000099")
    reply = await estate.world.api.post("/api/v1/me/phone", {"code": code}, as_=head)
    assert reply.body["roles"] == []
    assert (await estate.world.api.get(f"/api/v1/places/{UNIT}", as_=head)).status == 403


async def test_the_ledger_is_for_operators(estate: Estate) -> None:
    admin, staff = await estate.member("admin"), await estate.member("staff")
    path = "/api/v1/ledger/trial-balance"
    good = f"{path}?from_day=2026-03-01&to_day=2026-03-02"
    api = estate.world.api
    assert (await api.get(good, as_=admin)).body["balanced"] is True
    assert (await api.get(good, as_=staff)).status == 403
    for bad in (
        "from_day=2026-02-30&to_day=2026-03-01",
        "from_day=2026-01-01&to_day=2026-03-01",
    ):
        assert (await api.get(f"{path}?{bad}", as_=admin)).code == "invalid_input"
    assert (await api.get(path, as_=admin)).code == "invalid_input"


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        ("unit_head", NEXT_UNIT, 201),
        ("unit_head", COMPOUND, 422),
        ("unit_head", COMMUNITY, 422),
        ("building_head", BUILDING, 201),
        ("building_head", UNIT, 422),
        ("grid_head", GRID, 201),
        ("grid_head", BUILDING, 422),
        ("grid_head", COMPOUND, 422),
        ("committee_member", GRID, 422),
        ("committee_member", COMPOUND, 201),
        ("community_staff", UNIT, 422),
        ("community_staff", GRID, 422),
        ("community_staff", COMMUNITY, 201),
        ("subdistrict_staff", COMMUNITY, 422),
        ("district_staff", COMMUNITY, 422),
        ("city_staff", COMMUNITY, 422),
        *((role, BUILDING, 422) for role in FIRM_ROLES),
        *((role, COMPOUND, 201) for role in FIRM_ROLES),
    ],
)
async def test_a_role_belongs_to_its_rung(
    estate: Estate, role: str, place: str, status: int
) -> None:
    staff = await estate.member("staff")
    await make_grid(estate)
    wish = {"role": role, "place": place, "phone": "13900000077", "to_day": TERM}
    if role in FIRM_ROLES:
        wish["firm_id"] = await firm_at(estate.world, COMPOUND)
    reply = await estate.world.api.post("/api/v1/appointments", wish, as_=staff)
    assert reply.status == status
    assert status == 201 or reply.code == "role_wrong_rung"


async def test_an_appointment_is_ended_at_once_and_made_once(estate: Estate) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    wish = {
        "role": "unit_head",
        "place": NEXT_UNIT,
        "phone": "13900000077",
        "name": "王秀兰",
        "to_day": TERM,
    }
    first = (await api.post("/api/v1/appointments", wish, as_=staff)).body
    again = (await api.post("/api/v1/appointments", wish, as_=staff)).body
    assert first == again
    assert (first["phone_masked"], first["name_masked"]) == ("139****0077", "王*")
    newcomer = await estate.world.sign_in("newcomer", "13900000077")
    path = f"/api/v1/places/{NEXT_UNIT}"
    assert (await api.get(path, as_=newcomer)).status == 200
    one = f"/api/v1/appointments/{first['appointment_id']}"
    assert (await api.delete(one, as_=newcomer)).status == 403
    assert (await api.delete(one, as_=staff)).status == 204
    assert (await api.get(path, as_=newcomer)).status == 403
    assert (await api.delete(one, as_=staff)).status == 204
    later = (await api.post("/api/v1/appointments", wish, as_=staff)).body
    assert later["appointment_id"] != first["appointment_id"]


async def test_staff_do_not_end_an_administrator(estate: Estate) -> None:
    staff, admin = await estate.member("staff"), await estate.member("admin")
    api = estate.world.api
    held = (await api.get("/api/v1/appointments", as_=admin)).body["items"]
    [boss] = [a for a in held if a["role"] == "administrator"]
    path = f"/api/v1/appointments/{boss['appointment_id']}"
    assert (await api.delete(path, as_=staff)).status == 404


async def test_a_number_that_moved_takes_its_homes_and_roles_along(estate: Estate) -> None:
    """The former tenant's number is somebody else's now: the former one sees nothing more."""
    head, api = await estate.member("head"), estate.world.api
    heir = await estate.world.sign_in("heir", "13900000010")
    path = f"/api/v1/places/{UNIT}"
    assert (await api.get(path, as_=heir)).status == 200
    assert (await api.get(path, as_=head)).status == 403
    assert (await api.get("/api/v1/me", as_=head)).body["phone_masked"] is None

    li = await estate.member("li")
    assert await estate.world.api.get("/api/v1/me", as_=li)
    await estate.world.sign_in("lis_heir", "13900000001")
    me = (await api.get("/api/v1/me", as_=li)).body
    assert (me["homes"], me["phone_masked"]) == ([], None)


async def test_appointing_and_proving_the_phone_at_once_never_miss_each_other(
    estate: Estate,
) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    for number in range(6):
        phone = f"139000001{number:02d}"
        wish = {"role": "community_staff", "place": COMPOUND, "phone": phone}
        newcomer = await estate.world.sign_in(f"n{number}")
        code = await estate.world.wechat.phone_code(f"n{number}", phone)
        made, proved = await asyncio.gather(
            api.post("/api/v1/appointments", wish, as_=staff),
            api.post("/api/v1/me/phone", {"code": code}, as_=newcomer),
        )
        assert (made.status, proved.status) == (201, 200)
        me = (await api.get("/api/v1/me", as_=newcomer)).body
        assert [role["place"] for role in me["roles"]] == [COMPOUND]


async def test_a_grid_is_a_list_of_buildings_across_compounds(estate: Estate) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    made = await make_grid(estate, buildings=[OTHER_BUILDING, BUILDING, BUILDING])
    assert (made.status, made.body["path"]) == (201, GRID)
    assert made.body["buildings"] == [
        {"path": BUILDING, "address": "春光小区3栋"},
        {"path": OTHER_BUILDING, "address": "和平小区1栋"},
    ]
    listed = await api.get(f"/api/v1/places/{COMMUNITY}/grids", as_=staff)
    assert listed.body["items"] == [made.body]
    assert (await api.get(f"/api/v1/places/{GRID}", as_=staff)).body["kind"] == "grid"
    below = {"path": f"{GRID}.b1", "kind": "building", "name": "1栋"}
    refused = await api.post("/api/v1/places", below, as_=staff)
    assert (refused.status, refused.code) == (422, "place_wrong_step")


@pytest.mark.parametrize(
    ("segment", "buildings", "status", "code"),
    [
        ("g02", [BUILDING], 409, "building_taken"),
        ("g01", [OTHER_BUILDING], 409, "place_exists"),
        ("c08", [OTHER_BUILDING], 409, "place_exists"),
        ("g02", [UNIT], 422, "not_a_building"),
        ("g02", [f"{COMPOUND}.b99"], 422, "not_a_building"),
        ("g02", ["cc.chaoyang.guilin.other.c01.b1"], 422, "not_a_building"),
        ("g02", [], 422, "invalid_input"),
        ("g.2", [OTHER_BUILDING], 422, "invalid_input"),
        ("G2", [OTHER_BUILDING], 422, "invalid_input"),
    ],
)
async def test_grids_that_cannot_be(
    estate: Estate, segment: str, buildings: list[str], status: int, code: str
) -> None:
    assert (await make_grid(estate)).status == 201
    reply = await make_grid(estate, segment, buildings)
    assert (reply.status, reply.code) == (status, code)


async def test_a_grid_lies_in_a_community_of_ones_own(estate: Estate) -> None:
    api, staff, head = (
        estate.world.api,
        await estate.member("staff"),
        await estate.member("head"),
    )
    wish = {"segment": "g01", "name": "第一网格", "buildings": [BUILDING]}
    for place in (COMPOUND, "cc", "cc.chaoyang.guilin.other"):
        reply = await api.post(f"/api/v1/places/{place}/grids", wish, as_=staff)
        assert (reply.status, reply.code) == (404, "not_found")
    path = f"/api/v1/places/{COMMUNITY}/grids"
    assert (await api.post(path, wish, as_=head)).status == 403
    assert (await api.get(path, as_=head)).status == 404


async def test_a_building_is_given_to_one_of_two_grids_made_at_once(estate: Estate) -> None:
    await estate.member("staff")
    await estate.member("admin")
    replies = await asyncio.gather(
        *(make_grid(estate, f"g{n}", who=w) for n, w in enumerate(["staff", "admin"] * 3))
    )
    assert sorted(reply.status for reply in replies) == [201] + [409] * 5
    assert {reply.code for reply in replies if reply.status == 409} == {"building_taken"}


async def test_changing_a_grid_is_decided_for_the_very_next_request(estate: Estate) -> None:
    api, staff = estate.world.api, await estate.member("staff")
    await make_grid(estate)
    wish = {"role": "grid_head", "place": GRID, "phone": "13900000077", "to_day": TERM}
    assert (await api.post("/api/v1/appointments", wish, as_=staff)).status == 201
    head = await estate.world.sign_in("grid", "13900000077")

    async def sees() -> list[int]:
        places = (BUILDING, UNIT, OTHER_BUILDING, COMPOUND, COMMUNITY)
        return [(await api.get(f"/api/v1/places/{p}", as_=head)).status for p in places]

    assert await sees() == [200, 200, 404, 404, 404]
    path = f"/api/v1/grids/{GRID}/buildings"
    change = {"buildings": [OTHER_BUILDING], "reason": "调整网格"}
    assert (await api.post(path, change, as_=head)).status == 403
    assert (await api.post(path, change, as_=staff)).status == 200
    assert await sees() == [404, 404, 200, 404, 404]
    assert (await api.post(path, {"buildings": [], "reason": "撤销"}, as_=staff)).status == 200
    assert await sees() == [403] * 5
    kept = await estate.world.db.places.find_one({"_id": GRID})
    assert kept
    assert [step["reason"] for step in kept["history"]] == ["调整网格", "撤销"]
    for other in ("cc.chaoyang.guilin.other.g01", f"{COMMUNITY}.g99", COMPOUND):
        assert (
            await api.post(f"/api/v1/grids/{other}/buildings", change, as_=staff)
        ).status == 404
