"""The public page of a home: who its heads are, and what each lets be seen."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, SUN_HOME, UNIT, ZHAO_HOME, Estate
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
)
from tests.build.sign_ins import Member
from tests.build.world import World


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
    path = f"appointments/{await appointment_of(estate)}/substitute"
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
    await estate.advance(days=1)
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
    assert len(await acts(world, "appointment.contact_changed")) == 1


async def test_names_and_numbers_of_heads_are_kept_sealed(estate: Estate) -> None:
    await three_heads(estate)
    kept = str(await estate.world.db.appointments.find({}).to_list())
    kept += str(await estate.world.db.audit.find({}).to_list())
    kept += str(await estate.world.db.outbox.find({}).to_list())
    assert not [text for text in ("王秀兰", "欧阳秀", GUAN, LIU, CHEN) if text in kept]


async def test_who_sees_a_number_is_not_the_choice_of_who_had_it_before(estate: Estate) -> None:
    """The number of a head moves to another person, who then moves on to one of their own."""
    world = estate.world

    async def choose(who: Member) -> None:
        path = f"/api/v1/me/appointments/{await appointment_of(estate)}/contact"
        reply = await world.api.post(path, {"phone_visible_to": "everyone"}, as_=who)
        assert reply.status == 200

    async def shown() -> list[str | None]:
        return [head["phone"] for head in (await page(world))["heads"]]

    await choose(await estate.member("head"))
    assert await shown() == ["13900000010"]
    heir = await world.sign_in("heir", "13900000010")
    assert await shown() == [None]
    await choose(heir)
    assert await shown() == ["13900000010"]
    await world.sign_in("heir", LIU)
    assert await shown() == [None]
