"""Heads over HTTP: terms, substitutes, resignation, hand-over, and the page of a home."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.permissions import Role
from tests.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    SUN_HOME,
    TERM,
    UNIT,
    ZHAO_HOME,
    Estate,
    build,
)
from tests.homes import asked
from tests.offices import head_of
from tests.world import Member, Reply, World

BUILDING = f"{COMPOUND}.b3"
GRID = f"{COMMUNITY}.g01"
TODAY = "2026-03-02"
GUAN, LIU, CHEN = "13900000031", "13900000032", "13900000033"


@pytest.fixture
async def estate(world: World) -> AsyncIterator[Estate]:
    return await build(world, periods=())


async def post(estate: Estate, who: str, path: str, body: Any = None) -> Reply:
    return await estate.world.api.post(f"/api/v1{path}", body, as_=await estate.member(who))


async def appointment_of(estate: Estate, role: str = "unit_head", place: str = UNIT) -> str:
    """Return the id of who holds an office at a place, not of who stands in."""
    staff = await estate.member("staff")
    reply = await estate.world.api.get("/api/v1/appointments?limit=100", as_=staff)
    [found] = [
        a["appointment_id"]
        for a in reply.body["items"]
        if (a["role"], a["place"]) == (role, place) and not a["substitute_for"]
    ]
    return str(found)


async def sees(estate: Estate, who: Member, place: str = UNIT) -> int:
    path = f"/api/v1/places/{place}/unpaid-homes"
    return (await estate.world.api.get(path, as_=who)).status


async def inbox(world: World, who: Member) -> list[str]:
    reply = await world.api.get("/api/v1/me/messages", as_=who)
    return [message["template"] for message in reply.body["items"]]


async def acts(world: World, act: str) -> int:
    return await world.db.audit.count_documents({"act": act, "result": "done"})


async def later(estate: Estate, **delta: float) -> None:
    """Move the clock and sign everybody in again: tokens are for minutes."""
    await estate.world.advance(**delta)
    estate.members.clear()


def substitution(**changes: str) -> dict[str, str]:
    return {
        "name": "李桂英",
        "phone": GUAN,
        "from_day": "2026-03-10",
        "to_day": "2026-03-20",
    } | changes


async def test_a_substitute_acts_between_two_days_and_no_longer(estate: Estate) -> None:
    """The clock moves over every border of the substitute's and of the head's term."""
    world = estate.world
    head_id = await appointment_of(estate)
    made = await post(estate, "staff", f"/appointments/{head_id}/substitute", substitution())
    assert (made.status, made.body["substitute_for"]) == (201, head_id)
    assert await acts(world, "appointment.substituted") == 1

    async def looks() -> tuple[int, int]:
        estate.members.clear()
        substitute = await world.sign_in("guan", GUAN)
        return await sees(estate, await estate.member("head")), await sees(estate, substitute)

    assert await looks() == (200, 403)
    await world.advance(days=7)
    assert await looks() == (200, 403)  # the day before
    await world.advance(days=1)
    assert await looks() == (200, 200)
    guan = await world.sign_in("guan", GUAN)
    for other in (NEXT_UNIT, BUILDING, COMPOUND, OTHER_COMPOUND):
        assert await sees(estate, guan, other) == 404
    await world.advance(days=10)
    assert await looks() == (200, 200)  # the last day
    await world.advance(days=1)
    assert await looks() == (200, 403)
    await world.advance(days=285)
    assert await looks() == (200, 403)  # 31 December, the head's last day
    await world.advance(hours=11, minutes=59)
    assert await looks() == (200, 403)
    await world.advance(minutes=1)
    assert await looks() == (403, 403)  # midnight in Beijing


async def test_a_term_to_come_gives_nothing_yet(estate: Estate) -> None:
    days = {"from_day": "2027-01-01", "to_day": "2027-12-31"}
    wish = {"role": "unit_head", "place": UNIT, "phone": LIU, **days}
    assert (await post(estate, "staff", "/appointments", wish)).status == 201
    liu = await estate.world.sign_in("liu", LIU)
    assert await sees(estate, liu) == 403
    [mine] = (await estate.world.api.get("/api/v1/me/appointments", as_=liu)).body["items"]
    assert (mine["acting"], mine["from_day"]) == (False, "2027-01-01")
    await estate.world.advance(days=305)
    liu = await estate.world.sign_in("liu")
    assert await sees(estate, liu) == 200


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to_day": "2027-01-01"}, 422, "outside_term"),
        ({"from_day": "2026-03-01"}, 422, "outside_term"),
        ({"from_day": "2026-03-21"}, 422, "outside_term"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"phone": "13900000010"}, 422, "invalid_input"),
        ({"phone": "hello"}, 422, "invalid_phone"),
        ({"name": ""}, 422, "invalid_input"),
    ],
)
async def test_substitutes_that_cannot_be(
    estate: Estate, change: dict[str, str], status: int, code: str
) -> None:
    path = f"/appointments/{await appointment_of(estate)}/substitute"
    reply = await post(estate, "staff", path, substitution(**change))
    assert (reply.status, reply.code) == (status, code)


async def test_one_substitute_at_a_time_of_heads_only(estate: Estate) -> None:
    head_id = await appointment_of(estate)
    path = f"/appointments/{head_id}/substitute"
    await estate.member("admin")
    replies = await asyncio.gather(
        *(
            post(estate, who, path, substitution(phone=phone))
            for who, phone in zip(
                ["staff", "admin"] * 2, (GUAN, LIU, CHEN, "13900000034"), strict=True
            )
        )
    )
    assert sorted(reply.status for reply in replies) == [201, 409, 409, 409]
    [made] = [reply.body for reply in replies if reply.status == 201]
    assert {r.code for r in replies if r.status == 409} == {"office_taken"}
    next_one = substitution(phone=CHEN, from_day="2026-03-21", to_day="2026-03-22")
    assert (await post(estate, "staff", path, next_one)).status == 201
    for nobody in (
        made["appointment_id"],
        await appointment_of(estate, "community_staff", COMMUNITY),
    ):
        reply = await post(
            estate, "staff", f"/appointments/{nobody}/substitute", substitution()
        )
        assert (reply.status, reply.code) == (422, "not_a_head")
    for who, status in (("head", 403), ("li", 403)):
        assert (await post(estate, who, path, substitution())).status == status
    assert (
        await post(estate, "staff", "/appointments/x/substitute", substitution())
    ).status == 404


async def test_of_heads_appointed_at_once_one_takes_office(estate: Estate) -> None:
    wish = {"role": "unit_head", "place": NEXT_UNIT, "to_day": TERM}
    await estate.member("admin")
    made = await head_of(estate.world, Role.UNIT_HEAD, NEXT_UNIT, GUAN)
    path = f"/api/v1/appointments/{made.appointment_id}"  # the place is in use already
    ended = await estate.world.api.delete(path, as_=await estate.member("staff"))
    assert ended.status == 204
    replies = await asyncio.gather(
        *(
            post(estate, who, "/appointments", {**wish, "phone": f"1390000050{n}"})
            for n, who in enumerate(["staff", "admin"] * 4)
        )
    )
    assert sorted(reply.status for reply in replies) == [201] + [409] * 7
    assert {r.code for r in replies if r.status == 409} == {"office_taken"}
    held = {"place": NEXT_UNIT, "role": "unit_head", "ended_at": None}
    assert await estate.world.db.appointments.count_documents(held) == 1


async def test_an_office_is_free_before_and_after_a_term(estate: Estate) -> None:
    for first, last, status in (
        ("2027-01-01", "2027-12-31", 201),
        ("2026-12-31", "2027-12-31", 409),
        ("2027-12-31", "2028-12-31", 409),
        ("2028-01-01", "2028-12-31", 201),
    ):
        days = {"from_day": first, "to_day": last}
        wish = {"role": "unit_head", "place": UNIT, "phone": f"139{first[2:4]}000{last[:4]}"}
        reply = await post(estate, "staff", "/appointments", {**wish, **days})
        assert reply.status == status, reply.body
    await estate.world.api.delete(
        f"/api/v1/appointments/{await appointment_of(estate)}",
        as_=await estate.member("staff"),
    )
    wish = {"role": "unit_head", "place": UNIT, "phone": LIU, "to_day": TERM}
    assert (await post(estate, "staff", "/appointments", wish)).status == 201


async def test_who_has_a_role_for_other_days_is_not_quietly_kept(estate: Estate) -> None:
    wish = {"role": "unit_head", "place": UNIT, "phone": "13900000010", "to_day": TERM}
    same = await post(estate, "staff", "/appointments", wish)
    assert (same.status, same.body["appointment_id"]) == (201, await appointment_of(estate))
    other = await post(estate, "staff", "/appointments", {**wish, "to_day": "2027-12-31"})
    assert (other.status, other.code) == (409, "already_appointed")


async def test_when_a_head_goes_who_stands_in_goes_too(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    path = f"/appointments/{head_id}/substitute"
    now = substitution(from_day=TODAY, to_day="2026-03-05")
    assert (await post(estate, "staff", path, now)).status == 201
    assert (await post(estate, "staff", path, substitution(phone=LIU))).status == 201
    guan = await world.sign_in("guan", GUAN)
    assert await sees(estate, guan) == 200
    staff = await estate.member("staff")
    for _ in range(2):
        reply = await world.api.delete(f"/api/v1/appointments/{head_id}", as_=staff)
        assert reply.status == 204
    assert await sees(estate, guan) == 403
    assert await acts(world, "appointment.ended") == 2  # two requests, two rows
    await world.advance(days=9)
    assert await sees(estate, await world.sign_in("liu", LIU)) == 403


async def test_a_resignation_counts_from_the_day_after(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    grid = await make_grid(estate)
    wish = {"role": "grid_head", "place": GRID, "phone": CHEN, "to_day": TERM}
    assert (await post(estate, "staff", "/appointments", wish)).status == 201
    assert grid.status == 201
    chen = await world.sign_in("chen", CHEN)
    later_on = substitution(from_day=TODAY, to_day="2026-03-20")
    path = f"/appointments/{head_id}"
    assert (await post(estate, "staff", f"{path}/substitute", later_on)).status == 201

    leaving = {"reason": "搬到女儿家住", "last_day": "2026-03-04"}
    for who, status in (("staff", 403), ("li", 404), ("wang", 404)):
        assert (await post(estate, who, f"{path}/resignation", leaving)).status == status
    replies = await asyncio.gather(
        *(post(estate, "head", f"{path}/resignation", leaving) for _ in range(4))
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    assert {r.code for r in replies if r.status == 409} == {"appointment_over"}
    assert await acts(world, "appointment.resigned") == 1
    await world.work()
    for told, count in ((await estate.member("staff"), 1), (chen, 1)):
        assert (await inbox(world, told)).count("head_resigned") == count
    assert "head_resigned" not in await inbox(world, await estate.member("head"))

    await later(estate, days=2)
    guan = await world.sign_in("guan", GUAN)
    head = await estate.member("head")
    assert (await sees(estate, head), await sees(estate, guan)) == (200, 200)
    await world.advance(hours=12)  # midnight in Beijing: the day after
    head, guan = await world.sign_in("head"), await world.sign_in("guan")
    assert (await sees(estate, head), await sees(estate, guan)) == (403, 403)
    [mine] = (await world.api.get("/api/v1/me/appointments", as_=head)).body["items"]
    assert (mine["resigned"], mine["acting"], mine["to_day"]) == (True, False, "2026-03-04")


async def test_a_head_ended_while_a_substitute_is_written_leaves_nobody_acting(
    estate: Estate,
) -> None:
    world = estate.world
    staff, admin = await estate.member("staff"), await estate.member("admin")
    for number in range(6):
        head_id = await appointment_of(estate)
        path = f"/api/v1/appointments/{head_id}"
        wish = substitution(phone=f"1390000060{number}", from_day=TODAY)
        made, ended = await asyncio.gather(
            world.api.post(f"{path}/substitute", wish, as_=admin),
            world.api.delete(path, as_=staff),
        )
        assert (made.status in {201, 422}, ended.status) == (True, 204)
        left = {"substitute_for": head_id, "to_day": {"$gte": TODAY}}
        assert await world.db.appointments.count_documents(left) == 0
        await head_of(world, Role.UNIT_HEAD, UNIT, f"1390000070{number}")


@pytest.mark.parametrize("last_day", ["2026-03-01", "2027-01-01", "2026-02-30"])
async def test_a_last_day_lies_within_the_rest_of_the_term(
    estate: Estate, last_day: str
) -> None:
    path = f"/appointments/{await appointment_of(estate)}/resignation"
    reply = await post(estate, "head", path, {"reason": "x", "last_day": last_day})
    assert reply.status == 422
    assert reply.code in {"bad_last_day", "invalid_input"}


async def test_two_weeks_before_the_end_head_and_community_are_told(estate: Estate) -> None:
    world = estate.world
    head, staff = await estate.member("head"), await estate.member("staff")
    await world.advance(days=289)  # 16 December
    await world.work()
    assert "head_term_ending" not in await inbox(world, await world.sign_in("head"))
    await world.advance(days=1)
    await world.work()
    for who in (head, staff):
        signed_in = await world.sign_in(who.name)
        assert (await inbox(world, signed_in)).count("head_term_ending") == 1
    reply = await world.api.get("/api/v1/me/messages", as_=await world.sign_in("head"))
    [message] = [m for m in reply.body["items"] if m["template"] == "head_term_ending"]
    assert "春光小区3栋2单元的单元长任期到2026年12月31日为止" in message["body"]


async def test_nobody_is_told_of_a_term_that_was_changed(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    leaving = {"reason": "x", "last_day": "2026-12-25"}
    reply = await post(estate, "head", f"/appointments/{head_id}/resignation", leaving)
    assert reply.status == 200
    await world.advance(days=300)
    await world.work()
    assert "head_term_ending" not in await inbox(world, await world.sign_in("staff"))


async def make_grid(estate: Estate) -> Reply:
    wish = {"segment": "g01", "name": "第一网格", "buildings": [BUILDING]}
    return await post(estate, "staff", f"/places/{COMMUNITY}/grids", wish)


async def page(world: World, home: str = LI_HOME, as_: Member | None = None) -> Any:
    reply = await world.api.get(f"/api/v1/homes/{home}/heads", as_=as_)
    assert reply.status == 200, reply.body
    return reply.body


async def three_heads(estate: Estate) -> dict[str, Member]:
    """Appoint a head of each kind for Li's home and one who stands in for the unit head."""
    world = estate.world
    await make_grid(estate)
    staff = await estate.member("staff")
    await world.api.delete(f"/api/v1/appointments/{await appointment_of(estate)}", as_=staff)
    await head_of(world, Role.UNIT_HEAD, UNIT, GUAN)
    await head_of(world, Role.BUILDING_HEAD, BUILDING, LIU)
    await head_of(world, Role.GRID_HEAD, GRID, CHEN)
    path = f"/appointments/{await appointment_of(estate)}/substitute"
    wish = substitution(name="欧阳秀", phone="13900000035", from_day=TODAY, to_day="2026-03-02")
    assert (await post(estate, "staff", path, wish)).status == 201
    phones = {"guan": GUAN, "liu": LIU, "chen": CHEN}
    return {name: await world.sign_in(name, phone) for name, phone in phones.items()}


