"""Questions below notices in tests: asked, checked, grouped and answered over HTTP."""

from typing import Any, Final

from tests.build.cast import Estate
from tests.build.homes import get, post
from tests.build.world import Reply

WHEN, ALSO_WHEN, WHERE = "什么时候来水?", "请问几点来水", "在哪里可以打水?"
TOLD: Final = "notice_question_answered"


async def ask(estate: Estate, notice_id: str, who: str, text: str = WHEN) -> Reply:
    await estate.member(who)
    await estate.world.wechat.openid(who)  # who asks is in the mini-program
    return await post(estate, who, f"me/notices/{notice_id}/questions", question=text)


async def asked(estate: Estate, notice_id: str, who: str, text: str = WHEN) -> str:
    """Ask, and let WeChat say that nothing is wrong with it."""
    reply = await ask(estate, notice_id, who, text)
    assert (reply.status, reply.body.get("state")) == (201, "pending"), reply.body
    await estate.world.work()
    await estate.world.advance(seconds=1)  # ids of one instant have no order
    return str(reply.body["question_id"])


async def below(estate: Estate, notice_id: str, who: str) -> dict[str, Any]:
    reply = await get(estate, who, f"me/notices/{notice_id}/questions")
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def mine(estate: Estate, notice_id: str, who: str) -> list[str]:
    return [each["state"] for each in (await below(estate, notice_id, who))["mine"]]


async def rows(estate: Estate, notice_id: str, query: str = "") -> list[dict[str, Any]]:
    reply = await get(estate, "staff", f"notices/{notice_id}/questions{query}")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def answer(
    estate: Estate, notice_id: str, question_id: str, who: str = "staff", **more: Any
) -> Reply:
    body = {"answer": "今晚八点", "public": True, **more}
    return await post(estate, who, f"notices/{notice_id}/questions/{question_id}/answer", body)


async def put(
    estate: Estate, notice_id: str, question_id: str, same_as: str | None, who: str = "staff"
) -> Reply:
    path = f"notices/{notice_id}/questions/{question_id}/group"
    return await post(estate, who, path, {"with": same_as})


async def told(estate: Estate, who: str, template: str = TOLD) -> int:
    """Count a person's messages of a kind, all of them with the notice's title."""
    person = (await estate.member(who)).person_id
    of = {"person": person, "template": template}
    return await estate.world.db.messages.count_documents(of)
