"""Request handling of api.weixin.qq.com: authentication, parsing, faults."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from sandbox.faults import Action
from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.reshape import patched, replaced
from sandbox.web import Answer, Call, NotJson, Router
from sandbox.world import World

T = TypeVar("T")
ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


class Body(msgspec.Struct, kw_only=True):
    """Request body: unknown fields are ignored, null is a wrong type."""


@dataclass(frozen=True, slots=True)
class MiniRoute:
    whose: Callable[[World, Call], MiniProgram]
    handle: Callable[[World, Call, MiniProgram], Awaitable[Answer]]


def ok(**fields: object) -> Answer:
    return Answer.json({"errcode": 0, "errmsg": "ok", **fields})


def read(call: Call, body_type: type[T]) -> T:
    """Parse the JSON body. Errors: 44002 empty, 47001 not JSON, 40033 escaped characters."""
    if not call.body:
        raise MiniError(44002)
    if ESCAPED.search(call.body):
        raise MiniError(40033)
    try:
        return msgspec.json.decode(call.body, type=body_type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MiniError(47001, f"data format error hint: [{error}]") from error


def check_app(world: World, appid: str | None, secret: str | None) -> MiniProgram:
    if not appid:
        raise MiniError(41002)
    if not secret:
        raise MiniError(41004)
    app = world.keys.programs.get(appid)
    if app is None:
        raise MiniError(40013)
    if secret != app.secret:
        raise MiniError(40125)
    return app


def by_secret(world: World, call: Call) -> MiniProgram:
    return check_app(world, call.query.get("appid"), call.query.get("secret"))


def by_token(world: World, call: Call) -> MiniProgram:
    """Return the mini-program whose token the call bears; 48001 for the service account's."""
    app = _owner_of_token(world, call)
    if app is world.keys.credentials.service_account:
        raise MiniError(48001)
    return app


def by_service_token(world: World, call: Call) -> MiniProgram:
    """Return the service account whose token the call bears; 48001 for a mini-program's."""
    app = _owner_of_token(world, call)
    if app is not world.keys.credentials.service_account:
        raise MiniError(48001)
    return app


def _owner_of_token(world: World, call: Call) -> MiniProgram:
    text = call.query.get("access_token")
    if not text:
        raise MiniError(41001)
    token = world.store.tokens.get(text)
    if token is None or token.evicted:
        raise MiniError(40001)
    if token.expires_at <= world.clock.now():
        raise MiniError(42001)
    return world.keys.programs[token.appid]


async def answer(world: World, router: Router[MiniRoute], call: Call, action: Action) -> Answer:
    return replaced(action) or patched(await _handled(world, router, call, action), action)


async def _handled(
    world: World, router: Router[MiniRoute], call: Call, action: Action
) -> Answer:
    if action.http is not None:
        return Answer(action.http, action.message.encode(), {"Content-Type": "text/html"})
    if action.errcode is not None:
        return MiniError(action.errcode, action.errmsg).answer()
    try:
        route = _route(router, call)
        return await route.handle(world, call, route.whose(world, call))
    except MiniError as error:
        return error.answer()
    except NotJson:
        return MiniError(47001).answer()


def _route(router: Router[MiniRoute], call: Call) -> MiniRoute:
    targets = router.find(call)
    if not targets:
        raise MiniError(40066)
    if call.method in targets:
        return targets[call.method]
    # WeChat ignores the query of a POST to the login: it answers that appid is missing.
    raise MiniError(43002 if "POST" in targets else 41002)
