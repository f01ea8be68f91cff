"""What lies before somebody: boards, the list of today, search, and the terms of the city."""

from services.feedback.boards.today import TODAY
from services.grants import actions as grants
from services.kernel.permissions import Actor, Role
from services.kernel.today import Part
from tests.build.cast import COMPOUND, LI_HOME, UNIT, appoint
from tests.build.feedback import Voices

[WAITING] = TODAY
DEFAULTS = {
    "unit_head": 420,
    "building_head": 420,
    "grid_head": 840,
    "community_staff": 1260,
    "subdistrict_staff": 2100,
    "firm_manager": 1260,
    "department": 4200,
}


async def actor(voices: Voices, who: str) -> Actor:
    person = (await voices.member(who)).person_id
    return Actor(person, "", await grants.grants_of(voices.world.deps, person))


async def today(voices: Voices, who: str, **part: object) -> list[str]:
    """Return the ids of what is on somebody's list of today."""
    wanted = Part(**{"limit": 50, **part})  # type: ignore[arg-type]
    found = await WAITING.read(voices.world.deps, await actor(voices, who), wanted)
    return [entry.key for entry in found]


async def test_scopes_of_a_board(voices: Voices) -> None:
    first = await voices.file("li")
    second = await voices.file("wang", place=LI_HOME.replace("502", "501"))
    third = await voices.file("sun", place=COMPOUND)
    assert {*await voices.ids("head")} == {first, second}
    assert {*await voices.ids("staff")} == {first, second, third}
    assert await voices.ids("staff", "&scope=desk") == [third]
    assert await voices.ids("building") == []
    await voices.do("head", first, "take")
    assert await voices.ids("head", "&scope=mine") == [first]
    await voices.do("head", first, "hand-on", reason="要整栋楼商量")
    assert await voices.ids("building", "&scope=desk") == [first]
    assert {*await voices.ids("head")} == {first, second}  # what lay with them stays seen
    assert await voices.ids("head", "&scope=desk") == [second]
    assert (await voices.get("head", "feedback?place=cc.chaoyang")).status == 404
    assert (await voices.get("li", "feedback")).status == 403


async def test_words_are_found_and_not_kept(voices: Voices) -> None:
    case_id = await voices.file("li", text="三楼垃圾桶气味很大")
    await voices.file("wang", text="楼道堆放杂物")
    for words in ("垃圾桶", "气味", "建议", "春光小区"):
        assert case_id in await voices.ids("head", f"&q={words}"), words
    assert await voices.ids("head", "&q=垃圾桶") == [case_id]
    assert await voices.ids("head", "&q=停车") == []
    assert await voices.ids("building", "&q=垃圾桶") == []
    row = await voices.world.db.feedback.find_one({"_id": case_id})
    assert row is not None
    assert "垃圾" not in str(row)


async def test_what_waits_is_on_the_list_of_today(voices: Voices) -> None:
    first, second = await voices.file("li"), await voices.file("wang")
    about = await voices.file("li", kind="complaint", about="unit_head")
    assert {*await today(voices, "head")} == {first, second}
    [one] = await today(voices, "head", limit=1)
    deps, head = voices.world.deps, await actor(voices, "head")
    [entry] = await WAITING.read(deps, head, Part(limit=1))
    assert (entry.place, entry.title[:4]) == (UNIT, "办理建议")
    assert entry.due_at is not None
    rest = await today(voices, "head", after=(entry.due_at, one))
    assert [one, *rest] == await today(voices, "head")
    assert await today(voices, "head", until=entry.due_at) == []
    assert await today(voices, "head", without=[one]) == rest
    assert await today(voices, "building") == [about]
    second_head = await voices.substitute("unit_head", UNIT)
    await voices.do(second_head, first, "take")
    assert await today(voices, "head") == [second]
    await voices.file("sun", place=COMPOUND)  # lies with the community
    counts = await WAITING.count(deps, await actor(voices, "staff"), [UNIT, COMPOUND])
    assert counts == {UNIT: 2, COMPOUND: 3}  # the complaint is the building head's to handle
    for who in ("building", "grid"):
        await voices.do(who, about, "hand-on", reason="请上级办理")
    counts = await WAITING.count(deps, await actor(voices, "staff"), [UNIT, COMPOUND])
    assert counts == {UNIT: 2, COMPOUND: 2}


async def test_what_is_to_be_done_is_named_by_its_kind(voices: Voices) -> None:
    kinds = ("complaint", "suggestion", "help_request", "observation", "praise")
    for kind in kinds:
        await voices.file("li", kind=kind)
    items = (await voices.get("head", "me/today")).body["items"]
    found = {each["title"].rstrip("-0123456789"): each["operations"] for each in items}
    thanked = {title: "thankForFeedback" in done for title, done in found.items()}
    others = dict.fromkeys(("办理投诉", "办理建议", "办理求助", "处理监督意见"), False)
    assert thanked == {**others, "回复表扬": True}
    assert all(("solveFeedback" in done) is not thanked[each] for each, done in found.items())


async def test_a_city_sets_how_long_each_office_has(voices: Voices) -> None:
    await appoint(voices.world.deps, Role.CITY_STAFF, "cc", "13900000081")
    city = await voices.world.sign_in("city", "13900000081")
    before = await voices.file("li")
    assert (await voices.get("li", "feedback-terms")).body == {**DEFAULTS, "version": 0}
    wish = {**DEFAULTS, "after_version": 0, "unit_head": 60}
    for _ in range(2):  # the same again is the same
        reply = await voices.send("PUT", city, "feedback-terms", **wish)
        assert (reply.status, reply.body["version"]) == (200, 1)
    late = await voices.send("PUT", city, "feedback-terms", after_version=0, grid_head=60)
    assert (late.status, late.code) == (409, "feedback_terms_moved_on")
    assert late.body["details"] == {"version": 1}
    after = await voices.file("li")
    assert (await voices.see("li", after))["due_at"] == "2026-03-02T06:00:00Z"  # 13:00 on
    assert (await voices.see("li", before))["due_at"] == "2026-03-03T03:30:00Z"
    refused = await voices.send("PUT", "staff", "feedback-terms", **wish)
    assert refused.status == 403
