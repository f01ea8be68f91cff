"""Reach of a notice: figures by place, the doors that are left, and the visits there."""

from typing import Any, Final

import msgspec

from services.kernel.permissions import Actor, Grant, Role
from services.notices.figures import glances
from services.notices.figures.models import NoticeProgress
from services.residencies.models import Relation
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
    homes,
    live_there,
)
from tests.build.homes import get, post
from tests.build.notices import (
    act,
    asked,
    delivered,
    doors,
    drafted,
    everybody,
    knock,
    seen,
    send,
)

BUILDING: Final = UNIT.rpartition(".")[0]


async def reach(
    estate: Estate, notice_id: str, who: str = "staff", place: str = ""
) -> dict[str, Any]:
    query = f"?place={place}" if place else ""
    reply = await get(estate, who, f"notices/{notice_id}/reach{query}")
    assert reply.status == 200, reply.body
    return dict(reply.body)


def figures(found: dict[str, Any], *names: str) -> list[int]:
    return [found["homes"][name] for name in names]


async def test_a_home_is_counted_once_however_it_was_reached(estate: Estate) -> None:
    for name in ("li", "mei", "wang"):
        await estate.member(name)
    notice_id = await delivered(estate)
    for who in ("li", "mei", "li"):
        await seen(estate, who, notice_id)
    assert (await knock(estate, notice_id, LI_HOME)).status == 201
    found = await reach(estate, notice_id)
    names = ("meant", "shown", "visited", "reached", "unreached", "nobody")
    assert figures(found["here"], *names) == [3, 1, 1, 1, 2, 1]
    assert found["here"]["people"] == {"meant": 3, "pushed": 0, "shown": 2, "answered": 0}
    assert (found["here"]["place"], found["here"]["address"]) == (COMPOUND, "春光小区")
    [building] = found["below"]
    assert building["place"] == BUILDING
    units = (await reach(estate, notice_id, place=BUILDING))["below"]
    assert [unit["place"] for unit in units] == [NEXT_UNIT, UNIT]
    assert [figures(unit, "meant", "reached") for unit in units] == [[1, 0], [2, 1]]
    at_unit = await reach(estate, notice_id, place=UNIT)
    assert (at_unit["here"], at_unit["below"]) == (units[1], [])
    told = found["progress"]
    assert (told["homes"], told["people"], told["tried"]) == (3, 3, 0)


async def test_who_has_two_homes_is_one_person_and_two_homes(estate: Estate) -> None:
    await live_there(estate.world.deps, [(SUN_HOME, "wang", Relation.OWNER)])
    await estate.member("wang")
    notice_id = await delivered(estate)
    await seen(estate, "wang", notice_id)
    here = (await reach(estate, notice_id))["here"]
    assert figures(here, "meant", "shown", "nobody") == [3, 2, 1]
    assert (here["people"]["meant"], here["people"]["shown"]) == (1, 1)
    for unit in (UNIT, NEXT_UNIT):
        part = (await reach(estate, notice_id, place=unit))["here"]
        assert part["people"]["shown"] == figures(part, "shown")[0] == 1


async def test_an_audience_of_offices_has_people_and_no_homes(estate: Estate) -> None:
    await estate.member("head")
    staff = await estate.member("staff")
    audience = {"places": [UNIT], "roles": ["unit_head", "community_staff"]}
    notice_id = await delivered(estate, audience=audience)
    await seen(estate, staff, notice_id)
    here = (await reach(estate, notice_id))["here"]
    assert here["homes"] == dict.fromkeys(here["homes"], 0)
    assert here["people"] == {"meant": 2, "pushed": 0, "shown": 1, "answered": 0}
    assert await doors(estate, f"notices/{notice_id}/unreached") == []
    assert await doors(estate, f"places/{UNIT}/unreached-homes", "head") == []
    assert (await knock(estate, notice_id, LI_HOME)).status == 404


