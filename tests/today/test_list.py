"""The list of one head: what is on it, in which order, done, put off, and gone."""

from typing import Any
from urllib.parse import quote

import pytest

from services.home_requests.states import RequestState
from services.kernel.days import plus_days
from services.kernel.permissions import Actor, Role
from services.residencies.models import Relation
from services.today import put_offs
from services.today.entry_ids import Named
from tests.build.cast import LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate, live_there
from tests.build.homes import acts, advised, asked, get, newcomer, post
from tests.build.notices import UNTIL, delivered, everybody, knock, seen, send
from tests.build.notices import asked as asking
from tests.build.offices import (
    BUILDING,
    CHEN,
    GRID,
    GUAN,
    LIU,
    appointment_of,
    head_of,
    make_grid,
)
from tests.build.world import Reply


async def today(estate: Estate, who: Any = "head", query: str = "") -> list[dict[str, Any]]:
    reply = await get(estate, who, f"me/today?limit=50{query}")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def put_off(
    estate: Estate, entry: dict[str, Any], until: str, who: Any = "head"
) -> Reply:
    return await post(estate, who, f"me/today/{entry['entry_id']}/put-off", until_day=until)


async def test_what_is_overdue_comes_first_then_what_ends_today_then_the_rest(
    estate: Estate,
) -> None:
    await everybody(estate)
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, LI_HOME)  # until 5 March, noon
    plain = await delivered(estate)
    asks = await asking(estate)  # until 9 March
    await estate.world.work()
    found = await today(estate)
    told = [(entry["kind"], entry["subject"], entry["place"]) for entry in found]
    assert told == [
        ("home_requests.to_advise", request_id, LI_HOME),
        ("notices.unreached", asks, WANG_HOME),
        ("notices.unreached", asks, LI_HOME),
        ("notices.unreached", plain, WANG_HOME),
        ("notices.unreached", plain, LI_HOME),
    ]
    assert found[1] == {
        "entry_id": found[1]["entry_id"],
        "kind": "notices.unreached",
        "label": "上门告知",
        "place": WANG_HOME,
        "address": "春光小区3栋2单元501室",
        "title": "上门告知:停水通知",
        "subject": asks,
        "due_at": UNTIL,
        "overdue": False,
        "operations": ["createHomeVisit"],
        "can_be_done": False,
        "can_be_put_off": True,
    }
    badge = (await get(estate, "head", "me/today/counts")).body
    assert (badge["total"], badge["overdue"], badge["by_midnight"]) == (5, 0, 0)
    assert {each["kind"]: each["count"] for each in badge["kinds"]} == {
        "home_requests.to_advise": 1,
        "notices.unreached": 4,
    }

    await estate.advance(hours=70)  # 5 March, ten
    assert [entry["subject"] for entry in await today(estate, query="&by_midnight=true")] == [
        request_id
    ]
    await estate.advance(hours=4 * 24 + 4)  # 9 March, 14: the answers are over
    await estate.world.work()  # and the request went on to the community
    found = await today(estate)
    assert [(entry["subject"], entry["overdue"]) for entry in found] == [
        (asks, True),
        (asks, True),
        (plain, False),
        (plain, False),
    ]
    badge = (await get(estate, "head", "me/today/counts")).body
    assert (badge["total"], badge["overdue"], badge["by_midnight"]) == (4, 2, 2)


async def test_what_is_done_leaves_the_list_until_it_is_empty(estate: Estate) -> None:
    await everybody(estate)
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, LI_HOME)
    notice_id = await delivered(estate)
    assert len(await today(estate)) == 3
    await advised(estate, request_id)
    await knock(estate, notice_id, WANG_HOME, "nobody_there")
    assert [entry["place"] for entry in await today(estate)] == [WANG_HOME, LI_HOME]
    await knock(estate, notice_id, WANG_HOME)
    await seen(estate, "li", notice_id)
    assert await today(estate) == []
    assert (await get(estate, "head", "me/today/counts")).body == {
        "total": 0,
        "overdue": 0,
        "by_midnight": 0,
        "kinds": [],
    }


