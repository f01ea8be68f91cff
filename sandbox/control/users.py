"""Control API of users: login codes, phone codes, subscriptions."""

import secrets
from typing import Literal

from sandbox.control.gate import Refused, Wish, program, read
from sandbox.keys import MiniProgram
from sandbox.mini_program import push
from sandbox.mini_program.messages import grant_of, save_grant
from sandbox.openids import openid_of, unionid_of
from sandbox.records import Code, User
from sandbox.web import Answer, Call
from sandbox.world import World

MOST_TEMPLATES = 5


class UserWish(Wish):
    app: str = "mini_program"
    unionid: bool | None = None
    blocked: bool | None = None
    active: bool | None = None  # False: not seen for more than two hours


class LoginWish(Wish):
    app: str = "mini_program"
    unionid: bool | None = None
    blocked: bool | None = None


class PhoneWish(Wish):
    phone: str
    app: str = "mini_program"
    country_code: str | int = "86"
    watermark_appid: str = ""


class SubscribeWish(Wish):
    template_ids: list[str]
    answer: Literal["accept", "reject", "ban"] = "accept"
    app: str = "mini_program"
    copies: int = 1  # of the push that tells the product; 0: none


class UnsubscribeWish(Wish):
    template_ids: list[str] | None = None  # None: all of them
    app: str = "mini_program"
    copies: int = 1  # of the push that tells the product; 0: none


def user_of(world: World, name: str, app: MiniProgram) -> User:
    """Return the user and mark them as active in the app now."""
    openid, now = openid_of(app.appid, name), world.clock.now()
    user = world.store.users.get(openid)
    if user is None:
        user = User(openid=openid, appid=app.appid, name=name, active_at=now)
    user.active_at = now
    return user


def _new_code(world: World, code: Code) -> str:
    text = secrets.token_hex(16)
    world.store.codes.save(text, code)
    return text


def _seen(world: World, call: Call, app_name: str) -> User:
    user = user_of(world, call.params["name"], program(world, app_name))
    return world.store.users.save(user.openid, user)


async def change(world: World, call: Call) -> Answer:
    wish = read(call, UserWish)
    user = _seen(world, call, wish.app)
    if wish.unionid is not None:
        user.unionid = wish.unionid
    if wish.blocked is not None:
        user.blocked = wish.blocked
    if wish.active is False:
        user.active_at = 0.0
    world.store.users.save(user.openid, user)
    return Answer.json({"openid": user.openid, "unionid": unionid_of(user.name)})


async def login_code(world: World, call: Call) -> Answer:
    wish = read(call, LoginWish)
    user = _seen(world, call, wish.app)
    if wish.unionid is not None:
        user.unionid = wish.unionid
    if wish.blocked is not None:
        user.blocked = wish.blocked
    world.store.users.save(user.openid, user)
    code = Code(kind="login", openid=user.openid, appid=user.appid, issued_at=world.clock.now())
    return Answer.json({"code": _new_code(world, code), "openid": user.openid})


async def phone_code(world: World, call: Call) -> Answer:
    wish = read(call, PhoneWish)
    user = _seen(world, call, wish.app)
    code = Code(
        kind="phone",
        openid=user.openid,
        appid=user.appid,
        issued_at=world.clock.now(),
        phone=wish.phone,
        country_code=wish.country_code,
        watermark_appid=wish.watermark_appid,
    )
    return Answer.json({"code": _new_code(world, code), "openid": user.openid})


async def subscribe(world: World, call: Call) -> Answer:
    """wx.requestSubscribeMessage of a user: one accept is one grant, a ban is permanent."""
    wish = read(call, SubscribeWish)
    if not 1 <= len(wish.template_ids) <= MOST_TEMPLATES:
        raise Refused("between one and five templates can be asked for")
    app, user = program(world, wish.app), _seen(world, call, wish.app)
    results = {}
    for template_id in wish.template_ids:
        grant = grant_of(world, user.openid, template_id)
        result = "ban" if grant.banned and wish.answer == "accept" else wish.answer
        grant.left += result == "accept"
        if result == "ban":
            grant.banned, grant.left = True, 0
        save_grant(world, grant)
        results[template_id] = result
    rows = [
        {"TemplateId": key, "SubscribeStatusString": result, "PopupScene": "0"}
        for key, result in results.items()
    ]
    event = push.list_event(world, app, "subscribe_msg_popup_event", user.openid, rows)
    sent = await push.push_now(world, app, event, copies=wish.copies)
    return Answer.json({"result": results, "pushes": sent})


async def unsubscribe(world: World, call: Call) -> Answer:
    """Switch messages off in the settings: all grants are void."""
    wish = read(call, UnsubscribeWish)
    app, user = program(world, wish.app), _seen(world, call, wish.app)
    granted = [
        g for g in world.store.grants.rows.values() if g.openid == user.openid and g.left
    ]
    wanted = wish.template_ids
    gone = [g for g in granted if wanted is None or g.template_id in wanted]
    for grant in gone:
        grant.left = 0
        save_grant(world, grant)
    rows = [
        {"TemplateId": key, "SubscribeStatusString": "reject"}
        for key in wanted or [grant.template_id for grant in gone]
    ]
    event = push.list_event(world, app, "subscribe_msg_change_event", user.openid, rows)
    sent = await push.push_now(world, app, event, copies=wish.copies) if rows else []
    return Answer.json({"template_ids": [row["TemplateId"] for row in rows], "pushes": sent})


class GrantsWish(Wish):
    template_id: str
    names: list[str]
    app: str = "mini_program"


async def give_grants(world: World, call: Call) -> Answer:
    """Let many people accept one template at once, without a push: the product may not know."""
    wish = read(call, GrantsWish)
    app = program(world, wish.app)
    with world.store.together():
        for name in wish.names:
            grant = grant_of(world, openid_of(app.appid, name), wish.template_id)
            grant.left += 1
            save_grant(world, grant)
    return Answer.json({"given": len(wish.names)})


async def show_messages(world: World, call: Call) -> Answer:
    openid = call.query.get("openid")
    rows = world.store.messages.rows.values()
    return Answer.json([m for m in rows if openid is None or m.openid == openid])


ROUTES = [
    ("POST", "/__ctl/users/{name}", change),
    ("POST", "/__ctl/users/{name}/login-code", login_code),
    ("POST", "/__ctl/users/{name}/phone-code", phone_code),
    ("POST", "/__ctl/users/{name}/subscribe", subscribe),
    ("POST", "/__ctl/users/{name}/unsubscribe", unsubscribe),
    ("POST", "/__ctl/grants", give_grants),
    ("GET", "/__ctl/messages", show_messages),
]
