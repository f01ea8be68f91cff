"""Who reads and sees what of a repair: words and photos, remarks, whom to call."""

from datetime import timedelta
from typing import Any

import pytest

from services.repairs.reporters import actions, contents
from tests.build import photos, recordings
from tests.build.cast import LI_HOME
from tests.build.content_checks import RISKY, media
from tests.build.mailbox import open_push
from tests.build.repairs import TAP, Works


async def with_photo(works: Works, who: str, **body: Any) -> tuple[str, str]:
    """Report something with a photo; return both ids."""
    photo_id = await photo(works, who)
    return await works.report(who, photo_ids=[photo_id], **body), photo_id


async def photo(works: Works, who: str, content: bytes | None = None) -> str:
    """Send a photo, or something else, for a case; return its id."""
    member = await works.member(who)
    await works.world.wechat.openid(member.name)
    return await photos.sent(works.world.api, member, content, purpose="case")


async def photos_of(works: Works, who: str, repair_id: str) -> list[str]:
    reply = await works.get(who, f"repairs/{repair_id}/photos")
    assert reply.status == 200, reply.body
    for each in reply.body["items"]:
        shown = await works.world.api.call("GET", each["url"], None)
        assert shown.status == 200
    return [each["photo_id"] for each in reply.body["items"]]


async def judged(works: Works) -> None:
    """Let WeChat judge what was submitted, pictures as well."""
    await works.world.work()
    await works.world.advance(seconds=5)
    await works.world.work()


async def let_pass(works: Works) -> None:
    """Let the community pass what is doubtful."""
    [check] = (await works.get("staff", "content-checks?state=doubtful")).body["items"]
    decision = {"passed": True, "reason": "看过了"}
    path = f"content-checks/{check['check_id']}/decision"
    assert (await works.post("staff", path, **decision)).status == 200


async def texts(works: Works, who: str, repair_id: str) -> list[str | None]:
    reply = await works.get(who, f"repairs/{repair_id}/history")
    return [row["remark"] for row in reply.body["items"][1:]]


async def test_neighbours_read_what_was_checked(works: Works) -> None:
    await works.world.wechat.openid("li")
    repair_id = await works.report("li")
    seen = await works.see("wang", repair_id)
    assert (seen["text"], seen["photo_ids"]) == (None, None)
    assert (seen["category_label"], seen["address"]) == ("楼道灯不亮", "春光小区3栋2单元")
    for who in ("li", "head", "dispatcher", "repairer", "staff"):
        assert (await works.see(who, repair_id))["text"] == "三楼的灯不亮了"
    await judged(works)
    assert (await works.see("wang", repair_id))["text"] == "三楼的灯不亮了"


async def test_what_was_refused_is_not_shown_and_is_done_all_the_same(works: Works) -> None:
    await works.world.wechat.openid("li")
    repair_id = await works.report("li", text=RISKY)
    await judged(works)
    assert (await works.see("wang", repair_id))["text"] is None
    await works.repaired(repair_id)
    seen = await works.see("wang", repair_id)
    assert (seen["state"], seen["done"]["summary"]) == ("done", "换了灯泡")


async def test_what_was_changed_is_checked_again(works: Works) -> None:
    await works.world.wechat.openid("li")
    repair_id = await works.report("li")
    await judged(works)
    member = await works.member("li")
    changed = await works.world.api.call(
        "PATCH",
        f"/api/v1/repairs/{repair_id}",
        b'{"text": "\\u8fdd\\u7981\\u8bcd"}',
        as_=member,
    )
    assert (changed.status, changed.body["text"]) == (200, RISKY)
    assert (await works.see("wang", repair_id))["text"] is None
    await judged(works)
    assert (await works.see("wang", repair_id))["text"] is None


async def test_the_words_of_a_home_are_put_before_nobody(works: Works) -> None:
    repair_id = await works.report("li", place=LI_HOME, category=TAP)
    assert await works.world.db.content_checks.count_documents({}) == 0
    assert (await works.see("mei", repair_id))["text"] == "三楼的灯不亮了"
    assert (await works.get("wang", f"repairs/{repair_id}")).status == 404
    assert (await works.get("head", f"repairs/{repair_id}/photos")).status == 404


