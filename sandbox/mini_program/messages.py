"""Subscribe message API: one grant, one message."""

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from sandbox.keys import MiniProgram
from sandbox.mini_program import push
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_token, ok, read
from sandbox.mini_program.templates import check_data
from sandbox.openids import belongs
from sandbox.records import Grant, Message
from sandbox.web import Answer, Call
from sandbox.world import World

FIRST_MSGID = 4_000_000_000_000_000_000


class SendBody(Body):
    touser: str
    template_id: str
    data: dict[str, dict[str, Any]]
    page: str | UnsetType = UNSET
    miniprogram_state: Literal["developer", "trial", "formal"] = "formal"
    lang: Literal["zh_CN", "en_US", "zh_HK", "zh_TW"] = "zh_CN"


def grant_of(world: World, openid: str, template_id: str) -> Grant:
    key = f"{openid}/{template_id}"
    return world.store.grants.get(key) or Grant(openid=openid, template_id=template_id)


def save_grant(world: World, grant: Grant) -> None:
    world.store.grants.save(f"{grant.openid}/{grant.template_id}", grant)


def check_page(world: World, page: str) -> None:
    """Raise 41030 for a page that is not in the released version."""
    released = world.settings.released_pages
    if page and released is not None and page.lstrip("/").partition("?")[0] not in released:
        raise MiniError(41030)


def _check(world: World, app: MiniProgram, body: SendBody) -> dict[str, str]:
    if not belongs(body.touser, app.appid):
        raise MiniError(40003)
    if body.template_id in ("", *world.settings.deleted_templates):
        raise MiniError(40037)
    data = check_data(body.data, world.settings.templates.get(body.template_id))
    if body.page is not UNSET:
        check_page(world, body.page)
    return data


def _sent_event(world: World, app: MiniProgram, message: Message) -> dict[str, Any]:
    row = {
        "TemplateId": message.template_id,
        "MsgID": str(FIRST_MSGID + message.n),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    return push.list_event(world, app, "subscribe_msg_sent_event", message.openid, [row])


async def send(world: World, call: Call, app: MiniProgram) -> Answer:
    body = read(call, SendBody)
    data = _check(world, app, body)
    grant = grant_of(world, body.touser, body.template_id)
    if grant.left < 1:
        raise MiniError(43101)
    grant.left -= 1
    number = len(world.store.messages.rows) + 1
    message = Message(
        n=number,
        at=world.clock.now(),
        openid=body.touser,
        template_id=body.template_id,
        page="" if body.page is UNSET else body.page,
        miniprogram_state=body.miniprogram_state,
        lang=body.lang,
        data=data,
    )
    with world.store.together():
        save_grant(world, grant)
        world.store.messages.save(str(number), message)
        if world.settings.push.sent_events:
            push.enqueue(world, app, _sent_event(world, app, message))
    return ok(msgid=FIRST_MSGID + number)


async def retired_template(_world: World, _call: Call, _app: MiniProgram) -> Answer:
    raise MiniError(45103)


async def retired_uniform(_world: World, _call: Call, _app: MiniProgram) -> Answer:
    raise MiniError(45109)


OLD = "/cgi-bin/message/wxopen/template"
ROUTES = [
    ("POST", "/cgi-bin/message/subscribe/send", MiniRoute(by_token, send)),
    ("POST", f"{OLD}/send", MiniRoute(by_token, retired_template)),
    ("POST", f"{OLD}/uniform_send", MiniRoute(by_token, retired_uniform)),
]
