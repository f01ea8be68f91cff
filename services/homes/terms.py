"""Terms of a relation to a home: its first and last day."""

from typing import Final

from services.kernel.days import check_day, plus_days
from services.kernel.errors import InvalidInput
from services.residencies.models import Relation

FARTHEST_DAYS: Final = 366


class BadDays(InvalidInput):
    """No such day, or the last one lies before the first, or in the past."""

    code = "bad_days"


class TenancyNeedsEnd(InvalidInput):
    code = "tenancy_needs_end"


def check_span(from_day: str | None, to_day: str | None, today: str) -> tuple[str, str | None]:
    """Return the first day (today unless said) and the last. Raises BadDays."""
    first = check_day(from_day) if from_day else today
    last = check_day(to_day) if to_day else None
    if last is not None and (last < first or last < today):
        raise BadDays("结束日期应在今天和开始日期之后", from_day=first, to_day=last)
    if first > plus_days(today, FARTHEST_DAYS):
        raise BadDays("开始日期太远了", from_day=first)
    return first, last


def require_end(relation: Relation, to_day: str | None) -> None:
    """A lease is for a term, of twenty years at most (Civil Code art. 705); its end is said."""
    if relation is Relation.TENANT and to_day is None:
        raise TenancyNeedsEnd("租户请填写租期的最后一天")


def check_change(day: str, today: str) -> str:
    """Return the first day of a new owner: within a year of today. Raises BadDays."""
    check_day(day)
    if not plus_days(today, -FARTHEST_DAYS) <= day <= plus_days(today, FARTHEST_DAYS):
        raise BadDays("变更日期应在前后一年之内", day=day)
    return day
