"""Heads over HTTP: terms, substitutes, resignation, and the ends of all of them."""

import asyncio

import pytest

from services.kernel.permissions import Role
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    NEXT_UNIT,
    OTHER_COMPOUND,
    PHONES,
    TERM,
    UNIT,
    Estate,
)
from tests.build.homes import acts, post
from tests.build.offices import (
    BUILDING,
    CHEN,
    GRID,
    GUAN,
    LIU,
    TODAY,
    appointment_of,
    head_of,
    make_grid,
    substitution,
    templates_told,
)
from tests.build.sign_ins import Member


async def sees_unpaid(estate: Estate, who: Member, place: str = UNIT) -> int:
    path = f"/api/v1/places/{place}/unpaid-homes"
    return (await estate.world.api.get(path, as_=who)).status


async def test_a_role_in_me_says_which_office_where(estate: Estate) -> None:
    """As people say it: the mini-program shows it and need not ask for the place."""
    world = estate.world
    head_id = await appointment_of(estate)
    await post(estate, "staff", f"appointments/{head_id}/substitute", substitution())
    await world.advance(days=8)
    for who, title in (
        (await world.sign_in("head", PHONES["head"]), "单元长"),
        (await world.sign_in("guan", GUAN), "代理单元长"),
    ):
        [role] = (await world.api.get("/api/v1/me", as_=who)).body["roles"]
        assert (role["title"], role["address"], role["place"]) == (
            title,
            "春光小区3栋2单元",
            UNIT,
        )


async def test_a_substitute_acts_between_two_days_and_no_longer(estate: Estate) -> None:
    """The clock moves over every border of the substitute's and of the head's term."""
    world = estate.world
    head_id = await appointment_of(estate)
    made = await post(estate, "staff", f"appointments/{head_id}/substitute", substitution())
    assert (made.status, made.body["substitute_for"]) == (201, head_id)
    assert len(await acts(world, "appointment.substituted")) == 1

    async def looks() -> tuple[int, int]:
        estate.members.clear()
        substitute = await world.sign_in("guan", GUAN)
        head = await estate.member("head")
        return await sees_unpaid(estate, head), await sees_unpaid(estate, substitute)

    assert await looks() == (200, 403)
    await world.advance(days=7)
    assert await looks() == (200, 403)  # the day before
    await world.advance(days=1)
    assert await looks() == (200, 200)
    guan = await world.sign_in("guan", GUAN)
    for other in (NEXT_UNIT, BUILDING, COMPOUND, OTHER_COMPOUND):
        assert await sees_unpaid(estate, guan, other) == 404
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
    assert (await post(estate, "staff", "appointments", wish)).status == 201
    liu = await estate.world.sign_in("liu", LIU)
    assert await sees_unpaid(estate, liu) == 403
    [mine] = (await estate.world.api.get("/api/v1/me/appointments", as_=liu)).body["items"]
    assert (mine["acting"], mine["from_day"]) == (False, "2027-01-01")
    await estate.world.advance(days=305)
    liu = await estate.world.sign_in("liu")
    assert await sees_unpaid(estate, liu) == 200


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
    path = f"appointments/{await appointment_of(estate)}/substitute"
    reply = await post(estate, "staff", path, substitution(**change))
    assert (reply.status, reply.code) == (status, code)


