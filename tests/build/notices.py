"""Notices in tests: drafted, published and read over HTTP."""

from typing import Any, Final

import msgspec

from tests.build.broadcasts import check, entries
from tests.build.cast import COMPOUND, Estate
from tests.build.homes import get, post
from tests.build.mailbox import allow
from tests.build.sign_ins import Member
from tests.build.world import Reply

OWNERS: Final = {"places": [COMPOUND], "relations": ["owner", "family"]}
DRAFT: Final[dict[str, Any]] = {
    "kind": "information",
    "audience": OWNERS,
    "title": "停水通知",
    "text": "3月5日8时至12时停水。\n- 请提前储水",
    "signed_by": "新城社区居委会",
}
UNTIL: Final = "2026-03-09T04:00:00Z"
QUESTION: Final = {"form": "yes_no", "until": UNTIL}
READERS: Final = ("li", "mei", "wang", "sun")  # whom OWNERS means
TEMPLATE, EMERGENCY = "stand-in-notice", "stand-in-notice_emergency"  # ids at WeChat
RULES: Final = {"second_eyes": True, "quiet_from": 22, "quiet_to": 7}


async def draft(estate: Estate, who: Member | str = "staff", **changes: Any) -> Reply:
    return await post(estate, who, "notices", DRAFT | changes)


async def drafted(estate: Estate, who: Member | str = "staff", **changes: Any) -> str:
    reply = await draft(estate, who, **changes)
    assert reply.status == 201, reply.body
    return str(reply.body["notice_id"])


async def act(
    estate: Estate, notice_id: str, action: str, who: Member | str = "staff", **body: Any
) -> Reply:
    return await post(estate, who, f"notices/{notice_id}/{action}", **body)


async def published(estate: Estate, who: Member | str = "staff", **changes: Any) -> str:
    notice_id = await drafted(estate, who, **changes)
    reply = await act(estate, notice_id, "publish", who)
    assert (reply.status, reply.body.get("state")) == (200, "published"), reply.body
    return notice_id


async def asked(estate: Estate, *, audience: dict[str, Any] = OWNERS, **question: Any) -> str:
    return await published(
        estate, kind="asks_answer", audience=audience, question=QUESTION | question
    )


async def send(estate: Estate, verb: str, who: Member | str, path: str, **body: Any) -> Reply:
    """Ask with a verb that is neither GET nor POST."""
    member = await estate.member(who) if isinstance(who, str) else who
    raw = msgspec.json.encode(body)
    return await estate.world.api.call(verb, f"/api/v1/{path}", raw, as_=member)


async def titles(estate: Estate, who: Member | str, query: str = "") -> list[str]:
    """Return the titles of what somebody is shown, in order."""
    reply = await get(estate, who, f"me/notices?limit=50{query}")
    assert reply.status == 200, reply.body
    return [item["title"] for item in reply.body["items"]]


async def unread(estate: Estate, who: Member | str) -> int:
    return int((await get(estate, who, "me/notices/unread")).body["unread"])


async def state_of(estate: Estate, notice_id: str) -> str:
    reply = await get(estate, "staff", f"notices/{notice_id}")
    return str(reply.body["state"])


async def broadcast_of(estate: Estate, notice_id: str) -> dict[str, Any] | None:
    return await estate.world.db.broadcasts.find_one({"_id": f"notices:{notice_id}"})


async def seen(estate: Estate, who: Member | str, *notice_ids: str) -> None:
    """Let somebody open notices."""
    reply = await send(estate, "POST", who, "me/notices/read", notice_ids=[*notice_ids])
    assert reply.status == 200, reply.body


async def knock(
    estate: Estate, notice_id: str, home: str, result: str = "told", **more: Any
) -> Reply:
    """Let the unit head, or `who`, record a visit."""
    who = more.pop("who", "head")
    wish = {"told_whom": "owner"} if result == "told" else {}
    path = f"notices/{notice_id}/homes/{home}/visits"
    return await post(estate, who, path, {"result": result, **wish, **more})


async def doors(
    estate: Estate, path: str, who: Member | str = "staff", query: str = ""
) -> list[tuple[str, str]]:
    """Return (home, why) of the homes of a list that were not reached."""
    reply = await get(estate, who, f"{path}?limit=100{query}")
    assert reply.status == 200, reply.body
    return [(item["home"], item["because"]) for item in reply.body["items"]]


async def delivered(estate: Estate, who: Member | str = "staff", **changes: Any) -> str:
    """Publish a notice and tell everybody."""
    notice_id = await published(estate, who, **changes)
    await estate.world.work()
    return notice_id


async def everybody(estate: Estate) -> None:
    """Sign in all who belong to the compound."""
    for name in ("li", "mei", "wang", "sun", "head"):
        await estate.member(name)


async def willing(estate: Estate, *names: str, times: int = 1) -> None:
    """Let some people allow ordinary notices."""
    for name in names:
        for _ in range(times):
            await allow(estate.world, name, TEMPLATE)


async def deliveries(estate: Estate, notice_id: str) -> dict[str, str]:
    """Return name → how far their message got, when the totals of the notice add up."""
    await check(estate.world, f"notices:{notice_id}")
    rows = await entries(estate.world, f"notices:{notice_id}")
    names = {member.person_id: name for name, member in estate.members.items()}
    return {names[person]: rows[person]["delivery"] for person in rows if person in names}
