"""A firm sees what lies with it, and of what lay with it no more than how it came and went."""

import io
import zipfile
from typing import Any, Final

from services.kernel.permissions import Role
from tests.build.cast import UNIT, appoint
from tests.build.exports import exported, fetched
from tests.build.feedback import LADDER, Voices
from tests.build.photos import sent

BEFORE: Final = {"inner": "住户情绪激动", "asked": "请问是哪一层?", "more": "三楼夜里最暗"}
GIVEN: Final = {"reason": "绿化和路灯由物业负责"}
OWN: Final = {"own_inner": "派电工小刘去看", "back": "灯是供电局的"}
AFTER: Final = {"later_inner": "物业推诿", "later": "已约供电局周五来", "no": "还是不亮"}
ALL: Final = {**BEFORE, **GIVEN, **OWN, **AFTER}
SAID: Final = "路灯坏了好几天"


async def photo(voices: Voices, who: str) -> str:
    return await sent(voices.world.api, await voices.member(who), purpose="case")


async def handed_out(voices: Voices) -> tuple[str, list[str]]:
    """Return a case without a name that lies with the firm, and its two pictures."""
    # Else few share the staircase.
    await voices.households(*(f"{UNIT}.{number}" for number in (601, 602, 603, 604)))
    photos = [await photo(voices, "li") for _ in range(2)]
    wish = {"text": SAID, "kind": "complaint", "anonymous": True, "photo_ids": photos[:1]}
    case_id = await voices.file("li", **wish)
    await voices.do("head", case_id, "remarks", text=BEFORE["inner"], internal=True)
    await voices.do("head", case_id, "question", reason=BEFORE["asked"])
    more = {"text": BEFORE["more"], "photo_ids": photos[1:]}
    await voices.do("li", case_id, "additions", **more)
    await voices.do("head", case_id, "firm", reason=GIVEN["reason"])
    await voices.do("manager", case_id, "remarks", text=OWN["own_inner"], internal=True)
    return case_id, photos


async def goes_on(voices: Voices, case_id: str) -> str:
    """Let the head go on after the firm, until it is solved and said not to be."""
    await voices.do("head", case_id, "remarks", text=AFTER["later_inner"], internal=True)
    done = await photo(voices, "head")
    await voices.do("head", case_id, "solve", text=AFTER["later"], photo_ids=[done])
    await voices.world.work()
    await voices.do("li", case_id, "answer", solved=False, note=AFTER["no"])
    return done


async def read(voices: Voices, who: str, case_id: str) -> set[str]:
    """Return which of all words somebody reads in the history."""
    text = str([row["remark"] for row in await voices.history(who, case_id)])
    return {name for name, words in ALL.items() if words in text}


async def pictures(voices: Voices, who: str, case_id: str) -> list[str]:
    shown = (await voices.get(who, f"feedback/{case_id}/photos")).body["items"]
    return [each["photo_id"] for each in shown]


async def listed(voices: Voices, who: str) -> str:
    """Return what somebody finds by any list, search or file."""
    found = []
    queries = ["", "&scope=desk", "&q=路灯", "&sort=newest", "&rung=building_head"]
    for query in [*queries, "&state=waiting", "&state=confirmed", "&overdue=false"]:
        found += [f"{query} {each}" for each in await voices.ids(who, query)]
    wish = {"list": "feedback"}
    made = await exported(voices.world, await voices.member(who), wish=wish)
    book = zipfile.ZipFile(io.BytesIO((await fetched(voices.world, made)).raw))
    file = "\n".join(book.read(name).decode(errors="ignore") for name in book.namelist())
    return "\n".join(found) + file


async def test_while_it_lies_with_the_firm(voices: Voices) -> None:
    case_id, photos = await handed_out(voices)
    seen = await voices.see("manager", case_id)
    assert (seen["text"], seen["state"], seen["author_name_masked"]) == (
        SAID,
        "with_firm",
        None,
    )
    assert await pictures(voices, "manager", case_id) == photos
    assert await read(voices, "manager", case_id) == {"asked", "more", "reason", "own_inner"}
    assert await read(voices, "head", case_id) == {*BEFORE, *GIVEN, "own_inner"}
    text = await listed(voices, "manager")
    assert case_id in text
    assert SAID in text


async def test_afterwards_it_reads_how_it_came_and_went_and_no_more(voices: Voices) -> None:
    case_id, photos = await handed_out(voices)
    left = await voices.do("manager", case_id, "back", reason=OWN["back"])
    done = await goes_on(voices, case_id)
    head = await voices.see("head", case_id)
    assert (head["rung"], head["returned"]) == ("building_head", 1)
    seen = await voices.see("manager", case_id)
    assert seen == left, "as it was when it left the firm"
    expected: dict[str, Any] = {
        "text": SAID,
        "state": "waiting",
        "rung": "unit_head",
        "returned": 0,
        "due_at": None,
        "steps": [],
        "author_name_masked": None,
        "lies_with_me": False,
    }
    assert {name: seen[name] for name in expected} == expected
    assert await read(voices, "manager", case_id) == {*GIVEN, *OWN}
    assert await read(voices, "head", case_id) == {*ALL}, "the offices read all of it"
    labels = [row["label"] for row in await voices.history("manager", case_id)]
    assert labels == ["交物业办理", "备注", "交回"]
    assert "物业交回" in [row["detail"] for row in await voices.history("li", case_id)]
    assert await pictures(voices, "manager", case_id) == photos[:1]
    assert await pictures(voices, "head", case_id) == [*photos, done]
    text = await listed(voices, "manager")
    assert (case_id in text, SAID in text) == (False, False)
    assert case_id in await listed(voices, "head")
    refused = await voices.post("manager", f"feedback/{case_id}/solve", text="办好了")
    assert (refused.status, refused.code) == (403, "forbidden")
    await voices.do("building", case_id, "firm", reason="请再看看")
    assert (await voices.see("manager", case_id))["state"] == "with_firm"
    assert case_id in await listed(voices, "manager")


async def test_what_the_firm_solved_it_sees_to_the_end(voices: Voices) -> None:
    case_id, _ = await handed_out(voices)
    await voices.solve("manager", case_id)
    assert (await voices.see("manager", case_id))["state"] == "answered"
    await voices.do("li", case_id, "answer", solved=True, note="修好了")
    seen = await voices.see("manager", case_id)
    assert (seen["state"], seen["author_name_masked"]) == ("confirmed", None)
    assert await voices.ids("manager", "&state=confirmed") == [case_id]
    await voices.do("li", case_id, "reopen", reason="又坏了")
    seen = await voices.see("manager", case_id)
    assert (seen["state"], seen["reopened"]) == ("answered", 0)
    assert await voices.ids("manager", "&state=waiting") == []


async def test_who_holds_an_office_of_the_ladder_too_sees_by_it(voices: Voices) -> None:
    case_id, _ = await handed_out(voices)
    await voices.do("manager", case_id, "back", reason=OWN["back"])
    await goes_on(voices, case_id)
    head = await voices.member("head")
    await voices.world.db.appointments.delete_many({"person": head.person_id})
    await appoint(voices.world.deps, Role.UNIT_HEAD, UNIT, LADDER["manager"][0])
    voices.known.clear()
    assert await read(voices, "manager", case_id) == {*ALL}
    assert case_id in await listed(voices, "manager")