async def test_photos_are_seen_by_whoever_reads_the_words(works: Works) -> None:
    await open_push(works.world)
    await media(works.world)
    repair_id, photo_id = await with_photo(works, "li")
    assert await photos_of(works, "wang", repair_id) == []
    for who in ("li", "dispatcher", "repairer", "head"):
        assert await photos_of(works, who, repair_id) == [photo_id]
    await judged(works)
    assert await photos_of(works, "wang", repair_id) == [photo_id]


async def test_what_is_done_is_seen_by_all_and_what_residents_add_by_some(works: Works) -> None:
    repair_id, first = await with_photo(works, "li")
    await works.hand_out(repair_id)
    await works.do("repairer", repair_id, "start")
    added = await photo(works, "li")
    await works.do("li", repair_id, "additions", text="四楼也是", photo_ids=[added])
    after = await photo(works, "repairer")
    await works.do("repairer", repair_id, "finish", summary="换了灯泡", after=[after])
    await works.do("dispatcher", repair_id, "remarks", text="已复查", internal=False)
    await works.do("dispatcher", repair_id, "remarks", text="灯泡记账")
    for who in ("li", "head"):
        assert await photos_of(works, who, repair_id) == [first, added, after]
    assert await photos_of(works, "wang", repair_id) == [after]
    assert await texts(works, "wang", repair_id) == [
        *[None] * 4,
        "换了灯泡",
        "已复查",
    ]
    assert await texts(works, "li", repair_id) == [
        *[None] * 3,
        "四楼也是",
        "换了灯泡",
        "已复查",
    ]
    assert (await texts(works, "repairer", repair_id))[-1] == "灯泡记账"


async def test_whom_to_call_is_for_who_does_it_and_who_hands_it_out(works: Works) -> None:
    wish = {"phone": "13912345678", "access": "敲门"}
    repair_id = await works.report("li", place=LI_HOME, category=TAP, **wish)
    await works.hand_out(repair_id)
    told = ("+8613912345678", "敲门")
    for who in ("li", "repairer", "dispatcher", "manager", "staff"):
        seen = await works.see(who, repair_id)
        assert (seen["phone"], seen["access"]) == told
    for who in ("mei", "second"):
        seen = await works.see(who, repair_id)
        assert (seen["phone"], seen["access"]) == (None, None)


async def test_photos_that_are_left_out_are_gone(works: Works) -> None:
    repair_id, first = await with_photo(works, "li")
    second = await photo(works, "li")
    wish: Any = {"photo_ids": [second], "wish": None, "phone": "13912345678"}
    changed = await works.send("PATCH", "li", f"repairs/{repair_id}", **wish)
    assert (changed.status, changed.body["photo_ids"]) == (200, [second])
    assert changed.body["phone"] == "+8613912345678"
    await works.world.work()
    assert await photos_of(works, "li", repair_id) == [second]
    assert await works.world.db.photos.count_documents({"_id": first}) == 0


async def test_of_a_film_a_person_judges(works: Works) -> None:
    """WeChat judges pictures only."""
    film_id = await photo(works, "li", recordings.film())
    repair_id = await works.report("li", photo_ids=[film_id])
    await works.world.work()
    assert (await works.see("wang", repair_id))["text"] is None
    assert await photos_of(works, "dispatcher", repair_id) == [film_id]
    await let_pass(works)
    assert await photos_of(works, "wang", repair_id) == [film_id]


async def test_joining_opens_nothing_that_was_not_checked(works: Works) -> None:
    film_id = await photo(works, "li", recordings.film())
    repair_id = await works.report("li", photo_ids=[film_id])
    joined = await works.do("wang", repair_id, "join")
    await works.do("li", repair_id, "additions", text="四楼也是")
    own = await photo(works, "wang")
    await works.do("wang", repair_id, "additions", text="五楼也是", photo_ids=[own])
    await works.world.work()
    for seen in (joined, await works.see("wang", repair_id)):
        assert (seen["text"], seen["photo_ids"]) == (None, None)
        assert (seen["is_being_checked"], seen["is_mine"]) == (True, True)
    assert await photos_of(works, "wang", repair_id) == [own]
    assert await texts(works, "wang", repair_id) == [None, "五楼也是"]
    for who in ("li", "dispatcher"):
        seen = await works.see(who, repair_id)
        assert (seen["text"], seen["is_being_checked"]) == ("三楼的灯不亮了", False)
    await let_pass(works)
    seen = await works.see("wang", repair_id)
    assert (seen["text"], seen["is_being_checked"]) == ("三楼的灯不亮了", False)
    assert await photos_of(works, "wang", repair_id) == [film_id, own]


