"""Bound to a home and unbound again, by each of the four ways; who sees and ends what."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.residencies.models import Relation
from tests.build.cast import (
    LI_HOME,
    PHONES,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
    live_there,
)
from tests.build.homes import (
    accept,
    acts,
    advised,
    asked,
    at_once,
    decide,
    get,
    homes_of,
    invite,
    newcomer,
    people_of,
    post,
)
from tests.build.sign_ins import Member

NEW_PHONE = "13900000020"
OTHER_PHONE = "13900000021"


# The four ways in


async def by_phone(estate: Estate) -> Member:
    await post(
        estate,
        "staff",
        f"homes/{LI_HOME}/residents",
        name="陈晨",
        relation="tenant",
        phone=NEW_PHONE,
        reason="房东带来登记",
    )
    return await newcomer(estate, "chen", NEW_PHONE)


async def by_request(estate: Estate) -> Member:
    await estate.member("head")
    chen = await newcomer(estate, "chen")
    span = {"relation": "tenant", "to_day": "2026-12-31"}
    request_id = await asked(estate, chen, LI_HOME, **span)
    await advised(estate, request_id)
    assert (await decide(estate, request_id)).status == 200
    return chen


async def by_invitation(estate: Estate) -> Member:
    chen = await newcomer(estate, "chen")
    token = (await invite(estate, "tenant"))["token"]
    assert (await accept(estate, chen, token)).status == 200
    return chen


async def by_code(estate: Estate) -> Member:
    chen = await newcomer(estate, "chen")
    await post(
        estate,
        "staff",
        f"homes/{LI_HOME}/residents",
        name="陈晨",
        relation="tenant",
        reason="没有手机",
    )
    printed = (await post(estate, "staff", f"places/{UNIT}/home-codes")).body["codes"]
    [mine] = [code for code in printed if code["name_masked"] == "陈*"]
    assert (await post(estate, chen, "me/homes/code", code=mine["code"])).status == 200
    return chen


WAYS: dict[str, Callable[[Estate], Awaitable[Member]]] = {
    "phone": by_phone,
    "request": by_request,
    "invitation": by_invitation,
    "code": by_code,
}


async def row_of(estate: Estate, member: Member) -> dict[str, Any]:
    query = {"person": member.person_id, "home": LI_HOME}
    [row] = await estate.world.db.residencies.find(query).to_list()
    return dict(row)


@pytest.mark.parametrize("way", WAYS)
async def test_bound_and_unbound_by_each_way(estate: Estate, way: str) -> None:
    chen = await WAYS[way](estate)
    assert await homes_of(estate, chen) == {LI_HOME: "tenant"}
    row = await row_of(estate, chen)
    assert row["bound_by"] == way

    path = f"residencies/{row['_id']}/end"
    assert (await post(estate, "li", path, reason="已搬走")).status == 204
    assert await homes_of(estate, chen) == {}
    assert (await get(estate, chen, f"homes/{LI_HOME}/residents")).status == 404
    ended = await estate.world.db.residencies.find_one({"_id": row["_id"]})
    assert ended["to_day"] == "2026-03-01"
    assert "已搬走" not in str(ended)  # what people type is sealed
    assert ended["person"] == chen.person_id  # history stays with who lived it
    [noted] = await acts(estate.world, "home.residency_ended")
    assert (noted["subject"], noted["place"]) == (row["_id"], LI_HOME)


@pytest.mark.parametrize("way", WAYS)
async def test_the_registers_phone_changes(estate: Estate, way: str) -> None:
    """Whoever held the home loses it at once, however they came by it."""
    chen = await WAYS[way](estate)
    zhou = await newcomer(estate, "zhou", OTHER_PHONE)
    row = await row_of(estate, chen)
    path = f"residencies/{row['_id']}/phone"
    change = {"phone": OTHER_PHONE, "reason": "登记的号码换了"}

    for who, status in (("sun", 403), ("li", 403), ("head", 403)):
        assert (await post(estate, who, path, **change)).status == status
    reply = await post(estate, "staff", path, **change)
    assert (reply.status, reply.body["bound"]) == (200, True)
    assert await homes_of(estate, chen) == {}
    assert await homes_of(estate, zhou) == {LI_HOME: "tenant"}

    reply = await post(estate, "staff", path, phone=None, reason="不用手机了")
    assert (reply.status, reply.body["bound"], reply.body["phone_masked"]) == (200, False, None)
    assert await homes_of(estate, zhou) == {}
    assert len(await acts(estate.world, "home.resident_changed")) == 2


async def test_who_holds_the_new_phone_keeps_the_home(estate: Estate) -> None:
    chen = await by_request(estate)
    code = await estate.world.wechat.phone_code("chen", OTHER_PHONE)
    await post(estate, chen, "me/phone", code=code)
    row = await row_of(estate, chen)
    path = f"residencies/{row['_id']}/phone"
    await post(estate, "staff", path, phone=OTHER_PHONE, reason="补登号码")
    kept = await row_of(estate, chen)
    assert (kept["bound_by"], kept["bound_at"]) == ("request", row["bound_at"])


@pytest.mark.parametrize("way", ["request", "invitation"])
async def test_no_phone_takes_or_loses_what_was_bound_otherwise(
    estate: Estate, way: str
) -> None:
    chen = await WAYS[way](estate)
    row = await row_of(estate, chen)
    li = await estate.member("li")
    index = (await estate.world.db.people.find_one({"_id": li.person_id}))["phone_index"]
    await estate.world.db.residencies.update_one(
        {"_id": row["_id"]}, {"$set": {"phone_index": index}}
    )
    await estate.world.sign_in("li", PHONES["li"])  # proves the number the row has
    for number in (NEW_PHONE, OTHER_PHONE):  # and Chen's own comes and goes
        code = await estate.world.wechat.phone_code("chen", number)
        assert (await post(estate, chen, "me/phone", code=code)).status == 200
    assert (await row_of(estate, chen))["bound_by"] == way


async def test_the_past_belongs_to_who_was_there(estate: Estate) -> None:
    """A number that moved on takes what holds today, and nothing that is over."""
    chen = await by_phone(estate)
    row = await row_of(estate, chen)
    await post(estate, "li", f"residencies/{row['_id']}/end", reason="已搬走")
    zhou = await newcomer(estate, "zhou", NEW_PHONE)
    assert await homes_of(estate, zhou) == {}
    assert (await row_of(estate, chen))["_id"] == row["_id"]
    code = await estate.world.wechat.phone_code("chen", OTHER_PHONE)
    await post(estate, chen, "me/phone", code=code)
    assert (await row_of(estate, chen))["_id"] == row["_id"]


# Ends


async def test_an_end_lies_ahead(estate: Estate) -> None:
    chen = await by_invitation(estate)
    row = await row_of(estate, chen)
    path = f"residencies/{row['_id']}/end"
    for bad in ("2026-03-01", "2026-02-30"):
        reply = await post(estate, "li", path, reason="租期", last_day=bad)
        assert reply.status == 422
    assert (await post(estate, "li", path, reason="租期", last_day="2026-03-03")).status == 204
    assert await homes_of(estate, chen) == {LI_HOME: "tenant"}
    later = await post(estate, "li", path, reason="租期", last_day="2026-03-09")
    assert (later.status, later.code) == (422, "bad_last_day")  # an end is no extension
    await estate.world.advance(days=2)
    again = await estate.world.sign_in("chen")
    assert await homes_of(estate, again) == {}
    assert (await post(estate, "staff", path, reason="又来")).code == "residency_over"


async def test_a_tenancy_runs_out_by_itself(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    token = (await invite(estate, "tenant", to_day="2026-03-03"))["token"]
    assert (await accept(estate, chen, token)).body["to_day"] == "2026-03-03"
    await estate.world.advance(days=1)
    assert await homes_of(estate, await estate.world.sign_in("chen")) == {LI_HOME: "tenant"}
    await estate.world.advance(days=1)
    assert await homes_of(estate, await estate.world.sign_in("chen")) == {}


@pytest.mark.parametrize(
    ("who", "status"),
    [("mei", 404), ("wang", 404), ("sun", 404), ("zhao", 404), ("head", 403), ("li", 204)],
)
async def test_who_may_end_a_guest(estate: Estate, who: str, status: int) -> None:
    chen = await by_invitation(estate)
    row = await row_of(estate, chen)
    path = f"residencies/{row['_id']}/end"
    assert (await post(estate, who, path, reason="已搬走")).status == status
    assert (await homes_of(estate, chen) == {}) is (status == 204)


async def test_an_owner_ends_no_owner_and_staff_of_elsewhere_nobody(estate: Estate) -> None:
    world = estate.world
    await live_there(world.deps, [(LI_HOME, "mei", Relation.CO_OWNER)])
    await world.db.residencies.delete_many({"relation": "family"})
    li = await row_of(estate, await estate.member("li"))
    mei = await estate.member("mei")
    reply = await post(estate, mei, f"residencies/{li['_id']}/end", reason="分家")
    assert (reply.status, reply.code) == (403, "forbidden")
    admin = await estate.member("admin")
    assert (await post(estate, admin, f"residencies/{li['_id']}/end", reason="x")).status == 204


async def test_people_leave_and_an_owner_lets_go_of_the_account_only(estate: Estate) -> None:
    mei, li = await estate.member("mei"), await estate.member("li")
    for member in (mei, li):
        row = await row_of(estate, member)
        path = f"residencies/{row['_id']}/end"
        assert (await post(estate, member, path, reason="不是我家")).status == 204
        assert await homes_of(estate, member) == {}
    kept = {row["relation"]: row for row in await people_of(estate.world, LI_HOME)}
    assert kept["family"]["to_day"] == "2026-03-01"
    assert (kept["owner"]["to_day"], kept["owner"]["person"]) == (None, None)


# Lists


async def test_who_sees_who_belongs_to_a_home(estate: Estate) -> None:
    path = f"homes/{LI_HOME}/residents"
    seen = await get(estate, "li", path)
    assert [(r["name"], r["phone_masked"]) for r in seen.body["items"]] == [
        ("li", "139****0001"),
        ("mei", "139****0005"),
    ]
    for who in ("head", "staff"):
        masked = await get(estate, who, path)
        assert [r["name"] for r in masked.body["items"]] == ["l*", "m*"]
    assert (await get(estate, "mei", path)).status == 403
    for who in ("wang", "sun", "zhao"):
        assert (await get(estate, who, path)).status == 404
    assert (await get(estate, "head", f"homes/{SUN_HOME}/residents")).status == 404
    assert (await get(estate, "staff", f"homes/{UNIT}/residents")).status == 404
    assert (await get(estate, "staff", f"homes/{UNIT}.999/residents")).status == 404


async def test_former_residents_are_shown_to_the_community_only(estate: Estate) -> None:
    chen = await by_invitation(estate)
    row = await row_of(estate, chen)
    await post(estate, "li", f"residencies/{row['_id']}/end", reason="已搬走")
    path = f"homes/{LI_HOME}/residents?past=true"
    for who, status in (("li", 403), ("head", 403), ("sun", 404)):
        assert (await get(estate, who, path)).status == status
    items = (await get(estate, "staff", path)).body["items"]
    assert [r["name"] for r in items if r["to_day"]] == ["陈*"]
    assert len(items) == 3


async def test_one_rung_at_a_time_without_anybody_in_it(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    path, found = "directory", []
    while True:
        items = (await get(estate, chen, path)).body["items"]
        assert all(set(item) == {"path", "kind", "name"} for item in items)
        found.append([item["name"] for item in items])
        if items[-1]["kind"] == "home":
            break
        path = f"directory?under={items[0]['path']}"
    assert found[:2] == [["长春市"], ["朝阳区"]]
    assert found[-3:] == [["3栋"], ["1单元", "2单元"], ["101"]]
    first = await get(estate, chen, f"directory?under={UNIT}&limit=1")
    rest = await get(estate, chen, f"directory?under={UNIT}&cursor={first.body['next_cursor']}")
    assert [i["path"] for i in (first.body["items"] + rest.body["items"])] == [
        WANG_HOME,
        LI_HOME,
    ]
    for bad in (LI_HOME, f"{UNIT}.u9"):
        assert (await get(estate, chen, f"directory?under={bad}")).status == 404


# Written down by staff


async def add(estate: Estate, who: str = "staff", home: str = LI_HOME, **body: Any) -> Any:
    wish = {"name": "陈晨", "relation": "family", "reason": "窗口登记", **body}
    return await post(estate, who, f"homes/{home}/residents", **wish)


async def test_staff_write_down_somebody_without_a_phone(estate: Estate) -> None:
    staff = await estate.member("staff")
    reply = await add(estate, id_number="11010519491231002x")
    assert reply.status == 201
    assert (reply.body["bound"], reply.body["recorded_by_staff"]) == (False, True)
    [noted] = await acts(estate.world, "home.resident_added")
    assert noted["person"] == staff.person_id
    assert noted["on_behalf_of"] == noted["subject"] == reply.body["residency_id"]
    [row] = [r for r in await people_of(estate.world, LI_HOME) if r["recorded_by"]]
    assert row["recorded_by"] == staff.person_id
    assert row["history"][0]["did"] == "added"
    assert "窗口登记" not in str(row)  # what people type is sealed
    assert "陈晨" not in str(row)
    assert "11010519491231002X" not in str(row)
    assert (await add(estate)).code == "already_listed"


async def test_a_phone_that_somebody_holds_binds_at_once(estate: Estate) -> None:
    chen = await newcomer(estate, "chen", NEW_PHONE)
    assert (await add(estate, phone=NEW_PHONE)).body["bound"] is True
    assert await homes_of(estate, chen) == {LI_HOME: "family"}


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"relation": "owner"}, "home_has_owner"),
        ({"phone": "1234"}, "invalid_input"),
        ({"phone": "没有电话"}, "invalid_input"),
        ({"phone": "没有电话号码"}, "invalid_phone"),
        ({"id_number": "110105194912310021"}, "invalid_id_number"),
        ({"id_number": "110105194902300027"}, "invalid_id_number"),
        ({"from_day": "2026-02-30"}, "invalid_input"),
        ({"to_day": "2026-03-01"}, "bad_days"),
        ({"from_day": "2028-01-01"}, "bad_days"),
    ],
)
async def test_what_staff_may_not_write(estate: Estate, wish: Any, code: str) -> None:
    reply = await add(estate, **wish)
    assert (reply.status, reply.code) == (409 if code == "home_has_owner" else 422, code)
    assert await acts(estate.world, "home.resident_added") == []


async def test_two_owners_written_at_once_are_one(estate: Estate) -> None:
    """Nothing but the home itself is shared by the two: other staff, other people."""
    world = estate.world
    await world.db.residencies.delete_many({"home": LI_HOME})
    await estate.member("staff"), await estate.member("admin")
    replies = await at_once(
        add(estate, relation="owner"), add(estate, "admin", relation="owner", name="周舟")
    )
    assert sorted(reply.status for reply in replies) == [201, 409]
    assert [reply.code for reply in replies if reply.status == 409] == ["home_has_owner"]
    assert len(await people_of(world, LI_HOME)) == 1


@pytest.mark.parametrize(("who", "status"), [("li", 403), ("head", 403), ("sun", 403)])
async def test_only_the_community_writes_residents(
    estate: Estate, who: str, status: int
) -> None:
    assert (await add(estate, who)).status == status


async def test_a_home_that_is_none(estate: Estate) -> None:
    assert (await add(estate, home=UNIT)).status == 404
    assert (await add(estate, home=f"{UNIT}.999")).status == 404
    assert (await add(estate, home=ZHAO_HOME)).status == 201  # of the same community
