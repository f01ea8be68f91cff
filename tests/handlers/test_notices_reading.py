"""Notices for readers: what is theirs, what is unread, what changed, and how it is found."""

import asyncio
from typing import Any, Final

import pytest

from mongo_indexes import notices
from services.kernel.caches import Cache
from services.kernel.permissions import Actor, Role
from services.messaging.broadcasts import actions as broadcasts
from services.notices import store
from services.notices.readings import actions
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
)
from tests.build.homes import get, post
from tests.build.notices import (
    DRAFT,
    act,
    delivered,
    drafted,
    published,
    send,
    titles,
    unread,
)
from tests.build.sign_ins import Member
from tests.build.world import Reply

NEXT_DOOR = {"places": [NEXT_UNIT], "relations": ["owner"]}
OFFICES = {"places": [COMPOUND], "roles": ["committee_member"]}
PINNED = {"pinned": True}


async def reads(estate: Estate, who: str, *ids: str) -> Reply:
    return await send(estate, "POST", who, "me/notices/read", notice_ids=[*ids])


async def test_pinned_ones_come_first_and_the_newest_next(estate: Estate) -> None:
    for title, more in (("一", {}), ("二", PINNED), ("三", {}), ("四", PINNED)):
        await published(estate, title=title, **more)
        await estate.advance(minutes=1)
    assert await titles(estate, "li") == ["四", "二", "三", "一"]
    page = await get(estate, "li", "me/notices?limit=3")
    rest = await get(estate, "li", f"me/notices?limit=3&cursor={page.body['next_cursor']}")
    assert [item["title"] for item in rest.body["items"]] == ["一"]
    assert rest.body["next_cursor"] is None


async def test_everybody_sees_what_is_theirs_by_relation_and_office(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "wang")
    await estate.member("wang")
    for title, audience in (
        ("业主", {"places": [COMPOUND], "relations": ["owner"]}),
        ("家属", {"places": [COMPOUND], "relations": ["family"]}),
        ("单元", {"places": [UNIT], "relations": ["owner"]}),
        ("业委会", {"places": [COMPOUND], "roles": ["committee_member"]}),
    ):
        await published(estate, title=title, audience=audience)
        await estate.world.advance(minutes=1)
    assert await titles(estate, "li") == ["单元", "业主"]
    assert await titles(estate, "mei") == ["家属"]
    assert await titles(estate, "wang") == ["业委会", "单元", "业主"]
    assert await titles(estate, "sun") == ["业主"]
    assert await titles(estate, "zhao") == []


async def test_what_is_over_or_of_another_kind_is_not_listed(estate: Estate) -> None:
    await published(estate, title="短", shown_until="2026-03-02T05:00:00Z")
    await published(estate, title="急", kind="emergency")
    assert {*await titles(estate, "li")} == {"短", "急"}
    assert await titles(estate, "li", "&kind=emergency") == ["急"]
    assert await unread(estate, "li") == 2
    await estate.advance(hours=1)
    assert await titles(estate, "li") == ["急"]
    assert await unread(estate, "li") == 1


async def test_several_are_read_in_one_request(estate: Estate) -> None:
    first, second, third = [await published(estate, title=f"第{n}条") for n in range(3)]
    foreign = await published(
        estate, audience={"places": [UNIT], "relations": ["tenant", "owner"], "roles": []}
    )
    assert await unread(estate, "sun") == 3
    reply = await reads(estate, "sun", first, second, foreign, "0" * 26)
    assert reply.body == {"unread": 1}
    assert (await reads(estate, "sun", first)).body == {"unread": 1}  # again is the same
    rows = await estate.world.db.notice_readings.find().to_list()
    assert {(row["notice"], row["version"]) for row in rows} == {(first, 1), (second, 1)}
    assert await unread(estate, "li") == 4  # nobody reads for another
    assert (await reads(estate, "sun", third)).body == {"unread": 0}


async def test_a_person_reads_at_once_and_is_noted_once(estate: Estate) -> None:
    notice_id = await published(estate)
    await estate.member("li")
    replies = await asyncio.gather(*(reads(estate, "li", notice_id) for _ in range(4)))
    assert {reply.status for reply in replies} == {200}
    assert await estate.world.db.notice_readings.count_documents({}) == 1


