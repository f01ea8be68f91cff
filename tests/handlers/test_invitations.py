"""An owner invites; one person accepts, once, while the owner is one."""

from typing import Any

import pytest

from tests.build.cast import LI_HOME, WANG_HOME, Estate
from tests.build.homes import (
    accept,
    acts,
    at_once,
    get,
    homes_of,
    invite,
    newcomer,
    people_of,
    post,
    told,
)

PATH = f"homes/{LI_HOME}/invitations"


async def test_a_relative_pays_without_seeing_the_parents_cases(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    token = (await invite(estate, "payer"))["token"]
    reply = await accept(estate, chen, token)
    assert (reply.status, reply.body["relation"]) == (200, "payer")
    assert reply.body["address"] == "春光小区3栋2单元502室"
    assert (await get(estate, chen, "me/bills")).status == 200
    assert (await get(estate, chen, f"homes/{LI_HOME}/residents")).status == 403
    assert (await get(estate, chen, PATH)).status == 403
    assert len(await told(estate.world, await estate.member("li"), "home_news")) == 1


async def test_the_token_is_shown_once_and_not_kept(estate: Estate) -> None:
    made = await invite(estate)
    assert len(made["token"]) >= 22  # 128 bits in base 64
    kept = str(await estate.world.db.home_invitations.find().to_list())
    assert made["token"] not in kept
    assert "陈晨" not in kept
    [listed] = (await get(estate, "li", PATH)).body["items"]
    assert listed["invitation_id"] == made["invitation_id"]
    assert made["token"] not in str(listed)
    assert made["token"] not in str(await acts(estate.world, "home.invited"))


@pytest.mark.parametrize(
    ("who", "status"),
    [("mei", 403), ("wang", 404), ("sun", 404), ("zhao", 404), ("head", 403), ("staff", 403)],
)
async def test_only_an_owner_of_this_home_invites(
    estate: Estate, who: str, status: int
) -> None:
    made = await invite(estate)
    body = {"relation": "family", "name": "陈晨"}
    assert (await post(estate, who, PATH, **body)).status == status
    assert (await get(estate, who, PATH)).status == status
    member = await estate.member(who)
    path = f"/api/v1/{PATH}/{made['invitation_id']}"
    assert (await estate.world.api.delete(path, as_=member)).status == status
    elsewhere = f"/api/v1/homes/{WANG_HOME}/invitations/{made['invitation_id']}"
    wang = await estate.member("wang")
    assert (await estate.world.api.delete(elsewhere, as_=wang)).status == 404
    assert len((await get(estate, "li", PATH)).body["items"]) == 1


@pytest.mark.parametrize("relation", ["owner", "co_owner"])
async def test_owners_are_not_made_by_invitation(estate: Estate, relation: str) -> None:
    reply = await post(estate, "li", PATH, relation=relation, name="陈晨")
    assert reply.status == 422


async def test_twice_by_the_same_person_is_once_and_another_is_refused(
    estate: Estate,
) -> None:
    chen, zhou = await newcomer(estate, "chen"), await newcomer(estate, "zhou")
    token = (await invite(estate))["token"]
    first, second = [await accept(estate, chen, token) for _ in range(2)]
    assert first.body == second.body
    late = await accept(estate, zhou, token)
    assert (late.status, late.code) == (409, "invitation_used")
    assert len(await people_of(estate.world, LI_HOME)) == 3
    repeated = [a["facts"]["repeated"] for a in await acts(estate.world, ACCEPTED)]
    assert sorted(repeated) == [False, True]


ACCEPTED = "home.invitation_accepted"


async def test_a_week_later_it_is_too_late(estate: Estate) -> None:
    token = (await invite(estate))["token"]
    await estate.world.advance(days=7)
    chen = await newcomer(estate, "chen")
    reply = await accept(estate, chen, token)
    assert (reply.status, reply.code) == (409, "invitation_over")
    estate.members.clear()
    assert (await get(estate, "li", PATH)).body["items"] == []


async def test_a_revoked_one_opens_nothing(estate: Estate) -> None:
    li, chen = await estate.member("li"), await newcomer(estate, "chen")
    made = await invite(estate)
    path = f"/api/v1/{PATH}/{made['invitation_id']}"
    for _ in range(2):
        assert (await estate.world.api.delete(path, as_=li)).status == 204
    reply = await accept(estate, chen, made["token"])
    assert (reply.status, reply.code) == (409, "invitation_over")
    used = await invite(estate)
    await accept(estate, chen, used["token"])
    gone = await estate.world.api.delete(f"/api/v1/{PATH}/{used['invitation_id']}", as_=li)
    assert (gone.status, gone.code) == (409, "invitation_used")


async def test_the_host_must_still_be_an_owner(estate: Estate) -> None:
    world, chen = estate.world, await newcomer(estate, "chen")
    token = (await invite(estate))["token"]
    await world.db.residencies.update_one(
        {"home": LI_HOME, "relation": "owner"}, {"$set": {"to_day": "2026-03-01"}}
    )
    reply = await accept(estate, chen, token)
    assert (reply.status, reply.code) == (409, "invitation_over")
    assert await homes_of(estate, chen) == {}
    assert (await invite_again(estate)).status == 403


async def invite_again(estate: Estate) -> Any:
    return await post(estate, "li", PATH, relation="family", name="陈晨")


async def test_family_goes_with_the_owner_and_a_lease_outlives_a_sale(
    estate: Estate,
) -> None:
    world = estate.world
    tokens = [(await invite(estate, kind))["token"] for kind in ("family", "payer", "tenant")]
    await world.db.residencies.update_one(
        {"home": LI_HOME, "relation": "owner"}, {"$set": {"to_day": "2026-03-20"}}
    )
    lasts = []
    for name, token in zip(("chen", "zhou", "wu"), tokens, strict=True):
        guest = await newcomer(estate, name)
        lasts.append((await accept(estate, guest, token)).status)
    assert lasts == [200, 200, 200]
    ends = {
        r["relation"]: r["to_day"] for r in await people_of(world, LI_HOME) if r["bound_by"]
    }
    assert (ends["payer"], ends["tenant"]) == ("2026-03-20", "2026-12-31")


async def test_who_belongs_there_needs_no_invitation(estate: Estate) -> None:
    token = (await invite(estate))["token"]
    for who in ("li", "mei"):
        reply = await accept(estate, who, token)
        assert (reply.status, reply.code) == (409, "already_bound")
    chen = await newcomer(estate, "chen")
    assert (await accept(estate, chen, token)).status == 200


async def test_guessing_is_slow(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    replies = [await accept(estate, chen, f"guess-{n}") for n in range(11)]
    assert {(r.status, r.code) for r in replies[:10]} == {(404, "invitation_unknown")}
    assert (replies[10].status, replies[10].code) == (429, "too_many_requests")
    assert int(replies[10].headers["Retry-After"]) > 0


async def test_twenty_wait_at_most(estate: Estate) -> None:
    for _ in range(20):
        await invite(estate)
    reply = await post(estate, "li", PATH, relation="family", name="陈晨")
    assert (reply.status, reply.code) == (409, "too_many_invitations")


async def test_nobody_is_let_in_without_their_consent(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    path = "me/consents/privacy/withdrawal"
    assert (await post(estate, chen, path)).status in {200, 201}
    token = (await invite(estate))["token"]
    assert (await accept(estate, chen, token)).code == "consent_needed"


async def test_two_accept_at_once_and_one_gets_in(estate: Estate) -> None:
    people = [await newcomer(estate, name) for name in ("chen", "zhou", "wu")]
    token = (await invite(estate))["token"]
    replies = await at_once(*(accept(estate, p, token) for p in people for _ in range(2)))
    assert sorted({r.status for r in replies}) == [200, 409]
    assert [len(await homes_of(estate, p)) for p in people].count(1) == 1
    fresh = [a for a in await acts(estate.world, ACCEPTED) if not a["facts"]["repeated"]]
    assert len(fresh) == 1
    assert len(await people_of(estate.world, LI_HOME)) == 3


async def test_an_accepted_one_does_not_say_so_after_the_end(estate: Estate) -> None:
    token = (await invite(estate))["token"]
    chen = await newcomer(estate, "chen")
    bound = await accept(estate, chen, token)
    path = f"residencies/{bound.body['residency_id']}/end"
    assert (await post(estate, "li", path, reason="搬走了")).status == 204
    again = await accept(estate, chen, token)
    assert (again.status, again.code) == (409, "invitation_over")


async def test_a_tenant_is_invited_to_a_last_day(estate: Estate) -> None:
    wish = {"relation": "tenant", "name": "陈晨"}
    reply = await post(estate, "li", f"homes/{LI_HOME}/invitations", **wish)
    assert (reply.status, reply.code) == (422, "tenancy_needs_end")