async def test_what_is_put_off_comes_back_on_its_day_or_when_it_is_taken_back(
    estate: Estate,
) -> None:
    await everybody(estate)
    notice_id = await delivered(estate, shown_until="2026-03-05T04:00:00Z")
    first, second = await today(estate)
    assert (await put_off(estate, first, "2026-03-04")).body == {
        "entry_id": first["entry_id"],
        "until_day": "2026-03-04",
    }
    assert await today(estate) == [second]
    assert (await get(estate, "head", "me/today/counts")).body["total"] == 1
    head, kept = await estate.member("head"), estate.world.db.today_put_offs
    await kept.update_many({}, {"$set": {"person": "another"}})
    assert await today(estate) == [first, second], "what others put off is theirs"
    await kept.update_many({}, {"$set": {"person": head.person_id}})
    assert (await put_off(estate, first, "2026-03-03")).status == 200  # another day, once
    assert await estate.world.db.today_put_offs.count_documents({}) == 1
    path = f"me/today/{first['entry_id']}/put-off"
    for _ in range(2):
        assert (await send(estate, "DELETE", "head", path)).status == 204
    assert await today(estate) == [first, second]
    done = [
        each["facts"].get("repeated") for each in await acts(estate.world, "today.taken_back")
    ]
    assert done == [False, True]

    await put_off(estate, first, "2026-03-04")
    await estate.advance(hours=36)  # 3 March, midnight
    assert [entry["place"] for entry in await today(estate)] == [WANG_HOME, LI_HOME]
    await put_off(estate, first, "2026-03-05")
    await knock(estate, notice_id, WANG_HOME)
    await estate.advance(hours=25)
    assert [entry["place"] for entry in await today(estate)] == [LI_HOME], "done meanwhile"


async def test_nothing_is_put_off_beyond_its_end_nor_a_week(estate: Estate) -> None:
    await everybody(estate)
    await delivered(estate, title="不限期")
    await delivered(estate, title="到3月5日中午", shown_until="2026-03-05T04:00:00Z")
    await delivered(estate, title="到3月4日零点", shown_until="2026-03-03T16:00:00Z")
    await delivered(estate, title="到今天", shown_until="2026-03-02T16:00:00Z")
    found = {entry["title"].partition(":")[2]: entry for entry in await today(estate)}
    for title, latest in (
        ("不限期", "2026-03-09"),
        ("到3月5日中午", "2026-03-05"),
        ("到3月4日零点", "2026-03-03"),
        ("到今天", None),
    ):
        entry = found[title]
        assert entry["can_be_put_off"] is (latest is not None)
        for day in (
            "2026-03-01",
            "2026-03-02",
            "2026-03-10",
            *([plus_days(latest, 1)] if latest else ()),
        ):
            refused = await put_off(estate, entry, day)
            assert (refused.status, refused.code) == (422, "bad_put_off"), (title, day)
            assert refused.body["details"] == {"to_day": latest}
            assert latest or refused.body["title"] == "今天到期的不能缓"
        if latest:
            assert (await put_off(estate, entry, latest)).status == 200, title
    assert (await put_off(estate, found["不限期"], "2026-02-30")).code == "invalid_input"


async def test_an_entry_is_nobody_elses_and_cannot_be_made_up(estate: Estate) -> None:
    await everybody(estate)
    await delivered(estate)
    entry = (await today(estate))[0]
    good = entry["entry_id"]
    assert (await post(estate, "head", f"me/today/{good}/done")).code == "done_by_its_act"
    forged = (
        "x",
        "é",
        "A" * 40,
        good[:-4],
        f"{good[:30]}{'A' if good[30] != 'A' else 'B'}{good[31:]}",
    )
    for who, entry_id in (("li", good), ("staff", good), *(("head", each) for each in forged)):
        for path, verb in (("done", "POST"), ("put-off", "POST"), ("put-off", "DELETE")):
            body = {"until_day": "2026-03-04"} if verb == "POST" and path == "put-off" else {}
            address = f"me/today/{quote(entry_id)}/{path}"
            reply = await send(estate, verb, who, address, **body)
            assert (reply.status, reply.code) == (404, "not_found"), (who, entry_id, path)
    assert await estate.world.db.today_put_offs.count_documents({}) == 0


def test_what_somebody_puts_off_is_theirs_alone() -> None:
    named = Named("notices.unreached", "key", UNIT, None)
    rows = {put_offs.row_id(Actor(who, ""), named) for who in ("one", "another")}
    assert len(rows) == 2


