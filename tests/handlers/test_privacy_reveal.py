"""Reveals over HTTP: masked by default, whole only for a reason and with an audit row."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from tests.build import cast
from tests.build.cast import Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

LI = "r0-li"
ZHAO = "r4-zhao"
WISH = {"fields": ["phone", "name"], "reason": "urgent_repair"}


async def reveal(
    estate: Estate, who: Member, row: str = LI, body: Any = WISH, kind: str = "residencies"
) -> Reply:
    return await estate.world.api.post(f"/api/v1/{kind}/{row}/reveal", body, as_=who)


async def revealed(world: World) -> list[dict[str, Any]]:
    return await world.db.audit.find({"act": "privacy.revealed"}).to_list()


async def test_staff_see_the_whole_of_what_they_ask_for(estate: Estate, staff: Member) -> None:
    reply = await reveal(estate, staff)
    assert reply.status == 200, reply.body
    assert reply.body == {"phone": "+8613900000001", "name": "li", "id_number": None}
    only = await reveal(estate, staff, body={**WISH, "fields": ["phone"]})
    assert only.body == {"phone": "+8613900000001", "name": None, "id_number": None}


async def test_the_audit_says_who_what_and_why_but_not_the_number(
    estate: Estate, staff: Member
) -> None:
    await reveal(estate, staff)
    [row] = await revealed(estate.world)
    assert (row["person"], row["subject"], row["place"]) == (
        staff.person_id,
        LI,
        cast.LI_HOME,
    )
    assert row["facts"] == {"fields": ["name", "phone"], "reason": "urgent_repair"}


async def test_a_role_s_phone_is_revealed_likewise(estate: Estate, staff: Member) -> None:
    head = await estate.world.db.appointments.find_one({"role": "unit_head"})
    assert head
    reply = await reveal(estate, staff, head["_id"], kind="appointments")
    assert reply.body["phone"] == f"+86{cast.PHONES['head']}"
    [row] = await revealed(estate.world)
    assert (row["subject"], row["place"]) == (head["_id"], cast.UNIT)


@pytest.mark.parametrize("name", ["li", "wang", "head"])
async def test_neighbours_and_heads_may_not(estate: Estate, name: str) -> None:
    reply = await reveal(estate, await estate.member(name))
    assert (reply.status, reply.code) == (403, "forbidden")
    assert not await revealed(estate.world)


async def test_staff_of_another_compound_find_nobody(estate: Estate) -> None:
    await cast.appoint(estate.world.deps, Role.COMMUNITY_STAFF, cast.OTHER_COMPOUND, "zhao")
    other = await estate.member("zhao")
    assert (await reveal(estate, other, ZHAO)).status == 200
    for row in (LI, "nobody"):
        reply = await reveal(estate, other, row)
        assert (reply.status, reply.code) == (404, "not_found")
    unit_head = await estate.world.db.appointments.find_one({"role": "unit_head"})
    assert unit_head
    foreign, none = [
        await reveal(estate, other, row, kind="appointments")
        for row in (unit_head["_id"], "nobody")
    ]
    assert (foreign.status, none.status) == (404, 404)
    assert foreign.body["title"] == none.body["title"]  # or ids could be tried
    assert len(await revealed(estate.world)) == 1


async def test_a_head_of_the_place_who_is_staff_elsewhere_sees_it_and_may_not(
    estate: Estate,
) -> None:
    await cast.appoint(estate.world.deps, Role.COMMUNITY_STAFF, cast.OTHER_COMPOUND, "head")
    reply = await reveal(estate, await estate.member("head"))
    assert (reply.status, reply.code) == (403, "forbidden")


@pytest.mark.parametrize(
    "body",
    [
        {"fields": ["phone"]},
        {"fields": ["phone"], "reason": "curious"},
        {"fields": [], "reason": "care"},
        {"fields": ["openid"], "reason": "care"},
        {"fields": ["phone"], "reason": "care", "note": "13900000001"},
    ],
)
async def test_without_a_reason_of_the_list_nothing_is_shown(
    estate: Estate, staff: Member, body: Any
) -> None:
    assert (await reveal(estate, staff, body=body)).status == 422
    assert not await revealed(estate.world)


async def test_it_asks_again_after_a_while(estate: Estate, staff: Member) -> None:
    await estate.world.advance(minutes=11)
    reply = await reveal(estate, staff)
    assert (reply.status, reply.code) == (403, "confirmation_needed")
    await estate.world.confirm(staff)
    assert (await reveal(estate, staff)).status == 200


async def test_a_repeat_under_a_key_is_another_look(estate: Estate, staff: Member) -> None:
    """The first answer is not kept: who may not look any more is not told it again."""
    world, path = estate.world, f"/api/v1/residencies/{LI}/reveal"
    for _ in range(2):
        assert (await world.api.post(path, WISH, as_=staff, key="k")).status == 200
    assert len(await revealed(world)) == 2
    assert await world.db.idempotency_keys.count_documents({}) == 0
    await world.db.appointments.delete_one({"person": staff.person_id})
    await cast.appoint(world.deps, Role.COMMUNITY_STAFF, cast.OTHER_COMPOUND, "staff")
    assert (await world.api.post(path, WISH, as_=staff, key="k")).status == 404