async def test_the_page_of_a_home_names_its_heads_and_nobody_elses(estate: Estate) -> None:
    await three_heads(estate)
    found = await page(estate.world)
    assert (found["community"], found["address"]) == ("新城社区", "春光小区3栋2单元502室")
    assert [(h["title"], h["name"]) for h in found["heads"]] == [
        ("单元长", "王单元长"),
        ("代理单元长", "欧阳代理单元长"),
        ("楼栋长", "王楼栋长"),
        ("网格长", "王网格长"),
    ]
    assert [h["phone"] for h in found["heads"]] == [None] * 4
    next_door = await page(estate.world, SUN_HOME)
    assert [h["title"] for h in next_door["heads"]] == ["楼栋长", "网格长"]
    assert (await page(estate.world, ZHAO_HOME))["heads"] == []
    await later(estate, days=1)
    assert [h["is_substitute"] for h in (await page(estate.world))["heads"]] == [False] * 3


@pytest.mark.parametrize("home", [f"{UNIT}.999", UNIT, COMPOUND, COMMUNITY, "nowhere"])
async def test_the_page_of_what_is_no_home_is_missing(estate: Estate, home: str) -> None:
    reply = await estate.world.api.get(f"/api/v1/homes/{home}/heads", as_=None)
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("visible_to", "resident", "everyone"),
    [("nobody", None, None), ("residents", GUAN, None), ("everyone", GUAN, GUAN)],
)
async def test_a_head_chooses_who_sees_the_number(
    estate: Estate, visible_to: str, resident: str | None, everyone: str | None
) -> None:
    world, heads = estate.world, await three_heads(estate)
    head_id = await appointment_of(estate)
    path = f"/api/v1/me/appointments/{head_id}/contact"
    wish = {"phone_visible_to": visible_to}
    for other in (heads["liu"], await estate.member("staff"), await estate.member("li")):
        assert (await world.api.post(path, wish, as_=other)).status == 404
    chosen = await world.api.post(path, wish, as_=heads["guan"])
    assert (chosen.status, chosen.body["phone_visible_to"]) == (200, visible_to)
    viewers: dict[str, tuple[Member | None, str | None, str]] = {
        "resident": (await estate.member("li"), resident, "王秀兰"),
        "neighbour": (await estate.member("wang"), everyone, "王单元长"),
        "next unit": (await estate.member("sun"), everyone, "王单元长"),
        "other compound": (await estate.member("zhao"), everyone, "王单元长"),
        "staff": (await estate.member("staff"), everyone, "王单元长"),
        "nobody": (None, everyone, "王单元长"),
    }
    for who, (viewer, phone, name) in viewers.items():
        [head] = [
            h
            for h in (await page(world, as_=viewer))["heads"]
            if h["role"] == "unit_head" and not h["is_substitute"]
        ]
        assert (head["phone"], head["name"]) == (phone, name), who
    assert await acts(world, "appointment.contact_changed") == 1


