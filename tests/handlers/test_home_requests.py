"""Home requests with proof: the head, the community, disputes, and several at once."""

from typing import Any

import pytest

from services.home_requests.states import TABLE, Event, RequestState
from services.kernel.permissions import Role
from services.residencies.models import Relation
from tests.build.cast import (
    COMMUNITY,
    LI_HOME,
    NEXT_UNIT,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
    homes,
    live_there,
)
from tests.build.homes import (
    ID_NUMBER,
    acts,
    advised,
    ask,
    asked,
    at_once,
    decide,
    get,
    homes_of,
    newcomer,
    people_of,
    post,
    told,
)
from tests.build.offices import head_of
from tests.build.world import World

EMPTY = f"{UNIT}.503"  # nobody is registered there
NEXT_HEAD = "13900000030"
PROGRESS, NEWS, ADVISE = "home_request_progress", "home_news", "home_to_advise"


@pytest.fixture(autouse=True)
async def _an_empty_home(estate: Estate) -> None:
    await homes(estate.world.deps, {EMPTY: 5000})
    await estate.member("head")


async def request_of(world: World, request_id: str) -> dict[str, Any]:
    return dict(await world.db.home_requests.find_one({"_id": request_id}))


async def test_the_head_is_asked_and_the_community_decides(estate: Estate) -> None:
    world, head = estate.world, await estate.member("head")
    chen = await newcomer(estate, "chen")
    reply = await ask(estate, chen, EMPTY, from_day="2025-06-01", note="刚买的房")
    assert (reply.status, reply.body["state"]) == (201, "with_head")
    request_id = reply.body["request_id"]
    assert await told(world, head, ADVISE) != []

    [waiting] = (await get(estate, head, "home-requests")).body["items"]
    assert (waiting["name_masked"], waiting["photo_ids"], waiting["note"]) == (
        "陈*",
        None,
        None,
    )
    early = await decide(estate, request_id)
    assert (early.status, early.code) == (409, "home_request_with_head")

    await advised(estate, request_id)
    shown = (await get(estate, "staff", f"home-requests/{request_id}")).body
    assert shown["advice"] == {"known": "yes", "reason": "老邻居", "at": shown["advice"]["at"]}
    assert (shown["photo_ids"], shown["note"], shown["disputed"]) == ([], "刚买的房", False)
    reply = await decide(estate, request_id)
    assert (reply.status, reply.body["state"], reply.body["reason"]) == (
        200,
        "accepted",
        "材料一致",
    )
    assert await homes_of(estate, chen) == {EMPTY: "owner"}
    [row] = await people_of(world, EMPTY)
    assert (row["from_day"], row["source"]) == ("2025-06-01", f"request:{request_id}")
    assert len(await told(world, chen, PROGRESS)) == 3
    for act in ("home.requested", "home.advised", "home.decided"):
        assert len(await acts(world, act)) == 1


