"""Messages in tests: somebody is told something, allows WeChat, looks at what arrived."""

from typing import Any

from services.bills.runs.notify import BILL_ISSUED
from services.dependencies import Transaction
from services.messaging import actions
from services.messaging.models import message_id_of
from tests.build.sign_ins import Member
from tests.build.world import World
from tests.deadlines import SAFETY_NET

SEND = "/cgi-bin/message/subscribe/send"
TEMPLATE = "stand-in-bill_issued"
VALUES = {
    "home": "新城小区7栋3单元502号",
    "fee": "物业费",
    "period": "2026-03",
    "amount": "51.18",
    "due_on": "2026-03-31",
}


async def open_push(world: World, **target: Any) -> None:
    """Tell WeChat where to push. Receipts come when a test says so: see `receipt`."""
    given = {"sent_events": False, "timeout_seconds": SAFETY_NET, **target}
    await world.wechat.do("push", url=f"{world.api.base}/wx/push", **given)


async def open_service_push(world: World, **target: Any) -> None:
    """Tell WeChat where the service account pushes. No receipts but by a test."""
    given = {"sent_events": False, "timeout_seconds": SAFETY_NET, **target}
    url = f"{world.api.base}/wx/push/service-account"
    await world.wechat.do("service-account/push", url=url, **given)


async def follow(world: World, name: str, **wish: Any) -> list[Any]:
    """Let somebody follow the service account; return what we answered WeChat's pushes.

    A second passes, as in `allow`.
    """
    await world.advance(seconds=1)
    return list((await world.wechat.do(f"users/{name}/follow", **wish))["pushes"])


async def unfollow(world: World, name: str, **wish: Any) -> list[Any]:
    """Let somebody cease to follow the service account; return what we answered."""
    await world.advance(seconds=1)
    return list((await world.wechat.do(f"users/{name}/unfollow", **wish))["pushes"])


async def allow(world: World, name: str, *template_ids: str, **wish: Any) -> list[Any]:
    """Let somebody answer the pop-up; return what we answered WeChat's pushes.

    A second passes: WeChat's events carry whole seconds, and two of one second are one.
    """
    await world.advance(seconds=1)
    templates = list(template_ids or (TEMPLATE,))
    reply = await world.wechat.do(f"users/{name}/subscribe", template_ids=templates, **wish)
    return list(reply["pushes"])


async def tell(world: World, member: Member, key: str = "b1", **values: str) -> str:
    """Tell somebody of a bill; return the message's id."""

    async def inform(tx: Transaction) -> None:
        await actions.notify(
            world.deps,
            tx,
            person_id=member.person_id,
            template=BILL_ISSUED,
            key=key,
            values=VALUES | values,
            page=f"pages/bills/bill?id={key}",
        )

    await world.deps.in_transaction(inform)
    return message_id_of(BILL_ISSUED.key, key, member.person_id)


async def inbox(world: World, member: Member) -> dict[str, str]:
    """Return message id → how far it got, the newest first."""
    reply = await world.api.get("/api/v1/me/messages", as_=member)
    assert reply.status == 200, reply.body
    return {item["message_id"]: item["delivery"] for item in reply.body["items"]}


async def left(world: World, member: Member, template: str = BILL_ISSUED.key) -> int:
    """Return how many messages of a template the person may still be sent, as we count."""
    reply = await world.api.get("/api/v1/me/message-templates", as_=member)
    [count] = [t["left"] for t in reply.body["items"] if t["template"] == template]
    return int(count)


async def openid_of(world: World, name: str) -> str:
    return str((await world.wechat.do(f"users/{name}"))["openid"])


async def push(world: World, event: dict[str, Any], **craft: Any) -> dict[str, Any]:
    """Let WeChat push once, perhaps not quite as it should; return our answer."""
    [answer] = (await world.wechat.do("push/send", event=event, **craft))["pushes"]
    return dict(answer)


async def receipt(
    world: World,
    name: str,
    wechat_id: str,
    code: str = "0",
    status: str = "success",
    *,
    template: str = TEMPLATE,
) -> dict[str, Any]:
    """Let WeChat report what became of a message."""
    row = {"TemplateId": template, "MsgID": wechat_id, "ErrorCode": code, "ErrorStatus": status}
    event = {
        "Event": "subscribe_msg_sent_event",
        "FromUserName": await openid_of(world, name),
        "CreateTime": int(world.clock.now.timestamp()),
        "List": [row],
    }
    return await push(world, event)


async def arrived(world: World, name: str) -> list[dict[str, Any]]:
    """Return the messages WeChat showed to somebody."""
    openid = await openid_of(world, name)
    return list(await world.wechat.get("messages", openid=openid))


async def calls(world: World, path: str = SEND) -> int:
    found = await world.wechat.get("journal", path=path, count=1)
    return int(found["count"])