async def test_what_a_place_outside_the_notice_asks_for_is_missing(estate: Estate) -> None:
    own = {"places": [UNIT], "relations": ["owner"]}
    notice_id = await delivered(estate, audience=own)
    for place in (NEXT_UNIT, COMPOUND, OTHER_COMPOUND, f"{COMPOUND}.b9"):
        for path in (f"reach?place={place}",):
            reply = await get(estate, "staff", f"notices/{notice_id}/{path}")
            assert (reply.status, reply.code) == (404, "not_found"), path
    for place in (NEXT_UNIT, OTHER_COMPOUND):
        reply = await get(estate, "staff", f"notices/{notice_id}/unreached?place={place}")
        assert (reply.status, reply.code) == (404, "not_found"), place
    assert (
        len(await doors(estate, f"notices/{notice_id}/unreached", query=f"&place={COMPOUND}"))
        == 2
    )
    for path in ("reach", "unreached", "visits"):
        assert (await get(estate, "head", f"notices/{notice_id}/{path}")).status == 404
        assert (await get(estate, "li", f"notices/{notice_id}/{path}")).status == 403
        assert (await get(estate, "staff", f"notices/nothing/{path}")).status == 404
        draft_id = await drafted(estate)
        early = await get(estate, "staff", f"notices/{draft_id}/{path}")
        assert (early.status, early.code) == (409, "notice_not_published")


async def test_few_homes_are_shown_to_nobody_who_may_not_see_them(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "sun")
    notice_id = await delivered(estate, "sun")
    here = (await reach(estate, notice_id, "sun"))["here"]
    assert (here["homes"], here["people"]) == (None, None)
    assert (await reach(estate, notice_id))["here"]["homes"]["meant"] == 3
    for path in ("unreached", "visits"):
        reply = await get(estate, "sun", f"notices/{notice_id}/{path}")
        assert (reply.status, reply.code) == (403, "forbidden")

    made = {f"{unit}.{n}": 5000 for unit in (UNIT, NEXT_UNIT) for n in range(601, 607)}
    await homes(estate.world.deps, made)
    notice_id = await delivered(estate, "sun")
    assert (await reach(estate, notice_id, "sun"))["here"]["homes"]["meant"] == 15
    units = (await reach(estate, notice_id, "sun", BUILDING))["below"]
    assert [unit["homes"]["meant"] for unit in units] == [7, 8]
    alone = await reach(estate, notice_id, "sun", LI_HOME)
    assert alone["here"]["homes"] is None


async def test_no_figure_of_a_few_homes_goes_another_way(estate: Estate) -> None:
    """Neither a preview, nor the progress, nor that nobody is meant tells of a single home."""
    world, nothing = estate.world, (None,) * 3
    await appoint(world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "sun")
    made = {f"{unit}.{n}": 5000 for unit in (UNIT, NEXT_UNIT) for n in range(601, 607)}
    await homes(world.deps, made)

    async def told(path: str, who: str = "sun") -> tuple[Any, ...]:
        reply = await get(estate, who, path)
        return tuple(reply.body[name] for name in ("homes", "people", figure))

    few: tuple[dict[str, Any], ...] = (
        {"places": [LI_HOME], "relations": ["owner"]},
        {"places": [LI_HOME], "relations": ["tenant"]},  # of whom there are none
        {"places": [LI_HOME, *made], "relations": ["owner"]},
        {"places": [BUILDING], "relations": ["family"]},
    )
    for audience in few:
        notice_id, figure = await drafted(estate, "sun", audience=audience), "inbox_only"
        assert await told(f"notices/{notice_id}/preview") == nothing
        assert None not in await told(f"notices/{notice_id}/preview", "staff")
        assert (await act(estate, notice_id, "publish", "sun")).status == 200
        figure = "tried"
        assert await told(f"notices/{notice_id}/progress") == nothing
        await world.work()
        assert await told(f"notices/{notice_id}/progress") == nothing
        here = await reach(estate, notice_id, "sun")
        assert (here["here"]["homes"], here["progress"]["homes"]) == (None, None)
        assert None not in await told(f"notices/{notice_id}/progress", "staff")

    notice_id, figure = await drafted(estate, "sun"), "inbox_only"
    assert (await told(f"notices/{notice_id}/preview"))[0] == 15
    await act(estate, notice_id, "publish", "sun")
    figure = "tried"
    assert await told(f"notices/{notice_id}/progress") == nothing  # they are being gathered
    before = (await get(estate, "sun", f"notices/{notice_id}/progress")).body
    await world.work()
    assert (await told(f"notices/{notice_id}/progress"))[0] == 15
    actor = Actor("sun", "", (Grant(Role.COMMITTEE_MEMBER, COMPOUND),))
    for watched, gathered in ((notice_id, 15), (here["notice_id"], None)):
        known = msgspec.convert(before | {"notice_id": watched}, NoticeProgress)
        assert (await glances.again(world.deps, actor, known)).homes == gathered


