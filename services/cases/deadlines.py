"""Deadlines of a case: computed once, moved by pauses, warned of before and climbed after.

Each is an instant that everybody sees. Which one runs follows from the state (Kind.goals); a
paused state stops it, and it goes on with what was left (services/working_time).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from services.cases.kinds import WARN_AT, Kind, Step
from services.cases.models import NO_DEADLINE, Clock
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.working_time import actions as working_time
from services.working_time.models import Span

JOB: Final = "cases.deadline"
Rest = tuple[datetime, datetime]  # from when to when a deadline rested


async def begin(
    deps: Dependencies, place: str, since: datetime, spans: Mapping[str, Span]
) -> dict[str, Clock]:
    """Return the deadlines that begin at an instant: name → clock."""
    clocks = {}
    for goal, span in spans.items():
        clock = Clock(
            total=span.minutes,
            pace=span.pace,
            left=span.minutes,
            running_since=since,
            due_at=None,
            began_at=since,
        )
        clocks[goal] = await _run(deps, place, clock, since)
    return clocks


async def follow(
    deps: Dependencies, kind: Kind, found: Any, step: Step[Any, Any], changes: Document
) -> Document:
    """Return what a step changes of a case's deadlines: which one runs, and its pause."""
    if not kind.goals:
        return {}
    clocks: dict[str, Clock] = dict(changes.get("clocks") or found.clocks)
    place, now = kind.place_of(found), deps.now()
    rests, runs = step.target in kind.paused, kind.goals.get(found.state)
    if rests and runs in clocks:
        clocks[runs] = await _passed(deps, kind, found, clocks[runs], now)
    for goal, clock in clocks.items():
        clocks[goal] = await (_stop if rests else _go_on)(deps, place, clock, now)
    running, goals = running_of(kind, step.target, clocks), {kind.goals.get(step.target)}
    late = any(_is_late(clock, now) for goal, clock in clocks.items() if goal in goals)
    due_at = running.due_at if running else None
    return {
        "clocks": clocks,
        "due_at": due_at,
        "sort_due": due_at or NO_DEADLINE,
        "overdue": late,
    }


def _is_late(clock: Clock, now: datetime) -> bool:
    return clock.overdue_at is not None or (clock.due_at is not None and clock.due_at <= now)


def running_of(kind: Kind, state: Any, clocks: Mapping[str, Clock]) -> Clock | None:
    """Return the deadline that runs in a state; None for none, and while it is paused."""
    goal = kind.goals.get(state)
    clock = clocks.get(goal) if goal else None
    return clock if clock and clock.running_since else None


async def _passed(
    deps: Dependencies, kind: Kind, found: Any, clock: Clock, now: datetime
) -> Clock:
    """Return a deadline with its first rung, if it has passed and no worker has noticed yet.

    Else the whole ladder would be climbed at once after a pause, by what went by in it.
    """
    is_new = clock.running_since and clock.overdue_at is None and clock.climb_at is None
    if not is_new or clock.due_at is None or clock.due_at > now:
        return clock
    climbs = await climb_at(deps, kind, found, clock, 0)
    return msgspec.structs.replace(clock, climb_at=climbs)


async def _stop(deps: Dependencies, place: str, clock: Clock, now: datetime) -> Clock:
    """Return a deadline that rests; one that has passed stays passed, and climbs later."""
    if clock.running_since is None:
        return clock
    if clock.due_at is not None and clock.due_at <= now:
        climbs = clock.climb_at or now
        left = await working_time.between(deps, place, now, climbs, clock.pace)
        return msgspec.structs.replace(clock, running_since=None, climb_left=left)
    used = await working_time.between(deps, place, clock.running_since, now, clock.pace)
    left = max(0, clock.left - used)
    return msgspec.structs.replace(
        clock, left=left, running_since=None, due_at=None, warn_at=None
    )


