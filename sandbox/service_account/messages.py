"""Template messages of the service account: to followers, as many as one likes."""

from typing import Any

from sandbox.keys import MiniProgram
from sandbox.mini_program import push
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_service_token, ok, read
from sandbox.mini_program.messages import check_page
from sandbox.mini_program.templates import check_data
from sandbox.records import TemplateMessage
from sandbox.service_account.followers import follower_of
from sandbox.web import Answer, Call
from sandbox.world import World

FIRST_MSGID = 3_000_000_000_000_000_000
REPEAT_SECONDS = 600  # that long the same client_msg_id is the same message


class Target(Body):
    appid: str
    pagepath: str = ""


class SendBody(Body):
    touser: str
    template_id: str
    data: dict[str, dict[str, Any]]
    url: str = ""
    miniprogram: Target | None = None
    client_msg_id: str = ""


def _check(world: World, app: MiniProgram, body: SendBody) -> dict[str, str]:
    follower = follower_of(world, app, body.touser)
    if body.template_id in ("", *world.settings.deleted_templates):
        raise MiniError(40037)
    data = check_data(body.data, world.settings.templates.get(body.template_id))
    if body.miniprogram is not None:
        if body.miniprogram.appid != world.keys.credentials.mini_program.appid:
            raise MiniError(40013)
        check_page(world, body.miniprogram.pagepath)
    if follower is None:
        raise MiniError(43004)
    return data


def _earlier(world: World, body: SendBody) -> TemplateMessage | None:
    """Return the message that this one repeats."""
    since, named = world.clock.now() - REPEAT_SECONDS, (body.touser, body.client_msg_id)
    rows = world.store.template_messages.rows.values()
    same = (m for m in rows if (m.openid, m.client_msg_id) == named and m.at > since)
    return next(same, None) if body.client_msg_id else None


def _receipt(world: World, app: MiniProgram, message: TemplateMessage) -> dict[str, Any]:
    event = push.event_of(world, app, "TEMPLATESENDJOBFINISH", message.openid)
    return event | {"MsgID": FIRST_MSGID + message.n, "Status": world.settings.service_receipt}


async def send(world: World, call: Call, app: MiniProgram) -> Answer:
    body = read(call, SendBody)
    data = _check(world, app, body)
    if earlier := _earlier(world, body):
        return ok(msgid=FIRST_MSGID + earlier.n)
    number, target = len(world.store.template_messages.rows) + 1, body.miniprogram
    message = TemplateMessage(
        n=number,
        at=world.clock.now(),
        openid=body.touser,
        template_id=body.template_id,
        appid=target.appid if target else "",
        pagepath=target.pagepath if target else "",
        client_msg_id=body.client_msg_id,
        data=data,
    )
    with world.store.together():
        world.store.template_messages.save(str(number), message)
        if world.settings.service_push.sent_events:
            push.enqueue(world, app, _receipt(world, app, message))
    return ok(msgid=FIRST_MSGID + number)


ROUTES = [("POST", "/cgi-bin/message/template/send", MiniRoute(by_service_token, send))]