async def again(estate: Estate, who: Member, path: str, etag: str) -> Reply:
    headers = {"If-None-Match": etag}
    return await estate.world.api.call("GET", f"/api/v1/{path}", None, as_=who, headers=headers)


async def test_what_did_not_change_is_not_sent_again(estate: Estate) -> None:
    notice_id, li = await published(estate), await estate.member("li")
    path = f"me/notices/{notice_id}"
    first = await get(estate, li, path)
    assert (first.status, first.body["text"]) == (200, DRAFT["text"])
    same = await again(estate, li, path, first.headers["Etag"])
    assert (same.status, same.raw) == (304, b"")
    await act(estate, notice_id, "correct", because="有误", text="3月6日停水。")
    other = await again(estate, li, path, first.headers["Etag"])
    assert (other.status, other.body["text"]) == (200, "3月6日停水。")
    assert (await again(estate, await estate.member("zhao"), path, "x")).status == 404


OWING: Final[dict[str, Any]] = {
    "places": [COMPOUND],
    "relations": ["owner"],
    "roles": ["unit_head"],
    "owing_since": "2026-02",
}


async def narrow(estate: Estate) -> str:
    """Tell all owners but Wang, who has paid, and the heads that something is owed."""
    for who in ("li", "wang", "head"):
        await estate.member(who)
    await estate.world.db.bills.update_many({"home": WANG_HOME}, {"$set": {"state": "paid"}})
    return await delivered(estate, title="欠费", audience=OWING)


@pytest.mark.billed("2026-01", "2026-02")
async def test_only_who_was_told_reads_what_goes_to_few(estate: Estate) -> None:
    """Who owes is not said by a token: it is read by those who have the message."""
    notice_id = await narrow(estate)
    for who, status in (("li", 200), ("head", 200), ("wang", 404)):
        assert (await get(estate, who, f"me/notices/{notice_id}")).status == status
        assert await titles(estate, who) == (["欠费"] if status == 200 else [])
        assert await unread(estate, who) == (status == 200)
        await reads(estate, who, notice_id)
        assert await unread(estate, who) == 0


@pytest.mark.billed("2026-01", "2026-02")
async def test_what_goes_to_few_is_not_lost_behind_what_goes_to_all(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "MOST_TOLD", 2)
    monkeypatch.setattr(actions, "MOST_TOLD", 2)
    notice_id = await narrow(estate)
    for number in range(3):
        await estate.world.advance(seconds=1)
        await delivered(estate, title=f"{number}")
    assert await titles(estate, "li") == ["2", "1", "0", "欠费"]
    for _ in range(2):  # the third to so few is in the list no more, and still read by its id
        await estate.world.advance(seconds=1)
        await delivered(estate, title="又欠费", audience=OWING)
    assert await titles(estate, "li") == ["又欠费", "又欠费", "2", "1", "0"]
    assert (await get(estate, "li", f"me/notices/{notice_id}")).status == 200
    await reads(estate, "li", notice_id)
    row = await estate.world.db.notice_readings.find_one({"notice": notice_id})
    assert row is not None


@pytest.mark.billed("2026-01", "2026-02")
async def test_who_left_reads_what_went_to_few_no_more(estate: Estate) -> None:
    """A former owner, and a head whose term is over: neither the text nor its corrections."""
    notice_id, over = await narrow(estate), {"$set": {"to_day": "2026-03-01"}}
    db, head = estate.world.db, (await estate.member("head")).person_id
    await db.residencies.update_many({"home": LI_HOME}, over)
    await db.appointments.update_many({"person": head}, over)
    await estate.advance(days=2)
    await act(estate, notice_id, "correct", because="有误", text="请在月底前缴费。")
    for who in ("li", "head"):
        assert (await get(estate, who, f"me/notices/{notice_id}")).status == 404
        assert await titles(estate, who) == []
        reply = await post(
            estate, who, f"me/notices/{notice_id}/questions", question="还要交多少?"
        )
        assert reply.status == 404


