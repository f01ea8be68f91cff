"""The tree of places and who is appointed in it, over HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.cast import COMMUNITY, COMPOUND, NEXT_UNIT, OTHER_COMPOUND, UNIT, Estate, build
from tests.world import World


@pytest.fixture
async def estate(world: World) -> AsyncIterator[Estate]:
    return await build(world, periods=())


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
    wish = {"role": "unit_head", "place": UNIT, "phone": "13900000077"} | change
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
        ("unit_head", COMPOUND, 422),
        ("unit_head", COMMUNITY, 422),
        ("building_head", UNIT, 422),
        ("grid_head", f"{COMPOUND}.b3", 201),
        ("firm_manager", UNIT, 422),
        ("firm_manager", COMPOUND, 201),
        ("community_staff", UNIT, 422),
        ("community_staff", COMMUNITY, 201),
    ],
)
async def test_a_role_belongs_to_its_rung(
    estate: Estate, role: str, place: str, status: int
) -> None:
    staff = await estate.member("staff")
    wish = {"role": role, "place": place, "phone": "13900000077"}
    reply = await estate.world.api.post("/api/v1/appointments", wish, as_=staff)
    assert reply.status == status
    assert status == 201 or reply.code == "role_wrong_rung"


async def test_an_appointment_is_ended_at_once_and_made_once(estate: Estate) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    wish = {"role": "unit_head", "place": NEXT_UNIT, "phone": "13900000077"}
    first = (await api.post("/api/v1/appointments", wish, as_=staff)).body
    again = (await api.post("/api/v1/appointments", wish, as_=staff)).body
    assert first == again
    assert first["phone_masked"] == "139****0077"
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
        wish = {"role": "unit_head", "place": UNIT, "phone": phone}
        newcomer = await estate.world.sign_in(f"n{number}")
        code = await estate.world.wechat.phone_code(f"n{number}", phone)
        made, proved = await asyncio.gather(
            api.post("/api/v1/appointments", wish, as_=staff),
            api.post("/api/v1/me/phone", {"code": code}, as_=newcomer),
        )
        assert (made.status, proved.status) == (201, 200)
        me = (await api.get("/api/v1/me", as_=newcomer)).body
        assert [role["place"] for role in me["roles"]] == [UNIT]
