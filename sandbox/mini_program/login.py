"""Login API: login code, phone code, session key."""

import base64
import hashlib
import hmac
import secrets

from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_secret, by_token, ok, read
from sandbox.openids import unionid_of
from sandbox.records import Code, User
from sandbox.web import Answer, Call
from sandbox.world import World

CODE_LIFE_SECONDS = 300


class PhoneBody(Body):
    code: str = ""
    openid: str = ""


def _redeem(world: World, app: MiniProgram, text: str, kind: str) -> Code:
    """Redeem a code: once, within five minutes, in its own app."""
    if not text:
        raise MiniError(41008)
    code = world.store.codes.get(text)
    if code is None or code.kind != kind or code.appid != app.appid:
        raise MiniError(40029)
    if code.used:
        raise MiniError(40163)
    if world.clock.now() - code.issued_at > CODE_LIFE_SECONDS:
        raise MiniError(40029)
    code.used = True
    world.store.codes.save(text, code)
    return code


def new_session_key() -> str:
    return base64.b64encode(secrets.token_bytes(16)).decode()


async def code_to_session(world: World, call: Call, app: MiniProgram) -> Answer:
    if call.query.get("grant_type") != "authorization_code":
        raise MiniError(40002, "invalid grant_type")
    code = _redeem(world, app, call.query.get("js_code", ""), "login")
    user = world.store.users.rows[code.openid]
    if user.blocked:
        raise MiniError(40226)
    user.active_at, user.session_key = world.clock.now(), new_session_key()
    world.store.users.save(user.openid, user)
    # A successful answer has no errcode here.
    found = {"session_key": user.session_key, "openid": user.openid}
    if user.unionid or world.settings.open_platform:
        found["unionid"] = unionid_of(user.name)
    return Answer.json(found)


async def phone_number(world: World, call: Call, app: MiniProgram) -> Answer:
    body = read(call, PhoneBody)
    code = _redeem(world, app, body.code, "phone")
    if body.openid not in ("", code.openid):
        raise MiniError(40003)
    watermark = {"timestamp": int(code.issued_at), "appid": code.watermark_appid or app.appid}
    plain = code.phone.removeprefix("+86")
    return ok(
        phone_info={
            "phoneNumber": code.phone,
            "purePhoneNumber": plain,
            "countryCode": code.country_code,
            "watermark": watermark,
        }
    )


def _session_user(world: World, call: Call, app: MiniProgram) -> User:
    """Return the user whose session key signed the call: HMAC of "", the key used as text."""
    user = world.store.users.get(call.query.get("openid", ""))
    if user is None or user.appid != app.appid:
        raise MiniError(40003)
    expected = hmac.new(user.session_key.encode(), b"", hashlib.sha256).hexdigest()
    if not user.session_key or call.query.get("signature") != expected:
        raise MiniError(87009)
    return user


async def check_session(world: World, call: Call, app: MiniProgram) -> Answer:
    _session_user(world, call, app)
    return ok()


async def reset_session(world: World, call: Call, app: MiniProgram) -> Answer:
    user = _session_user(world, call, app)
    user.session_key = new_session_key()
    world.store.users.save(user.openid, user)
    return ok(openid=user.openid, session_key=user.session_key)


ROUTES = [
    ("GET", "/sns/jscode2session", MiniRoute(by_secret, code_to_session)),
    ("POST", "/wxa/business/getuserphonenumber", MiniRoute(by_token, phone_number)),
    ("GET", "/wxa/checksession", MiniRoute(by_token, check_session)),
    ("GET", "/wxa/resetusersessionkey", MiniRoute(by_token, reset_session)),
]