async def test_a_head_reads_what_they_knock_for(estate: Estate) -> None:
    """Not in their own list, and nobody's reading of it: only the text, for the doors."""
    notice_id, draft_id = await published(estate), await drafted(estate)
    path = f"me/notices/{notice_id}"
    shown = await get(estate, "head", path)
    assert (shown.status, shown.body["text"]) == (200, DRAFT["text"])
    assert (await get(estate, "head", f"{path}/attachments")).body == {"items": []}
    assert await titles(estate, "head") == []
    assert (await reads(estate, "head", notice_id)).body == {"unread": 0}
    assert await estate.world.db.notice_readings.count_documents({}) == 0
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "wang")
    await estate.member("wang")
    elsewhere = await published(estate, audience=NEXT_DOOR)
    offices = await published(estate, audience=OFFICES)
    for other in (draft_id, elsewhere, offices):
        missing = await get(estate, "head", f"me/notices/{other}")
        assert (missing.status, missing.body["title"]) == (404, "没有找到这条通知")
    await act(estate, notice_id, "withdraw", because="取消")
    gone = await get(estate, "head", path)
    assert (gone.body["text"], gone.body["because"]) == ("", "取消")


async def test_who_moves_in_later_reads_it_too(estate: Estate) -> None:
    notice_id = await published(estate)
    body = {"name": "陈晨", "relation": "family", "phone": "13900000080", "reason": "户口本"}
    home = f"{UNIT}.501"
    added = await send(estate, "POST", "staff", f"homes/{home}/residents", **body)
    assert added.status == 201, added.body
    chen = await estate.world.sign_in("chen", "13900000080")
    assert (await get(estate, chen, f"me/notices/{notice_id}")).status == 200


async def test_the_list_is_one_scan_of_an_index_in_its_order(estate: Estate) -> None:
    """With as many tokens as a person may have, nothing is sorted in memory."""
    keys = [f"{COMPOUND}|{number}" for number in range(200)]
    found = store.shown(keys, estate.world.clock.now)
    cursor = estate.world.db[notices.COLLECTION].find(found).sort(store.READ_ORDER.order)
    plan = (await cursor.hint("shown").limit(50).explain())["queryPlanner"]["winningPlan"]
    assert "SORT_MERGE" in str(plan)
    assert "'stage': 'SORT'" not in str(plan)


async def test_a_text_is_asked_for_once_however_many_ask() -> None:
    texts, loaded, release = Cache[Any, Any](2), list[str](), asyncio.Event()

    async def load() -> str:
        loaded.append("x")
        await release.wait()
        return "停水"

    many = [asyncio.create_task(texts.get(("a", 1), load)) for _ in range(9)]
    await asyncio.sleep(0)
    release.set()
    assert await asyncio.gather(*many) == ["停水"] * 9
    assert await texts.get(("a", 1), load) == "停水"
    assert loaded == ["x"]
    for version in (2, 3):  # the oldest goes
        await texts.get(("a", version), load)
    await texts.get(("a", 1), load)
    assert len(loaded) == 4


async def test_a_text_that_could_not_be_read_is_asked_for_again() -> None:
    texts = Cache[Any, Any](2)

    async def broken() -> str:
        raise ConnectionResetError

    async def gone() -> None:
        return None

    async def there() -> str:
        return "停水"

    with pytest.raises(ConnectionResetError):
        await texts.get(("a", 1), broken)
    assert await texts.get(("a", 1), gone) is None
    assert await texts.get(("a", 1), there) == "停水"


async def test_a_token_list_stays_short(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what somebody was told, the newest: a merged scan has room for some 200 tokens."""

    async def told(*_: Any) -> dict[str, list[str]]:
        return {f"{number:026d}": [LI_HOME] for number in range(900)}

    monkeypatch.setattr(broadcasts, "told", told)
    li = await estate.member("li")
    assert await titles(estate, "li") == []
    found = await actions.keys_of(estate.world.deps, Actor(li.person_id, ""))
    assert sum(key.startswith("told|") for key in found) == actions.MOST_TOLD < 100
