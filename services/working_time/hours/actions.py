"""Working hours of places: set for a place, and holding below it until another sets its own."""

from itertools import pairwise
from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import LADDER, Kind
from services.working_time.hours import store
from services.working_time.hours.models import (
    DEFAULT_HOURS,
    Interval,
    OpenHours,
    SetWorkingHours,
    WorkingHours,
    WorkingHoursView,
)

# A deadline of three months of ordinary work fits into ten years of one such day a week.
LEAST_MINUTES: Final = 60
# Whoever works in a building or unit is of its compound; a grid lies beside the ladder.
WITH_HOURS: Final = frozenset(LADDER[: Kind.COMPOUND.depth])


class HoursBackwards(errors.InvalidInput):
    """An interval ends after it begins, on the same day; a night is two of them."""

    code = "hours_backwards"


class HoursOverlap(errors.InvalidInput):
    """No minute is in two intervals."""

    code = "hours_overlap"


class HoursTooShort(errors.InvalidInput):
    """A day at work has an hour of work at least, or no deadline would ever come."""

    code = "hours_too_short"


class HoursWrongPlace(errors.InvalidInput):
    """Places from the city down to the compound have working hours; others have none."""

    code = "hours_wrong_place"


async def of(deps: Dependencies, place: str) -> WorkingHours:
    """Return the hours that hold for a place: of the nearest place above that has any."""
    found = await store.of_any(deps.db, ancestors(place))
    return max(found, key=lambda hours: len(hours.id), default=DEFAULT_HOURS)


async def show(deps: Dependencies, place: str) -> WorkingHoursView:
    """Return the hours that hold for a place, to anybody.

    Also for a path where nothing is, so that nobody learns from it which homes there are.
    """
    return _view(place, await of(deps, place))


async def replace(
    deps: Dependencies, actor: Actor, place: str, wish: SetWorkingHours
) -> WorkingHoursView:
    """Set the hours of a place, in the stead of those it had. Deadlines that were told stay.

    Raises NotFound, HoursWrongPlace, and what `_intervals` does.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_PLACES)
    if found.kind not in WITH_HOURS:
        raise HoursWrongPlace("请把工作时间登记在小区、社区或更上一级")
    made = WorkingHours(
        id=place,
        weekdays=sorted(set(wish.weekdays)),
        intervals=_intervals(wish),
        set_by=actor.person_id,
        set_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await places.use(deps, [place], tx=tx)
        await store.put(deps.db, tx, made)
        minutes = sum(each.ends - each.begins for each in made.intervals)
        act, days = Act.WORKING_HOURS_SET, made.weekdays
        await audit.record(deps, tx, actor, act, place=place, weekdays=days, minutes=minutes)

    await deps.in_transaction(save)
    return _view(place, made)


async def remove(deps: Dependencies, actor: Actor, place: str) -> None:
    """Remove the hours of a place: those above hold again. Deadlines that were told stay.

    Raises NotFound.
    """
    await places.access_place(deps, actor, place, Permission.MANAGE_PLACES)

    async def save(tx: Transaction) -> None:
        again = not await store.remove(deps.db, tx, place)
        act = Act.WORKING_HOURS_REMOVED
        await audit.record(deps, tx, actor, act, place=place, again=again)

    await deps.in_transaction(save)


def _intervals(wish: SetWorkingHours) -> list[Interval]:
    """Return the intervals in their order.

    Raises HoursBackwards, HoursOverlap, HoursTooShort.
    """
    found = sorted(
        (Interval(_minute(each.begins), _minute(each.ends)) for each in wish.intervals),
        key=lambda each: each.begins,
    )
    if any(each.ends <= each.begins for each in found):
        raise HoursBackwards("结束时间要晚于开始时间;跨夜的请分成两段填写")
    if any(later.begins < each.ends for each, later in pairwise(found)):
        raise HoursOverlap("两段工作时间重叠了")
    if sum(each.ends - each.begins for each in found) < LEAST_MINUTES:
        raise HoursTooShort("每个工作日至少要有一小时")
    return found


def _minute(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _view(place: str, hours: WorkingHours) -> WorkingHoursView:
    return WorkingHoursView(
        place=place,
        set_for=hours.id or None,
        weekdays=hours.weekdays,
        intervals=[
            OpenHours(begins=_time(each.begins), ends=_time(each.ends))
            for each in hours.intervals
        ],
    )