async def test_what_was_sent_to_prove_something_is_no_photo_of_a_repair(works: Works) -> None:
    member = await works.member("li")
    await works.world.agree(member, "proof")
    deed = await photos.sent(works.world.api, member)
    wish = {"place": LI_HOME, "category": TAP, "text": "漏水", "photo_ids": [deed]}
    reply = await works.post("li", "repairs", **wish)
    assert (reply.status, reply.code) == (422, "invalid_input")
    assert "证明材料" in reply.body["title"]


async def test_when_somebody_is_there_is_for_who_comes(works: Works) -> None:
    begins = works.world.clock.now + timedelta(hours=5)
    wish = {"begins": begins.isoformat(), "ends": (begins + timedelta(hours=1)).isoformat()}
    repair_id = await works.report("li", wish=wish)
    await works.hand_out(repair_id)
    for who in ("li", "repairer", "dispatcher"):
        assert (await works.see(who, repair_id))["wish"] is not None, who
    for who in ("wang", "head", "second"):
        assert (await works.see(who, repair_id))["wish"] is None, who


async def test_so_much_is_attached_to_a_repair_and_no_more(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST_ATTACHED", 3)
    repair_id, first = await with_photo(works, "li")
    second, third = await photo(works, "li"), await photo(works, "li")
    await works.do("li", repair_id, "additions", text="四楼也是", photo_ids=[second])
    await works.hand_out(repair_id)
    await works.do("repairer", repair_id, "start")
    both = [await photo(works, "repairer"), await photo(works, "repairer")]
    path = f"repairs/{repair_id}/finish"
    refused = await works.post("repairer", path, summary="好了", after=both)
    assert (refused.status, refused.code) == (409, "repair_too_many_photos")
    assert refused.body["details"] == {"most": 3}
    await works.do("li", repair_id, "additions", text="还有", photo_ids=[third])
    refused = await works.post("repairer", path, summary="好了", after=both[:1])
    assert (refused.status, refused.code) == (409, "repair_too_many_photos")
    await works.do("repairer", repair_id, "finish", summary="好了")
    assert await photos_of(works, "li", repair_id) == [first, second, third]


async def test_what_is_left_out_makes_room(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST_ATTACHED", 1)
    repair_id, first = await with_photo(works, "li")
    other, path = await photo(works, "li"), f"repairs/{repair_id}"
    refused = await works.send("PATCH", "li", path, photo_ids=[first, other])
    assert (refused.status, refused.code) == (409, "repair_too_many_photos")
    assert (await works.send("PATCH", "li", path, photo_ids=[other])).status == 200


async def test_each_adds_so_often_a_day(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_ADDITIONS", 2)
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    for _ in range(2):
        await works.do("li", repair_id, "additions", text="快点")
    refused = await works.post("li", f"repairs/{repair_id}/additions", text="快点")
    assert (refused.status, refused.code) == (409, "repair_too_many_additions")
    assert refused.body["details"] == {"most": 2}
    await works.do("wang", repair_id, "additions", text="我也急")
    await works.advance(days=1)
    await works.do("li", repair_id, "additions", text="快点")


async def test_a_resident_who_sends_a_paper_reads_what_to_send(works: Works) -> None:
    member = await works.member("li")
    await works.world.agree(member, "proof")
    paper = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
    reply = await works.world.api.post("/api/v1/photos?purpose=case", paper, as_=member)
    assert (reply.status, reply.body["title"]) == (403, "请发图片、视频或录音")


async def test_an_address_says_what_is_behind_it(works: Works) -> None:
    photo_id = await photo(works, "li")
    repair_id = await works.report("li", photo_ids=[photo_id])
    [found] = (await works.get("li", f"repairs/{repair_id}/photos")).body["items"]
    assert (found["media"], found["seconds"]) == ("image/jpeg", 0)