async def hand_over(estate: Estate, head_id: str, who: Member) -> Reply:
    path = f"/api/v1/appointments/{head_id}/hand-over"
    return await estate.world.api.post(path, as_=who)


async def test_a_head_hands_over_what_there_is_to_do(world: World) -> None:
    estate = await build(world, periods=("2026-01", "2026-02"))
    head_id = await appointment_of(estate)
    head = await estate.member("head")
    chen_chen = await world.sign_in("chenchen", "13900000091")
    waiting = await asked(estate, chen_chen, LI_HOME)
    await asked(estate, chen_chen, SUN_HOME)  # the next unit's
    made = await hand_over(estate, head_id, head)
    assert (made.status, made.body["state"], made.body["homes"]) == (201, "offered", 2)
    assert made.body["parts"] == [{"path": UNIT, "address": "春光小区3栋2单元"}]
    assert made.body["open_requests"] == [waiting]
    debts = [bill for name in ("li", "wang") for bill in await estate.bills(name)]
    owed = sum(bill["amount_fen"] for bill in debts)
    assert made.body["owing"] == {"homes": 2, "amount_fen": owed}
    path = f"/api/v1/hand-overs/{made.body['hand_over_id']}"
    assert (await world.api.post(f"{path}/receive", as_=head)).status == 403
    for name in ("li", "wang", "sun", "zhao"):
        stranger = await estate.member(name)
        assert (await world.api.get(path, as_=stranger)).status == 404
        assert (await world.api.post(f"{path}/receive", as_=stranger)).status == 404
        assert (await hand_over(estate, head_id, stranger)).status == 404
    assert await acts(world, "appointment.handed_over") == 1
    kept = str(await world.db.hand_overs.find({}).to_list())
    assert not [text for text in ("陈晨", "13900000010", "13900000001") if text in kept]


