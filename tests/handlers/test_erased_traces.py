"""Erasure of what a person brought into homes and was released from, by whatever way."""

from tests.build import cast, homes
from tests.build.cast import Estate
from tests.build.sign_ins import Member
from tests.handlers.test_home_corrections import retire
from tests.privacy import searching


async def erased(estate: Estate, who: Member) -> None:
    wish = {"confirm": "注销"}
    reply = await estate.world.api.post("/api/v1/me/deletion", wish, as_=who)
    assert reply.status == 202, reply.body
    await estate.world.work()


async def test_an_owner_by_request_of_a_home_that_was_merged_and_left(
    estate: Estate, li: Member
) -> None:
    """The merge wrote another row of the same source, which no request names."""
    world = estate.world
    await world.agree(li, "proof")
    await world.db.residencies.delete_many({"home": cast.SUN_HOME})
    wish = {"name": "李明本人", "id_number": homes.ID_NUMBER}
    request_id = await homes.asked(estate, li, cast.SUN_HOME, **wish)
    assert (await homes.decide(estate, request_id)).status == 200
    other = f"{cast.NEXT_UNIT}.109"
    await cast.homes(world.deps, {other: 7000})
    assert (await retire(estate, cast.SUN_HOME, merge_into=other)).status == 201
    [row] = await homes.people_of(world, other)
    left = await homes.post(estate, li, f"residencies/{row['_id']}/end", reason="不住了")
    assert left.status == 204
    await erased(estate, li)
    needles = {"name": "李明本人", "number": homes.ID_NUMBER}
    assert await searching.under_seal(world, needles) == set()


async def test_a_guest_whose_phone_staff_took_away_first(estate: Estate) -> None:
    world, chen = estate.world, await homes.newcomer(estate, "chen")
    made = await homes.invite(estate, "family")
    assert (await homes.accept(estate, chen, made["token"])).status == 200
    people = await homes.people_of(world, cast.LI_HOME)
    [row] = [each for each in people if each["source"].startswith("invitation:")]
    await world.confirm(await estate.member("staff"))
    path, wish = f"residencies/{row['_id']}/phone", {"phone": None, "reason": "号码停用"}
    assert (await homes.post(estate, "staff", path, wish)).status == 200
    await erased(estate, chen)
    assert await searching.under_seal(world, {"name": "陈晨"}) == set()
