"""Control API under /__ctl: request parsing, lookup of objects, errors."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from sandbox.keys import MiniProgram
from sandbox.records import Order
from sandbox.web import Answer, Call, NotJson, Router
from sandbox.world import World

T = TypeVar("T")
INDEX = "/__ctl/"
APPS = ("mini_program", "other_mini_program", "service_account")
ControlRoute = Callable[[World, Call], Awaitable[Answer]]


class Refused(Exception):
    """A control call that cannot be done: 400 with the reason."""


class Wish(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Body of a control call; unknown fields are refused."""


def read(call: Call, wish_type: type[T]) -> T:
    try:
        return msgspec.json.decode(call.body or b"{}", type=wish_type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(str(error)) from error


def program(world: World, name: str) -> MiniProgram:
    """Return "mini_program", "other_mini_program" or "service_account" of credentials.json."""
    if name not in APPS:
        raise Refused(f"no mini-program {name!r}")
    found: MiniProgram = getattr(world.keys.credentials, name)
    return found


def find_order(world: World, out_trade_no: str, mchid: str = "") -> Order:
    """Find an order by number; the merchant is needed when two have used the same."""
    mchids = [mchid] if mchid else list(world.keys.merchants)
    known = [world.store.order(f"{each}/{out_trade_no}") for each in mchids]
    found = [order for order in known if order is not None]
    if len(found) != 1:
        raise Refused(f"{len(found)} orders have the number {out_trade_no!r}")
    return found[0]


async def answer(world: World, router: Router[ControlRoute], call: Call) -> Answer:
    if call.path == INDEX:
        return Answer.json(router.listed)
    target = router.find(call).get(call.method)
    if target is None:
        return Answer.json({"error": f"no {call.method} {call.path}"}, 404)
    try:
        return await target(world, call)
    except (Refused, NotJson) as error:
        return Answer.json({"error": str(error)}, 400)