async def test_a_rejection_has_a_reason(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    await advised(estate, request_id, "no")
    assert (await decide(estate, request_id, accept=False)).status == 200
    [mine] = (await get(estate, chen, "me/home-requests")).body["items"]
    assert (mine["state"], mine["reason"]) == ("rejected", "材料一致")
    assert await homes_of(estate, chen) == {}
    assert await asked(estate, chen, EMPTY) != request_id


async def test_without_a_word_from_the_head_it_goes_on_after_three_days(
    estate: Estate,
) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    await estate.world.advance(days=2, hours=23)
    await estate.world.work()
    assert (await request_of(estate.world, request_id))["state"] == "with_head"
    await estate.world.advance(hours=1)
    await estate.world.work()
    assert (await request_of(estate.world, request_id))["state"] == "with_community"
    assert len(await acts(estate.world, "home.passed_on")) == 1
    estate.members.clear()
    late = await post(
        estate, "head", f"home-requests/{request_id}/advice", known="yes", reason="x"
    )
    assert (late.status, late.code) == (409, "home_request_moved_on")


async def test_after_the_advice_the_clock_changes_nothing(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    await advised(estate, request_id)
    await decide(estate, request_id)
    await estate.world.advance(days=4)
    await estate.world.work()
    assert (await request_of(estate.world, request_id))["state"] == "accepted"
    assert await acts(estate.world, "home.passed_on") == []


async def test_where_no_head_is_the_community_is_asked_at_once(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    reply = await ask(estate, chen, SUN_HOME, relation="family")
    assert reply.body["state"] == "with_community"


async def test_who_sees_and_decides_a_request(estate: Estate) -> None:
    world, chen = estate.world, await newcomer(estate, "chen")
    await head_of(world, Role.UNIT_HEAD, NEXT_UNIT, NEXT_HEAD)
    next_head = await newcomer(estate, "nexthead", NEXT_HEAD)
    request_id = await asked(estate, chen, EMPTY)
    path = f"home-requests/{request_id}"
    known = {"known": "yes", "reason": "x"}
    assert (await get(estate, next_head, "home-requests")).body["items"] == []
    elsewhere = await get(estate, next_head, f"home-requests?place={UNIT}")
    assert (elsewhere.status, elsewhere.code) == (404, "not_found")
    assert (await get(estate, next_head, path)).status == 404
    assert (await post(estate, next_head, f"{path}/advice", **known)).status == 404
    for who in ("li", "sun", "zhao", chen):
        assert (await get(estate, who, "home-requests")).status == 403
        assert (await post(estate, who, f"{path}/advice", **known)).status == 403
        assert (await decide(estate, request_id, who)).status == 403
    assert (await decide(estate, request_id, "head")).status == 403
    stranger = await post(estate, "li", f"me/{path}/withdraw")
    assert stranger.status == 404
    assert (await request_of(world, request_id))["state"] == "with_head"


async def test_staff_of_another_community_know_nothing_of_it(estate: Estate) -> None:
    world, chen = estate.world, await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    await advised(estate, request_id)
    far = await newcomer(estate, "far", NEXT_HEAD)
    elsewhere = {"role": "community_staff", "place": f"{COMMUNITY}.c08", "phone": NEXT_HEAD}
    assert (await post(estate, "admin", "appointments", **elsewhere)).status == 201
    assert (await decide(estate, request_id, far)).status == 404
    assert (await get(estate, far, f"home-requests/{request_id}")).status == 404
    assert (await get(estate, far, "home-requests")).body["items"] == []
    assert (await request_of(world, request_id))["state"] == "with_community"


async def test_nobody_decides_about_themself(estate: Estate) -> None:
    for who in ("head", "staff"):
        member = await estate.member(who)
        request_id = await asked(estate, member, EMPTY)
        path = f"home-requests/{request_id}/advice"
        own = await post(estate, member, path, known="yes", reason="x")
        assert (own.status, own.code) == (403, "own_request")
    await advised(estate, request_id)
    assert (await decide(estate, request_id, "staff")).code == "own_request"
    assert (await decide(estate, request_id, "admin")).status == 200


async def test_the_same_request_twice_is_one(estate: Estate) -> None:
    world, chen = estate.world, await newcomer(estate, "chen")
    replies = await at_once(*(ask(estate, chen, EMPTY) for _ in range(4)))
    assert {r.status for r in replies} == {201}
    assert len({r.body["request_id"] for r in replies}) == 1
    assert await world.db.home_requests.count_documents({}) == 1
    assert len(await acts(world, "home.requested")) == 4
    assert len(await told(world, chen, PROGRESS)) == 1


async def test_one_may_not_ask_for_the_whole_estate(estate: Estate) -> None:
    made = {f"{UNIT}.6{n:02d}": 5000 for n in range(6)}
    await homes(estate.world.deps, made)
    chen = await newcomer(estate, "chen")
    *kept, last = [await ask(estate, chen, home) for home in made]
    assert {r.status for r in kept} == {201}
    assert (last.status, last.code) == (409, "too_many_open_requests")


async def test_nobody_is_asked_over_and_over(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    for _ in range(10):
        path = f"me/home-requests/{await asked(estate, chen, EMPTY)}/withdraw"
        assert (await post(estate, chen, path)).status == 200
    reply = await ask(estate, chen, EMPTY)
    assert (reply.status, reply.code) == (409, "too_many_open_requests")


async def test_who_erases_the_account_asks_no_oftener(estate: Estate) -> None:
    """Three accounts of one WeChat user: ten requests, ten messages to the owner, in all."""
    world, filed = estate.world, 0
    li = await estate.member("li")
    for _ in range(3):
        chen = await newcomer(estate, "chen")
        for _ in range(10):
            reply = await ask(estate, chen, LI_HOME)
            if reply.status != 201:
                assert (reply.status, reply.code) == (409, "too_many_open_requests")
                break
            filed += 1
            path = f"me/home-requests/{reply.body['request_id']}/withdraw"
            assert (await post(estate, chen, path)).status == 200
        assert (await post(estate, chen, "me/deletion", confirm="注销")).status == 202
    assert filed == 10
    assert len(await told(world, li, "home_news")) == 10
    kept = await world.db.quotas.find().to_list()
    assert len(kept) == 1
    assert (await world.wechat.openid("chen")) not in str(kept)
    await world.advance(days=1)
    again = await newcomer(estate, "chen")
    assert (await ask(estate, again, LI_HOME)).status == 201


async def test_a_stranger_does_not_learn_whose_name_the_register_has(estate: Estate) -> None:
    """Li is registered as "li" and has not signed in: a right guess looks like a wrong one."""
    answers = []
    for name in ("li", "wrong"):
        member = await newcomer(estate, f"guess-{name}")
        reply = await ask(estate, member, LI_HOME, name=name)
        hidden = {"request_id", "name", "created_at"}
        answers.append({k: v for k, v in reply.body.items() if k not in hidden})
    assert answers[0] == answers[1]


async def test_withdrawing_is_for_who_filed_it(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    path = f"me/home-requests/{request_id}/withdraw"
    for _ in range(2):
        reply = await post(estate, chen, path)
        assert (reply.status, reply.body["state"]) == (200, "withdrawn")
    assert [a["facts"]["repeated"] for a in await acts(estate.world, "home.request_withdrawn")]
    again = await asked(estate, chen, EMPTY)
    await advised(estate, again)
    await decide(estate, again)
    late = await post(estate, chen, f"me/home-requests/{again}/withdraw")
    assert (late.status, late.code) == (409, "home_request_moved_on")


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"relation": "payer"}, 422, "invalid_input"),
        ({"relation": "tenant"}, 422, "tenancy_needs_end"),
        ({"relation": "tenant", "to_day": "2026-03-01"}, 422, "bad_days"),
        ({"name": None}, 422, "name_needed"),
        ({"on_behalf_of": "陈奶奶"}, 422, "name_needed"),
        ({"name": None, "on_behalf_of": "陈奶奶"}, 403, "forbidden"),
        ({"id_number": "110105194912310021"}, 422, "invalid_id_number"),
        ({"id_number": ID_NUMBER}, 403, "consent_needed"),
        ({"photo_ids": ["p1"]}, 403, "consent_needed"),
        ({"photo_ids": [f"p{n}" for n in range(7)]}, 422, "invalid_input"),
        ({"home": UNIT}, 404, "not_found"),
        ({"home": f"{UNIT}.999"}, 404, "not_found"),
        ({"state": "accepted"}, 422, "invalid_input"),
    ],
)
async def test_what_may_not_be_asked(
    estate: Estate, wish: dict[str, Any], status: int, code: str
) -> None:
    chen = await newcomer(estate, "chen")
    reply = await ask(estate, chen, **{"home": EMPTY, **wish})
    assert (reply.status, reply.code) == (status, code)
    assert await estate.world.db.home_requests.count_documents({}) == 0


async def test_proof_is_agreed_to_by_itself_and_sealed(estate: Estate) -> None:
    world, chen = estate.world, await newcomer(estate, "chen")
    await world.agree(chen, "proof")
    request_id = await asked(estate, chen, EMPTY, id_number=ID_NUMBER, note="电话13900000020")
    kept = str(await request_of(world, request_id))
    assert not any(text in kept for text in ("陈晨", ID_NUMBER, "13900000020"))
    path = f"home-requests/{request_id}/reveal"
    wish = {"fields": ["name", "id_number"], "reason": "verify_identity"}
    assert (await post(estate, "head", path, **wish)).status == 403
    shown = await post(estate, "staff", path, **wish)
    assert (shown.body["name"], shown.body["id_number"]) == ("陈晨", ID_NUMBER)
    [noted] = await acts(world, "privacy.revealed")
    assert noted["subject"] == request_id


async def test_staff_ask_for_somebody_without_a_phone(estate: Estate) -> None:
    world, staff = estate.world, await estate.member("staff")
    wish = {"name": None, "on_behalf_of": "陈奶奶", "relation": "family"}
    one, two = [await asked(estate, staff, LI_HOME, **wish) for _ in range(2)]
    assert one == two
    await advised(estate, one)
    assert (await decide(estate, one)).status == 200
    [row] = [r for r in await people_of(world, LI_HOME) if r["source"].startswith("request:")]
    assert (row["person"], row["recorded_by"]) == (None, staff.person_id)
    [noted] = await acts(world, "home.decided")
    assert noted["on_behalf_of"] == row["_id"]
    codes = (await post(estate, "staff", f"places/{LI_HOME}/home-codes")).body["codes"]
    [mine] = [code for code in codes if code["name_masked"] == "陈*"]
    granny = await newcomer(estate, "granny")
    assert (await post(estate, granny, "me/homes/code", code=mine["code"])).status == 200
    assert await homes_of(estate, granny) == {LI_HOME: "family"}


async def test_whom_the_register_means_is_bound_to_its_row(estate: Estate) -> None:
    """An owner the register names without a phone disputes nobody's home."""
    world = estate.world
    await live_there(world.deps, [(EMPTY, "zhao", Relation.OWNER)])
    for row in await people_of(world, EMPTY):
        place = f"residencies/{row['_id']}/name"
        change = {"name_sealed": world.deps.vault.seal("陈晨", place=place)}
        await world.db.residencies.update_one(
            {"_id": row["_id"]}, {"$set": {**change, "phone_index": None}}
        )
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    assert (await request_of(world, request_id))["disputed"] is False
    await advised(estate, request_id)
    [shown] = (await get(estate, "staff", "home-requests")).body["items"]
    assert shown["matches_register"] is True
    assert (await decide(estate, request_id)).status == 200
    [row] = await people_of(world, EMPTY)
    assert (row["person"], row["bound_by"]) == (chen.person_id, "request")
    assert row["from_day"] == "2020-01-01"


def test_every_open_state_can_be_left_and_no_closed_one() -> None:
    left = {row.source for row in TABLE.rows}
    assert left == {RequestState.WITH_HEAD, RequestState.WITH_COMMUNITY}
    decided = [TABLE.sources(event) for event in (Event.ACCEPT, Event.REJECT)]
    assert decided == [[RequestState.WITH_COMMUNITY]] * 2


async def test_homes_of_others_stay_theirs(estate: Estate) -> None:
    for home, name in ((WANG_HOME, "wang"), (ZHAO_HOME, "zhao")):
        assert await homes_of(estate, name) == {home: "owner"}


async def test_a_tenancy_that_ran_out_while_it_waited_is_not_let_in(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY, relation="tenant", to_day="2026-03-03")
    await advised(estate, request_id)
    await estate.world.advance(days=2)
    estate.members.clear()
    late = await decide(estate, request_id)
    assert (late.status, late.code) == (422, "bad_days")
    assert (await decide(estate, request_id, accept=False)).status == 200


async def test_strangers_read_of_a_home_only_what_its_door_shows(estate: Estate) -> None:
    """Homes of old imports may have notes in their numbers."""
    world, name = estate.world, "503(王小五租,欠费)"
    change = {"name": name, "address": f"春光小区3栋2单元{name}室"}
    await world.db.places.update_one({"_id": EMPTY}, {"$set": change})
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    read = [
        await get(estate, chen, f"directory?under={UNIT}"),
        await get(estate, chen, "me/home-requests"),
        await get(estate, chen, f"homes/{EMPTY}/heads"),
        await get(estate, "head", "home-requests"),
        await get(estate, "admin", f"places/{EMPTY}"),
        await get(estate, "admin", f"places/{UNIT}/places?kind=home"),
    ]
    await advised(estate, request_id)
    await decide(estate, request_id)
    read.append(await get(estate, chen, "me/messages"))
    assert [reply.status for reply in read] == [200] * len(read)
    for reply in read:
        assert "503" in str(reply.body)
        assert not any(word in str(reply.body) for word in ("王小五", "欠费"))
