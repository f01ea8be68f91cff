"""Staff live somewhere too: nobody uses the office for a home of their own."""

from typing import Any

import pytest

from tests.build import exports, homes
from tests.build.cast import LI_HOME, PHONES, SUN_HOME, WANG_HOME, Estate
from tests.build.homes import acts, asked, get, newcomer, people_of, post
from tests.build.pictures import picture


def at(home: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what staff may do about the people of Li's home, or about Sun's."""
    phone = {"phone": PHONES["staff"], "reason": "x"}
    return {
        "add": (f"homes/{home}/residents", {"name": "我", "relation": "family", **phone}),
        "transfer": (f"homes/{home}/transfer", {"name": "我", "day": "2026-03-02", **phone}),
        "phone": ("residencies/r0-li/phone", phone),
    }


@pytest.mark.parametrize("act", ["add", "transfer", "phone"])
async def test_nobody_lets_themself_in(estate: Estate, act: str) -> None:
    """Whoever holds the phone that is written is bound at once: here, who writes it."""
    before = await people_of(estate.world, LI_HOME)
    path, body = at(LI_HOME)[act]
    own = await post(estate, "staff", path, **body)
    assert (own.status, own.code) == (403, "own_home")
    assert await people_of(estate.world, LI_HOME) == before
    assert (await post(estate, "admin", path, **body)).status < 300
    assert LI_HOME in await homes.homes_of(estate, "staff")


async def test_no_code_is_printed_for_oneself(estate: Estate) -> None:
    printed = await post(estate, "staff", f"places/{WANG_HOME}/home-codes")
    [slip] = printed.body["codes"]
    own = await post(estate, "staff", "me/homes/code", code=slip["code"])
    assert (own.status, own.code) == (403, "own_home")
    chen = await newcomer(estate, "chen")
    assert (await post(estate, chen, "me/homes/code", code=slip["code"])).status == 200


async def staff_live_at(estate: Estate, home: str, relation: str) -> str:
    wish = {"name": "我", "relation": relation, "phone": PHONES["staff"], "reason": "x"}
    await estate.member("staff")
    added = await post(estate, "admin", f"homes/{home}/residents", **wish)
    assert added.status == 201, added.body
    return str(added.body["residency_id"])


async def test_nobody_decides_about_a_claim_on_their_own_home(estate: Estate) -> None:
    await staff_live_at(estate, SUN_HOME, "co_owner")
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, SUN_HOME)
    assert (await homes.settle(estate, request_id, "keep")).code == "own_home"
    guest = await asked(estate, await newcomer(estate, "zhou"), SUN_HOME, relation="family")
    assert (await homes.decide(estate, guest)).code == "own_home"
    assert await acts(estate.world, "home.decided") == []
    assert (await homes.decide(estate, guest, "admin")).status == 200


async def test_a_tenant_at_the_desk_is_a_tenant_at_home(estate: Estate) -> None:
    """Staff who rent cannot end the landlord, change phones there, or let others in."""
    row = await staff_live_at(estate, LI_HOME, "tenant")
    ended = await post(estate, "staff", "residencies/r0-li/end", reason="x")
    assert ended.code == "own_home"
    other = {"phone": "13900000098", "reason": "x"}
    assert (await post(estate, "staff", "residencies/r0-li/phone", **other)).code == "own_home"
    wish = {"name": "友", "relation": "co_owner", "reason": "x"}
    added = await post(estate, "staff", f"homes/{LI_HOME}/residents", **wish)
    assert added.code == "own_home"
    assert (await post(estate, "staff", f"residencies/{row}/end", reason="x")).status == 204


async def test_staff_who_own_let_go_of_the_account_as_others_do(estate: Estate) -> None:
    row = await staff_live_at(estate, SUN_HOME, "co_owner")
    assert (await post(estate, "staff", f"residencies/{row}/end", reason="x")).status == 204
    [kept] = [r for r in await people_of(estate.world, SUN_HOME) if r["_id"] == row]
    assert (kept["person"], kept["to_day"]) == (None, None)


async def test_what_was_filed_for_others_stays_with_the_office(estate: Estate) -> None:
    """Out of office, staff see neither the proof nor the request, and take nothing along."""
    world, staff = estate.world, await estate.member("staff")
    sent = await world.api.post("/api/v1/photos?purpose=proof", picture(), as_=staff)
    shot = sent.body["photo_id"]
    wish = {"name": None, "on_behalf_of": "陈奶奶", "relation": "family"}
    request_id = await asked(estate, staff, SUN_HOME, photo_ids=[shot], **wish)
    own = await asked(estate, staff, WANG_HOME, relation="family")
    assert (await get(estate, staff, f"photos/{shot}/url")).status == 200
    exported = await exports.my_data(world, staff)
    assert exported.body["上传的照片"]["内容"] == []

    query = {"person": staff.person_id}
    [office] = await world.db.appointments.find(query).to_list()
    path = f"/api/v1/appointments/{office['_id']}"
    assert (await world.api.delete(path, as_=await estate.member("admin"))).status == 204
    assert (await get(estate, staff, f"photos/{shot}/url")).status == 404
    mine = (await get(estate, staff, "me/home-requests")).body["items"]
    assert [request["request_id"] for request in mine] == [own]
    taken_back = await post(estate, staff, f"me/home-requests/{request_id}/withdraw")
    assert taken_back.status == 404

    gone = await world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=staff)
    assert gone.status == 202
    await world.work()
    assert (await get(estate, "admin", f"photos/{shot}/url")).status == 200
    assert (await homes.decide(estate, request_id, "admin")).status == 200
