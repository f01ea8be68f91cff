"""Rhythms of rounds: on which days they are due."""

from datetime import date
from typing import Annotated, Final

from msgspec import Meta, Struct

from services.kernel.days import Day, plus_days, plus_months
from services.kernel.errors import InvalidInput
from services.kernel.labels import Labelled

WEEK: Final = 7
# Every month has it.
LAST_OF_ALL_MONTHS: Final = 28


class RoundRhythmKind(Labelled):
    DAYS = "days", "每隔几天"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    BY_HAND = "by_hand", "需要时发起"  # after a storm, before a holiday


class BadRhythm(InvalidInput):
    """The number that a rhythm needs is missing, or one that it does not need is there."""

    code = "round_bad_rhythm"


class RoundRhythm(Struct, frozen=True, kw_only=True):
    """Rhythm of rounds.

    `kind`: How often they are due.
    `every`: Every so many days, counted from the first one; only for `days`.
    `weekday`: Day of the week, 1 for Monday; only for `weekly`.
    `in_month`: Day of the month; only for `monthly`.
    """

    kind: RoundRhythmKind
    every: Annotated[int, Meta(ge=1, le=366, examples=[7])] | None = None
    weekday: Annotated[int, Meta(ge=1, le=WEEK, examples=[1])] | None = None
    in_month: Annotated[int, Meta(ge=1, le=LAST_OF_ALL_MONTHS, examples=[1])] | None = None


class NewRoundRhythm(RoundRhythm, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rhythm of a new plan.

    `kind`: How often rounds are due.
    `every`: Every so many days, counted from the first one; only for `days`.
    `weekday`: Day of the week, 1 for Monday; only for `weekly`.
    `in_month`: Day of the month; only for `monthly`.
    """


def check(rhythm: RoundRhythm) -> None:
    """Raise BadRhythm unless a rhythm has the one number that it needs."""
    given = {
        RoundRhythmKind.DAYS: rhythm.every,
        RoundRhythmKind.WEEKLY: rhythm.weekday,
        RoundRhythmKind.MONTHLY: rhythm.in_month,
    }
    if any((number is not None) is not (kind is rhythm.kind) for kind, number in given.items()):
        raise BadRhythm("请按所选周期填写间隔、星期或日期中的一项")


def following(rhythm: RoundRhythm, first: Day, after: Day) -> Day | None:
    """Return the next due day after a day, not before the first; None when none is planned."""
    start = max(plus_days(after, 1), first)
    then = date.fromisoformat(start)
    match rhythm:
        case RoundRhythm(kind=RoundRhythmKind.DAYS, every=int(every)):
            passed = (then - date.fromisoformat(first)).days
            return plus_days(start, -passed % every)
        case RoundRhythm(kind=RoundRhythmKind.WEEKLY, weekday=int(weekday)):
            return plus_days(start, (weekday - then.isoweekday()) % WEEK)
        case RoundRhythm(kind=RoundRhythmKind.MONTHLY, in_month=int(in_month)):
            month = start[:7] if then.day <= in_month else plus_months(start[:7], 1)
            return f"{month}-{in_month:02d}"
        case _:
            return None