async def _go_on(deps: Dependencies, place: str, clock: Clock, now: datetime) -> Clock:
    if clock.running_since is not None:
        return clock
    if clock.due_at is None:
        return await _run(deps, place, clock, now)
    climbs = await working_time.after(deps, place, now, Span(clock.climb_left, clock.pace))
    return msgspec.structs.replace(
        clock, running_since=now, climb_at=climbs.at if clock.climb_at else None, climb_left=0
    )


async def _run(deps: Dependencies, place: str, clock: Clock, now: datetime) -> Clock:
    """Return a deadline that runs from now on with what is left of it."""
    before = clock.left - round(clock.total * (1 - WARN_AT))
    spans = [Span(minutes, clock.pace) for minutes in (clock.left, max(0, before))]
    due, warn = await working_time.after_each(deps, place, now, spans)
    return msgspec.structs.replace(
        clock,
        began_at=clock.began_at or now,
        running_since=now,
        due_at=due.at,
        warn_at=warn.at if before > 0 else now,
        is_estimated=due.is_estimated,
    )


async def reach(deps: Dependencies, place: str, clock: Clock, at: datetime) -> Clock:
    """Return a running deadline that has not passed before an instant: longer where needed.

    Its length by the rules stays, for when it begins anew.
    """
    since = clock.running_since
    if since is None or clock.due_at is None or clock.due_at >= at:
        return clock
    left = await working_time.between(deps, place, since, at, clock.pace)
    longer = await _run(deps, place, msgspec.structs.replace(clock, left=left), since)
    return msgspec.structs.replace(longer, due_at=max(at, longer.due_at or at))


async def climb_at(
    deps: Dependencies, kind: Kind, found: Any, clock: Clock, rung: int
) -> datetime | None:
    """Return when an overdue case reaches a rung of the ladder; None beyond the last one.

    From the rung before on, which a pause may have put off.
    """
    since, rungs = clock.climb_at if rung else clock.due_at, kind.rungs(found.state)
    if rung >= len(rungs) or since is None:
        return None
    shares = [0.0, *(each.share for each in rungs)]
    minutes = round(clock.total * (shares[rung + 1] - shares[rung]))
    span = Span(minutes, clock.pace)
    return (await working_time.after(deps, kind.place_of(found), since, span)).at


def key_of(found: Any, goal: str, clock: Clock) -> str:
    """Return the key of messages about a deadline: of each, everybody is told once."""
    began = clock.began_at.isoformat() if clock.began_at else found.round
    return f"{found.id}:{goal}:{began}:{clock.total}"


def moments(clock: Clock) -> Iterator[datetime]:
    """Yield when something is to be done about a running deadline."""
    if clock.warned_at is None and clock.overdue_at is None and clock.warn_at:
        yield clock.warn_at
    if clock.overdue_at is None and clock.due_at:
        yield clock.due_at
    if clock.overdue_at and clock.climb_at:
        yield clock.climb_at


async def schedule(deps: Dependencies, tx: Transaction, kind: Kind, found: Any) -> None:
    """Promise to look after a case when something is to be done about its deadline."""
    if not kind.goals:
        return
    clock = running_of(kind, found.state, found.clocks)
    at = min(moments(clock), default=None) if clock else None
    if at is None:
        return
    goal = kind.goals[found.state]
    key = f"{found.id}:{goal}:{at.isoformat()}"
    await jobs.enqueue(
        deps, tx, JOB, key, due_at=at, name=kind.name, case_id=found.id, goal=goal
    )


async def anew(
    deps: Dependencies, place: str, since: datetime, span: Span, rests: Sequence[Rest]
) -> Clock:
    """Return a deadline of another length that began at an instant, without what it rested.

    As if it had been of this length from the beginning. `rests`: from when to when.
    """
    if not rests:
        return (await begin(deps, place, since, {"": span}))[""]
    now = deps.now()
    used = await working_time.between(deps, place, since, now, span.pace)
    for start, end in rests:
        used -= await working_time.between(deps, place, start, end, span.pace)
    left = max(0, span.minutes - used)
    clock = Clock(
        total=span.minutes, pace=span.pace, left=left, running_since=None, due_at=None
    )
    return await _run(deps, place, clock, now)
