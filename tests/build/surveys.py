"""Surveys in tests: drafted, opened, answered and counted over HTTP."""

from typing import Any, Final

from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.homes import get, post
from tests.build.notices import send
from tests.build.sign_ins import Member
from tests.build.world import Reply

UNTIL: Final = "2026-03-12T04:00:00Z"
ASKED: Final = {"places": [COMPOUND], "relations": ["owner", "family", "tenant"]}
LAMPS: Final[dict[str, Any]] = {
    "kind": "single",
    "text": "楼道灯要不要换成声控的?",
    "options": ["同意", "不同意"],
}
PARTS: Final[dict[str, Any]] = {
    "kind": "multiple",
    "text": "哪些地方要修?",
    "required": False,
    "options": ["路面", "围墙", "车棚"],
    "at_most": 2,
}
MARK: Final[dict[str, Any]] = {
    "kind": "scale",
    "text": "您对保洁满意吗?",
    "required": False,
    "scale": {"to": 5, "labels": ["很不满意", "很满意"]},
}
WORDS: Final[dict[str, Any]] = {
    "kind": "short_text",
    "text": "还有什么建议?",
    "required": False,
}
ROWS: Final[dict[str, Any]] = {
    "kind": "matrix",
    "text": "请逐项打分",
    "required": False,
    "scale": {"to": 10, "labels": ["差", "好"]},
    "rows": ["保洁", "保安"],
}
DRAFT: Final[dict[str, Any]] = {
    "title": "楼道照明",
    "text": "楼道灯经常不亮,想听听大家的意见。",
    "signed_by": "新城社区居委会",
    "audience": ASKED,
    "questions": [LAMPS, PARTS, MARK, WORDS, ROWS],
    "closes_at": UNTIL,
}
YES: Final = [{"question": 1, "choices": [1]}]
NO: Final = [{"question": 1, "choices": [2]}]


async def drafted(estate: Estate, who: Member | str = "staff", **changes: Any) -> str:
    reply = await post(estate, who, "surveys", DRAFT | changes)
    assert reply.status == 201, reply.body
    return str(reply.body["survey_id"])


async def act(
    estate: Estate, survey_id: str, action: str, who: Member | str = "staff", **body: Any
) -> Reply:
    return await post(estate, who, f"surveys/{survey_id}/{action}", **body)


async def opened(estate: Estate, who: Member | str = "staff", **changes: Any) -> str:
    """Draft and open a survey; its people are gathered by the worker."""
    survey_id = await drafted(estate, who, **changes)
    reply = await act(estate, survey_id, "open", who)
    assert (reply.status, reply.body.get("state")) == (200, "open"), reply.body
    return survey_id


async def answer(
    estate: Estate, survey_id: str, who: Member | str, answers: Any = YES, **more: Any
) -> Reply:
    path = f"me/surveys/{survey_id}/answer"
    return await send(estate, "PUT", who, path, answers=answers, **more)


async def enter(
    estate: Estate,
    survey_id: str,
    home: str = LI_HOME,
    answers: Any = YES,
    who: Member | str = "head",
    **more: Any,
) -> Reply:
    wish = {"relation": "owner", "answers": answers, **more}
    return await send(estate, "PUT", who, f"homes/{home}/surveys/{survey_id}/answer", **wish)


async def counted(estate: Estate, survey_id: str) -> None:
    """Close a survey and let it be counted, unless papers are still to be settled."""
    reply = await act(estate, survey_id, "close")
    assert (reply.status, reply.body.get("state")) == (200, "closed"), reply.body
    await estate.advance(minutes=3)
    await estate.world.work()


async def seen(estate: Estate, survey_id: str, who: Member | str = "staff") -> dict[str, Any]:
    reply = await get(estate, who, f"surveys/{survey_id}")
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def mine(estate: Estate, survey_id: str, who: Member | str = "li") -> dict[str, Any]:
    reply = await get(estate, who, f"me/surveys/{survey_id}")
    assert reply.status == 200, reply.body
    return dict(reply.body)