async def test_one_substitute_at_a_time_of_heads_only(estate: Estate) -> None:
    head_id = await appointment_of(estate)
    path = f"appointments/{head_id}/substitute"
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
        reply = await post(estate, "staff", f"appointments/{nobody}/substitute", substitution())
        assert (reply.status, reply.code) == (422, "not_a_head")
    for who, status in (("head", 403), ("li", 403)):
        assert (await post(estate, who, path, substitution())).status == status
    assert (
        await post(estate, "staff", "appointments/x/substitute", substitution())
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
            post(estate, who, "appointments", {**wish, "phone": f"1390000050{n}"})
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
        reply = await post(estate, "staff", "appointments", {**wish, **days})
        assert reply.status == status, reply.body
    await estate.world.api.delete(
        f"/api/v1/appointments/{await appointment_of(estate)}",
        as_=await estate.member("staff"),
    )
    wish = {"role": "unit_head", "place": UNIT, "phone": LIU, "to_day": TERM}
    assert (await post(estate, "staff", "appointments", wish)).status == 201


async def test_who_has_a_role_for_other_days_is_not_quietly_kept(estate: Estate) -> None:
    wish = {"role": "unit_head", "place": UNIT, "phone": "13900000010", "to_day": TERM}
    same = await post(estate, "staff", "appointments", wish)
    assert (same.status, same.body["appointment_id"]) == (201, await appointment_of(estate))
    other = await post(estate, "staff", "appointments", {**wish, "to_day": "2027-12-31"})
    assert (other.status, other.code) == (409, "already_appointed")


async def test_when_a_head_goes_who_stands_in_goes_too(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    path = f"appointments/{head_id}/substitute"
    now = substitution(from_day=TODAY, to_day="2026-03-05")
    assert (await post(estate, "staff", path, now)).status == 201
    assert (await post(estate, "staff", path, substitution(phone=LIU))).status == 201
    guan = await world.sign_in("guan", GUAN)
    assert await sees_unpaid(estate, guan) == 200
    staff = await estate.member("staff")
    for _ in range(2):
        reply = await world.api.delete(f"/api/v1/appointments/{head_id}", as_=staff)
        assert reply.status == 204
    assert await sees_unpaid(estate, guan) == 403
    assert len(await acts(world, "appointment.ended")) == 2  # two requests, two rows
    await world.advance(days=9)
    assert await sees_unpaid(estate, await world.sign_in("liu", LIU)) == 403


async def test_a_resignation_counts_from_the_day_after(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    grid = await make_grid(estate)
    wish = {"role": "grid_head", "place": GRID, "phone": CHEN, "to_day": TERM}
    assert (await post(estate, "staff", "appointments", wish)).status == 201
    assert grid.status == 201
    chen = await world.sign_in("chen", CHEN)
    later_on = substitution(from_day=TODAY, to_day="2026-03-20")
    path = f"appointments/{head_id}"
    assert (await post(estate, "staff", f"{path}/substitute", later_on)).status == 201

    leaving = {"reason": "搬到女儿家住", "last_day": "2026-03-04"}
    for who, status in (("staff", 403), ("li", 404), ("wang", 404)):
        assert (await post(estate, who, f"{path}/resignation", leaving)).status == status
    replies = await asyncio.gather(
        *(post(estate, "head", f"{path}/resignation", leaving) for _ in range(4))
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    assert {r.code for r in replies if r.status == 409} == {"appointment_over"}
    assert len(await acts(world, "appointment.resigned")) == 1
    await world.work()
    for told, count in ((await estate.member("staff"), 1), (chen, 1)):
        assert (await templates_told(world, told)).count("head_resigned") == count
    assert "head_resigned" not in await templates_told(world, await estate.member("head"))

    await estate.advance(days=2)
    guan = await world.sign_in("guan", GUAN)
    head = await estate.member("head")
    assert (await sees_unpaid(estate, head), await sees_unpaid(estate, guan)) == (200, 200)
    await world.advance(hours=12)  # midnight in Beijing: the day after
    head, guan = await world.sign_in("head"), await world.sign_in("guan")
    assert (await sees_unpaid(estate, head), await sees_unpaid(estate, guan)) == (403, 403)
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


async def test_another_compounds_heads_look_missing_to_its_neighbours_staff(
    estate: Estate,
) -> None:
    api, head_id = estate.world.api, await appointment_of(estate)
    wish = {"role": "community_staff", "place": OTHER_COMPOUND, "phone": CHEN}
    assert (await post(estate, "admin", "appointments", wish)).status == 201
    stranger = await estate.world.sign_in("chen", CHEN)
    path = f"/api/v1/appointments/{head_id}"
    leaving = {"reason": "x", "last_day": TODAY}
    for reply in (
        await api.post(f"{path}/substitute", substitution(), as_=stranger),
        await api.post(f"{path}/resignation", leaving, as_=stranger),
        await api.post(f"{path}/hand-over", as_=stranger),
        await api.delete(path, as_=stranger),
    ):
        assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize("last_day", ["2026-03-01", "2027-01-01", "2026-02-30"])
async def test_a_last_day_lies_within_the_rest_of_the_term(
    estate: Estate, last_day: str
) -> None:
    path = f"appointments/{await appointment_of(estate)}/resignation"
    reply = await post(estate, "head", path, {"reason": "x", "last_day": last_day})
    assert reply.status == 422
    assert reply.code in {"bad_last_day", "invalid_input"}


async def test_two_weeks_before_the_end_head_and_community_are_told(estate: Estate) -> None:
    world = estate.world
    head, staff = await estate.member("head"), await estate.member("staff")
    await world.advance(days=289)  # 16 December
    await world.work()
    assert "head_term_ending" not in await templates_told(world, await world.sign_in("head"))
    await world.advance(days=1)
    await world.work()
    for who in (head, staff):
        signed_in = await world.sign_in(who.name)
        assert (await templates_told(world, signed_in)).count("head_term_ending") == 1
    reply = await world.api.get("/api/v1/me/messages", as_=await world.sign_in("head"))
    [message] = [m for m in reply.body["items"] if m["template"] == "head_term_ending"]
    assert "春光小区3栋2单元的单元长任期到2026年12月31日为止" in message["body"]


async def test_a_warning_promised_under_the_old_name_of_its_job_is_kept(estate: Estate) -> None:
    """It may have waited for most of a term when the job got its present name."""
    world = estate.world
    await estate.member("head")
    rows = world.db.outbox
    async for row in rows.find({"kind": "appointments.term_ending"}):
        row["kind"] = "heads.term_ending"
        before, row["_id"] = row["_id"], row["_id"].replace("appointments.", "heads.")
        await rows.delete_one({"_id": before})
        await rows.insert_one(row)
    await world.advance(days=290)
    await world.work()
    told = await templates_told(world, await world.sign_in("head"))
    assert told.count("head_term_ending") == 1


async def test_nobody_is_told_of_a_term_that_was_changed(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    leaving = {"reason": "x", "last_day": "2026-12-25"}
    reply = await post(estate, "head", f"appointments/{head_id}/resignation", leaving)
    assert reply.status == 200
    await world.advance(days=300)
    await world.work()
    assert "head_term_ending" not in await templates_told(world, await world.sign_in("staff"))


async def test_a_term_that_never_began_is_in_nobodys_way(estate: Estate) -> None:
    """Appointed for next month by mistake, seen in the list, ended, and done right."""
    wish = {"role": "unit_head", "place": NEXT_UNIT, "phone": LIU, "to_day": TERM}
    made = await post(estate, "staff", "appointments", {**wish, "from_day": "2026-04-01"})
    staff, api = await estate.member("staff"), estate.world.api
    listed = (await api.get("/api/v1/appointments?limit=100", as_=staff)).body["items"]
    assert made.body in listed
    path = f"/api/v1/appointments/{made.body['appointment_id']}"
    assert (await api.delete(path, as_=staff)).status == 204
    for phone in (LIU, GUAN):
        again = {**wish, "phone": phone, "from_day": "2026-02-01"}
        reply = await post(estate, "staff", "appointments", again)
        assert reply.status == (201 if phone == LIU else 409), reply.body
