"""Periods of fee reductions: which days may be asked for, and which are free."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.fee_reductions import store
from services.fee_reductions.models import NewReduction, Reduction
from services.fee_reductions.rules.models import ReductionRule
from services.fees import liability
from services.fees.models import HandOver
from services.kernel import errors
from services.kernel.days import Day, check_day, last_day, plus_days, plus_months

# Who asks late is not refused for it, and nobody asks for the year before last.
FARTHEST_BACK_DAYS: Final = 366
FARTHEST_AHEAD_DAYS: Final = 92


class BadReduction(errors.InvalidInput):
    """The days, or the certificate, are not what the rule allows."""

    code = "bad_fee_reduction"


class HomeSold(errors.Conflict):
    """The home has other owners than when it was asked for."""

    code = "fee_reduction_home_sold"


class ReductionExists(errors.Conflict):
    """The home has a reduction for this cause on one of the days."""

    code = "fee_reduction_exists"


def check(wish: NewReduction, rule: ReductionRule, today: Day) -> None:
    """Raise BadReduction unless this may be asked for today by a rule."""
    first, last = check_day(wish.from_day), check_day(wish.to_day)
    if last < first:
        raise BadReduction("结束日期不能早于开始日期")
    earliest, latest = first_days(today)
    if not earliest <= first <= latest:
        raise BadReduction("开始日期最早一年前,最晚三个月后")
    if last > longest(first, rule.longest_months):
        raise BadReduction(f"一次最多可以申请{rule.longest_months}个月")
    if rule.end_day is not None and last > rule.end_day:
        raise BadReduction("减免标准在这之前结束,请改早结束日期")
    if wish.cause.is_sensitive and not wish.document:
        raise BadReduction("请填写证件或证明的编号")


def first_days(today: Day) -> tuple[Day, Day]:
    """Return the earliest and the latest first day that may be asked for on a day."""
    return plus_days(today, -FARTHEST_BACK_DAYS), plus_days(today, FARTHEST_AHEAD_DAYS)


def longest(first: Day, months: int) -> Day:
    """Return the last day of so many months from a day on: 2026-01-31 and one → 2026-02-27."""
    month = plus_months(first[:7], months)
    days = date.fromisoformat(last_day(month)).day
    same = f"{month}-{min(int(first[8:]), days):02d}"
    return plus_days(same, -1)


def check_end(found: Reduction, last: Day) -> None:
    """Raise BadReduction unless a reduction may end on this day."""
    earliest = plus_days(found.from_day, -1)
    if not earliest <= check_day(last) < found.last_day:
        raise BadReduction("最后一天要在减免开始之后、原定结束之前")


def reduced_until(found: Reduction, hand_overs: Sequence[Day]) -> Day:
    """Return the last day that bills take of it: one for a household ends when it sells.

    Before the first day for nothing: sold before it began. `hand_overs`: the first days on
    which the home has other owners.
    """
    theirs = liability.until(found.owners, hand_overs)
    return found.last_day if theirs is None else min(found.last_day, theirs)


def set_owners(found: Reduction, hand_overs: Sequence[Day], today: Day) -> None:
    """Write down whose it is: of today's owners. Raises BadReduction for days before them."""
    found.owners = owners_on(today, hand_overs)
    if found.from_day < found.owners:
        raise BadReduction("开始日期不能早于现在的业主成为业主的那一天")


def owners_on(today: Day, hand_overs: Sequence[Day]) -> Day:
    """Return since when a home has its owners of a day, who ask for their own days only."""
    return liability.owners(HandOver.DAYS, today, hand_overs)


def require_unsold(found: Reduction, hand_overs: Sequence[Day]) -> None:
    """Raise HomeSold where who asked for it sells the home before its first day."""
    if reduced_until(found, hand_overs) < found.from_day:
        raise HomeSold("房屋在减免开始之前过户,请新业主另行申请")


async def require_free(deps: Dependencies, tx: Transaction, new: Reduction) -> None:
    """Raise ReductionExists when a day is reduced for the same cause. Hold the home first."""
    days = (new.from_day, new.to_day)
    there = await store.overlapping(deps.db, tx, new.home, new.cause, days)
    if there is not None:
        raise ReductionExists("这段时间已有同样的减免")
