"""The list of one head: what is on it, in which order, done, put off, and gone."""

from typing import Any

from tests.build.cast import LI_HOME, WANG_HOME, Estate
from tests.build.homes import advised, asked, get, newcomer, post
from tests.build.notices import UNTIL, delivered, everybody, knock, seen
from tests.build.notices import asked as asking
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
