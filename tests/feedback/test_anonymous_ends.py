"""Ends of what is said without a name: who closes the account is told from nobody else."""

from typing import Any, Final

import pytest

from tests.build.cast import UNIT, WANG_HOME
from tests.build.feedback import Voices
from tests.build.photos import sent

WISH: Final = {"place": UNIT, "kind": "complaint", "text": "夜里吵", "anonymous": True}
DOORS: Final = [f"{UNIT}.{number}" for number in (601, 602, 603, 604)]
# What differs between any two cases.
OWN: Final = {"feedback_id", "number", "created_at", "event_id", "at"}


async def said(voices: Voices, who: str) -> str:
    """Return what somebody said without a name, with a picture and words that they added."""
    author = await voices.member(who)
    photo = await sent(voices.world.api, author, purpose="case")
    case_id = await voices.file(author, **WISH, photo_ids=[photo])
    await voices.do("head", case_id, "question", reason="请问几点?")
    more = await sent(voices.world.api, author, purpose="case")
    await voices.do(author, case_id, "additions", text="夜里两点", photo_ids=[more])
    return case_id


def without_own(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OWN}


async def seen_below(voices: Voices, case_id: str) -> dict[str, Any]:
    """Return all that the head is shown of a case, but for what is different in each."""
    seen, path = await voices.see("head", case_id), f"feedback/{case_id}"
    number = str(seen["number"])
    listed = await voices.get("head", f"feedback?state={seen['state']}&limit=100")
    found = [each for each in listed.body["items"] if each["feedback_id"] == case_id]
    told = await voices.told("head", "feedback")
    return {
        "case": without_own(seen),
        "listed": [without_own(each) for each in found],
        "history": [without_own(row) for row in await voices.history("head", case_id)],
        "photos": (await voices.get("head", f"{path}/photos")).body["items"],
        "found": [case_id in await voices.ids("head", f"&q={q}") for q in ("吵", "投诉")],
        "told": sorted(text.replace(number, "") for text in told if number in text),
    }


async def close_account(voices: Voices, who: str) -> None:
    reply = await voices.post(who, "me/deletion", confirm="注销")
    assert reply.status == 202, reply.body
    await voices.world.work()


async def both(voices: Voices) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the head sees of what Li said, and of what Wang, who is gone, did."""
    db = voices.world.db
    cases = [
        (await db.feedback.find_one({"person": {"$ne": None}}))["_id"],
        (await db.feedback.find_one({"person": None}))["_id"],
    ]
    kept, gone = [await seen_below(voices, each) for each in cases]
    return kept, gone


@pytest.mark.parametrize("is_answered", [False, True])
async def test_closing_the_account_is_a_withdrawal(voices: Voices, is_answered: bool) -> None:  # noqa: FBT001
    await voices.households(*DOORS)
    cases = [await said(voices, who) for who in ("li", "wang")]
    for case_id in cases if is_answered else []:
        await voices.solve("head", case_id)
    await voices.do("li", cases[0], "withdraw", reason="我是502的,不用了")
    await close_account(voices, "wang")
    kept, gone = await both(voices)
    assert kept == gone
    assert (kept["case"]["state"], kept["case"]["text"]) == ("withdrawn", "")
    assert (kept["case"]["photo_ids"], kept["photos"]) == ([], [])
    last = kept["history"][-1]
    assert (last["action"], last["who"], last["remark"]) == ("withdraw", "reporter", None)
    assert (await voices.see("staff", cases[0]))["text"] == "夜里吵"
    assert (await voices.see("li", cases[0]))["text"] == "夜里吵"


async def test_nor_is_it_seen_in_what_is_over(voices: Voices) -> None:
    await voices.households(*DOORS)
    cases = [await said(voices, who) for who in ("li", "wang")]
    assert sorted(await voices.ids("head", "&q=投诉")) == sorted(cases)
    for who, case_id in zip(("li", "wang"), cases, strict=True):
        await voices.solve("head", case_id)
        await voices.do(who, case_id, "answer", solved=True, note="谢谢,我是住户")
    await close_account(voices, "wang")
    kept, gone = await both(voices)
    assert kept == gone
    assert (kept["case"]["state"], kept["case"]["text"]) == ("confirmed", "")
    assert [row["remark"] for row in kept["history"]][1:3] == ["请问几点?", None]
    seen = await voices.do("li", cases[0], "reopen", reason="又吵了")
    assert seen["state"] == "waiting"
    assert (await voices.see("head", cases[0]))["text"] == "夜里吵"
    assert await voices.ids("head", "&q=投诉") == [cases[0]]


async def test_by_name_it_stays_to_be_read(voices: Voices) -> None:
    case_id = await voices.file("wang", place=WANG_HOME)
    await voices.solve("head", case_id)
    await voices.do("wang", case_id, "answer", solved=True)
    assert (await voices.see("head", case_id))["text"]
    assert await voices.ids("head", "&q=楼道") == [case_id]
