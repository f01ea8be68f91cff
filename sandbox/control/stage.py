"""Control API of clock, faults, journal, settings and reset."""

import re
from typing import Any

import msgspec

from sandbox.clock import epoch, rfc3339
from sandbox.control.gate import Refused, Wish, read
from sandbox.faults import Script
from sandbox.reshape import merged
from sandbox.web import Answer, Call
from sandbox.world import World


class ClockWish(Wish):
    now: str | None = None
    advance_seconds: float = 0.0
    frozen: bool | None = None


async def reset(world: World, _call: Call) -> Answer:
    world.reset()
    return Answer.json({})


async def show_clock(world: World, _call: Call) -> Answer:
    now = world.clock.now()
    return Answer.json({"now": rfc3339(now), "epoch": now, "frozen": world.clock.frozen})


async def set_clock(world: World, call: Call) -> Answer:
    """Set the clock: back by `now` only; forwards, what is due on the way happens first."""
    wish = read(call, ClockWish)
    if wish.advance_seconds < 0:
        raise Refused("the clock is put back by `now`, not by a negative advance")
    if wish.frozen:
        world.clock.freeze()
    elif wish.frozen is False:
        world.clock.thaw()
    target = world.clock.now()
    if wish.now is not None:
        try:
            target = epoch(wish.now)
        except ValueError as error:
            raise Refused(str(error)) from error
        world.clock.set(min(target, world.clock.now()))
    await world.schedule.advance(target + wish.advance_seconds)
    world.save_clock()
    return await show_clock(world, call)


async def add_fault(world: World, call: Call) -> Answer:
    try:
        return Answer.json({"id": world.faults.add(read(call, Script))})
    except re.error as error:
        raise Refused(f"path: {error}") from error


async def clear_faults(world: World, _call: Call) -> Answer:
    world.faults.clear()
    return Answer.json({})


async def show_journal(world: World, call: Call) -> Answer:
    path, since_text = call.query.get("path", ""), call.query.get("since", "0")
    if not since_text.isdecimal():
        raise Refused("since is the number of a call")
    since = int(since_text)
    if "count" in call.query:
        return Answer.json({"count": len(world.journal.matching(path, since))})
    return Answer.json(world.journal.read(path, since))


async def show_settings(world: World, _call: Call) -> Answer:
    return Answer.json(msgspec.to_builtins(world.settings))


async def change_settings(world: World, call: Call) -> Answer:
    """Merge the body into the settings: null puts a setting back to its default."""
    known = msgspec.to_builtins(world.settings)
    wish: dict[str, Any] = read(call, dict[str, Any])
    try:
        world.settings = msgspec.convert(merged(known, wish), type(world.settings))
    except msgspec.ValidationError as error:
        raise Refused(str(error)) from error
    world.save_settings()
    return await show_settings(world, call)


ROUTES = [
    ("POST", "/__ctl/reset", reset),
    ("GET", "/__ctl/clock", show_clock),
    ("POST", "/__ctl/clock", set_clock),
    ("POST", "/__ctl/faults", add_fault),
    ("DELETE", "/__ctl/faults", clear_faults),
    ("GET", "/__ctl/journal", show_journal),
    ("GET", "/__ctl/settings", show_settings),
    ("POST", "/__ctl/settings", change_settings),
]
