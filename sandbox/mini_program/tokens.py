"""Access tokens: stable ones, and classic ones that each call replaces."""

import secrets

from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_secret, check_app, read
from sandbox.records import Token, TokenSlot
from sandbox.web import Answer, Call
from sandbox.world import World

LIFE_SECONDS = 7200
OVERLAP_SECONDS = 300
FORCED_PER_DAY, FORCED_APART_SECONDS = 20, 30
DAY_SECONDS = 86400


class StableTokenBody(Body):
    grant_type: str = ""
    appid: str = ""
    secret: str = ""
    force_refresh: bool = False


def _slot_key(app: MiniProgram, family: str) -> str:
    return f"{app.appid}/{family}"


def _issue(world: World, app: MiniProgram, family: str) -> Token:
    now, text = world.clock.now(), f"97_{secrets.token_urlsafe(96)}"
    key = _slot_key(app, family)
    slot = world.store.token_slots.get(key) or TokenSlot()
    token = Token(appid=app.appid, family=family, issued_at=now, expires_at=now + LIFE_SECONDS)
    slot.current = text
    with world.store.together():
        world.store.tokens.save(text, token)
        world.store.token_slots.save(key, slot)
    return token


def _current(world: World, app: MiniProgram, family: str) -> tuple[TokenSlot, Token | None]:
    slot = world.store.token_slots.get(_slot_key(app, family)) or TokenSlot()
    token = world.store.tokens.get(slot.current)
    return slot, None if token is None or token.evicted else token


def evict(world: World, app: MiniProgram) -> None:
    """Invalidate every token of an app."""
    for text, token in world.store.tokens.rows.items():
        if token.appid == app.appid and not token.evicted:
            token.evicted = True
            world.store.tokens.save(text, token)


def _may_force(world: World, slot: TokenSlot) -> bool:
    """Tell whether force_refresh works: at most 20 a day and 30 s apart, else it is ignored."""
    now = world.clock.now()
    today = [at for at in slot.forced_at if at > now - DAY_SECONDS]
    return len(today) < FORCED_PER_DAY and all(now - at >= FORCED_APART_SECONDS for at in today)


def _shown(world: World, app: MiniProgram, family: str) -> Answer:
    slot, token = _current(world, app, family)
    left = token.expires_at - world.clock.now() if token else 0
    return Answer.json({"access_token": slot.current, "expires_in": int(left)})


async def stable_token(world: World, call: Call, app: MiniProgram) -> Answer:
    body = read(call, StableTokenBody)
    if body.grant_type != "client_credential":
        raise MiniError(40002, "invalid grant_type")
    slot, token = _current(world, app, "stable")
    if body.force_refresh and token is not None and _may_force(world, slot):
        slot.forced_at.append(world.clock.now())
        token.evicted = True
        world.store.token_slots.save(_slot_key(app, "stable"), slot)
        world.store.tokens.save(slot.current, token)
        token = None
    if token is None or token.expires_at - world.clock.now() <= OVERLAP_SECONDS:
        _issue(world, app, "stable")
    return _shown(world, app, "stable")


async def classic_token(world: World, call: Call, app: MiniProgram) -> Answer:
    if call.query.get("grant_type") != "client_credential":
        raise MiniError(40002, "invalid grant_type")
    slot, token = _current(world, app, "classic")
    if token is not None:  # the previous one stays valid for the overlap only
        token.expires_at = min(token.expires_at, world.clock.now() + OVERLAP_SECONDS)
        world.store.tokens.save(slot.current, token)
    _issue(world, app, "classic")
    return _shown(world, app, "classic")


def _by_secret_in_body(world: World, call: Call) -> MiniProgram:
    body = read(call, StableTokenBody)
    return check_app(world, body.appid, body.secret)


ROUTES = [
    ("POST", "/cgi-bin/stable_token", MiniRoute(_by_secret_in_body, stable_token)),
    ("GET", "/cgi-bin/token", MiniRoute(by_secret, classic_token)),
]