async def test_an_answer_reaches_a_home_also_by_its_head(estate: Estate) -> None:
    await everybody(estate)
    notice_id = await asked(estate)
    await estate.world.work()
    await send(estate, "PUT", "li", f"me/notices/{notice_id}/answer", answer="yes")
    path = f"homes/{WANG_HOME}/notices/{notice_id}/answer"
    await send(estate, "PUT", "head", path, answer="no")
    here = (await reach(estate, notice_id))["here"]
    assert figures(here, "answered", "reached", "unreached") == [2, 2, 1]
    assert here["people"]["answered"] == 1
    assert await doors(estate, f"places/{UNIT}/unreached-homes", "head") == []


async def test_of_two_homes_of_one_person_the_one_that_answered_has(estate: Estate) -> None:
    await live_there(estate.world.deps, [(SUN_HOME, "wang", Relation.OWNER)])
    await everybody(estate)
    notice_id = await asked(estate)
    await estate.world.work()
    wish = {"answer": "yes", "home": SUN_HOME}
    await send(estate, "PUT", "wang", f"me/notices/{notice_id}/answer", **wish)
    here = (await reach(estate, notice_id))["here"]
    assert figures(here, "answered", "shown", "reached") == [1, 1, 2]


async def test_a_head_of_a_grid_has_the_doors_of_its_buildings(estate: Estate) -> None:
    grid = f"{COMMUNITY}.g01"
    wish = {"segment": "g01", "name": "第一网格", "buildings": [BUILDING]}
    made = await estate.world.api.post(
        f"/api/v1/places/{COMMUNITY}/grids", wish, as_=await estate.member("staff")
    )
    assert made.status == 201, made.body
    await appoint(estate.world.deps, Role.GRID_HEAD, grid, "zhao")
    notice_id = await delivered(
        estate, "zhao", audience={"places": [grid], "relations": ["owner"]}
    )
    found = await doors(estate, f"places/{grid}/unreached-homes", "zhao")
    assert [home for home, _ in found] == [SUN_HOME, WANG_HOME, LI_HOME]
    assert (await reach(estate, notice_id, "zhao"))["here"]["homes"]["meant"] == 3
    assert (await get(estate, "head", f"places/{grid}/unreached-homes")).status == 404
    assert [home for home, _ in await doors(estate, f"places/{grid}/unreached-homes")] == [
        home for home, _ in found
    ]


async def test_who_closes_the_account_is_counted_no_more(estate: Estate) -> None:
    await everybody(estate)
    notice_id = await delivered(estate)
    await seen(estate, "wang", notice_id)
    for who in ("sun", "mei"):
        assert (await post(estate, who, "me/deletion", confirm="注销")).status == 202
    await estate.world.work()
    here = (await reach(estate, notice_id))["here"]
    assert figures(here, "meant", "nobody", "shown", "reached") == [3, 1, 1, 1]
    assert (here["people"]["meant"], here["people"]["shown"]) == (2, 1)
    left = await doors(estate, f"notices/{notice_id}/unreached")
    assert left == [(SUN_HOME, "nobody_bound"), (LI_HOME, "inbox_only")]