async def test_a_head_puts_off_no_more_than_is_kept(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(put_offs, "MOST_PUT_OFF", 1)
    await everybody(estate)
    await delivered(estate)
    first, second = await today(estate)
    assert (await put_off(estate, first, "2026-03-04")).status == 200
    assert (await put_off(estate, first, "2026-03-05")).status == 200
    refused = await put_off(estate, second, "2026-03-04")
    assert (refused.status, refused.code) == (409, "too_many_put_offs")
    assert refused.body["details"] == {"most": 1}
    await estate.advance(days=3)
    assert (await put_off(estate, second, "2026-03-06")).status == 200, "the first is back"


async def test_the_end_of_a_term_is_told_for_a_month_until_the_head_knows(
    estate: Estate,
) -> None:
    world, office = estate.world, await appointment_of(estate)
    await estate.world.db.appointments.update_one(
        {"_id": office}, {"$set": {"to_day": "2026-04-02"}}
    )
    await estate.member("head")
    assert await today(estate) == [], "31 days"
    await estate.advance(days=1)
    [entry] = await today(estate)
    assert (entry["kind"], entry["subject"], entry["place"]) == ("heads.own_term", office, UNIT)
    assert (entry["due_at"], entry["can_be_done"]) == ("2026-04-02T16:00:00Z", True)
    assert entry["title"] == "单元长任期到2026-04-02结束"
    for _ in range(2):
        assert (await post(estate, "head", f"me/today/{entry['entry_id']}/done")).status == 204
    assert await today(estate) == []
    assert len(await acts(world, "appointment.term_end_noted")) == 2
    leaving = {"reason": "搬家", "last_day": "2026-03-20"}
    await post(estate, "head", f"appointments/{office}/resignation", leaving)
    [again] = await today(estate)
    assert again["due_at"] == "2026-03-20T16:00:00Z", "another day is news"
    await estate.advance(days=17)  # the last day
    [last] = await today(estate, query="&by_midnight=true")
    assert (last["overdue"], last["can_be_put_off"]) == (False, False)


async def test_the_next_head_has_the_hand_over_and_who_stands_in_has_not(
    estate: Estate,
) -> None:
    world, office = estate.world, await appointment_of(estate)
    leaving = {"reason": "搬家", "last_day": "2026-03-02"}
    await post(estate, "head", f"appointments/{office}/resignation", leaving)
    made = await post(estate, "head", f"appointments/{office}/hand-over")
    hand_over_id = made.body["hand_over_id"]
    kinds = [entry["kind"] for entry in await today(estate)]
    assert kinds == ["heads.own_term"], "not one's own list"
    await estate.advance(days=1)
    await head_of(world, Role.UNIT_HEAD, UNIT, LIU)
    await head_of(world, Role.BUILDING_HEAD, BUILDING, GUAN)
    liu, guan = await world.sign_in("liu", LIU), await world.sign_in("guan", GUAN)
    [entry] = await today(estate, liu)
    assert (entry["kind"], entry["subject"]) == ("heads.to_receive", hand_over_id)
    assert entry["title"] == "接收单元长工作交接清单"
    assert await today(estate, guan) == []
    received = await post(estate, liu, f"hand-overs/{hand_over_id}/receive")
    assert received.status == 200
    assert await today(estate, liu) == []


async def test_a_head_is_not_asked_about_their_own_home_nor_themselves(estate: Estate) -> None:
    world = estate.world
    await live_there(world.deps, [(WANG_HOME, "head", Relation.OWNER)])
    await estate.member("head")
    chen = await newcomer(estate, "chen")
    for who, home in ((chen, WANG_HOME), ("head", LI_HOME), (chen, LI_HOME)):
        await asked(estate, who, home)
    change = {"$set": {"state": RequestState.WITH_HEAD.value}}
    await world.db.home_requests.update_many({}, change)
    [entry] = await today(estate)
    kept = await world.db.home_requests.find_one({"_id": entry["subject"]})
    assert kept is not None
    assert (kept["person"], kept["home"]) == (chen.person_id, LI_HOME)


async def test_the_list_is_of_the_places_that_one_is_head_of(estate: Estate) -> None:
    """Who holds a grid has its buildings; staff and residents have none of it."""
    await everybody(estate)
    notice_id = await delivered(estate)
    await make_grid(estate)
    await head_of(estate.world, Role.GRID_HEAD, GRID, CHEN)
    grid = await estate.world.sign_in("chen", CHEN)
    rows = [(entry["place"], entry["subject"]) for entry in await today(estate, grid)]
    assert rows == [(home, notice_id) for home in (SUN_HOME, WANG_HOME, LI_HOME)]
    for who in ("staff", "admin", "li"):
        assert await today(estate, who) == []
        assert (await get(estate, who, "me/today/counts")).body["total"] == 0
    assert (await get(estate, "head", "me/today?limit=51")).status == 422
    assert (await get(estate, "head", "me/today?cursor=x")).status == 422