async def test_the_next_head_receives_the_list_and_nobody_elses(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    head = await estate.member("head")
    leaving = {"reason": "搬家", "last_day": TODAY}
    reply = await post(estate, "head", f"/appointments/{head_id}/resignation", leaving)
    assert reply.status == 200
    ids = [(await hand_over(estate, head_id, head)).body["hand_over_id"] for _ in range(2)]
    path = f"/api/v1/hand-overs/{ids[1]}"

    await later(estate, days=1)
    liu = await world.sign_in("liu", LIU)
    assert (await world.api.get(path, as_=liu)).status == 404  # not in office yet
    await head_of(world, Role.UNIT_HEAD, UNIT, LIU)
    await head_of(world, Role.UNIT_HEAD, NEXT_UNIT, CHEN)
    neighbour = await world.sign_in("chen", CHEN)
    assert (await world.api.get(path, as_=neighbour)).status == 404
    assert (await world.api.post(f"{path}/receive", as_=neighbour)).status == 404
    assert (await world.api.get("/api/v1/hand-overs", as_=neighbour)).body["items"] == []
    listed = (await world.api.get("/api/v1/hand-overs", as_=liu)).body["items"]
    states = {each["hand_over_id"]: each["state"] for each in listed}
    assert states == {ids[0]: "replaced", ids[1]: "offered"}
    received = await asyncio.gather(
        *(world.api.post(f"{path}/receive", as_=liu) for _ in range(3))
    )
    assert sorted(reply.status for reply in received) == [200, 409, 409]
    assert {r.code for r in received if r.status == 409} == {"hand_over_closed"}
    assert await acts(world, "appointment.hand_over_received") == 1
    for who in (liu, await estate.member("staff"), await estate.member("head")):
        assert (await world.api.get(path, as_=who)).body["state"] == "received"


async def test_after_the_term_the_community_makes_the_list(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    await estate.member("head")
    await later(estate, days=305)
    late = await hand_over(estate, head_id, await estate.member("head"))
    assert (late.status, late.code) == (409, "not_in_office")
    liu = await world.sign_in("liu", LIU)
    await head_of(world, Role.UNIT_HEAD, UNIT, LIU, to_day="2027-12-31")
    made = await hand_over(estate, head_id, await estate.member("staff"))
    assert made.status == 201
    assert "hand_over_offered" in await inbox(world, liu)


async def test_a_grid_is_handed_over_building_by_building(world: World) -> None:
    estate = await build(world, periods=("2026-02",))
    await make_grid(estate)
    chen = await world.sign_in("chen", CHEN)
    made = await head_of(world, Role.GRID_HEAD, GRID, CHEN)
    listed = await hand_over(estate, made.appointment_id, chen)
    assert [part["path"] for part in listed.body["parts"]] == [BUILDING]
    assert (listed.body["homes"], listed.body["owing"]["homes"]) == (3, 3)
    change = {"buildings": [], "reason": "撤销"}
    assert (await post(estate, "staff", f"/grids/{GRID}/buildings", change)).status == 200
    empty = await hand_over(estate, made.appointment_id, chen)
    assert (empty.body["homes"], empty.body["owing"]["homes"]) == (0, 0)


async def test_staff_have_no_hand_over(estate: Estate) -> None:
    staff_id = await appointment_of(estate, "community_staff", COMMUNITY)
    reply = await hand_over(estate, staff_id, await estate.member("staff"))
    assert (reply.status, reply.code) == (422, "not_a_head")
    assert (await hand_over(estate, "x", await estate.member("staff"))).status == 404


async def test_names_and_numbers_of_heads_are_kept_sealed(estate: Estate) -> None:
    await three_heads(estate)
    kept = str(await estate.world.db.appointments.find({}).to_list())
    kept += str(await estate.world.db.audit.find({}).to_list())
    kept += str(await estate.world.db.outbox.find({}).to_list())
    assert not [text for text in ("王秀兰", "欧阳秀", GUAN, LIU, CHEN) if text in kept]
