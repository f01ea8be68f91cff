"""Terms of a relation to a home: its first and last day."""

from typing import Final

from msgspec import UNSET, Struct, UnsetType

from services.kernel.days import Day, check_day, plus_days
from services.kernel.errors import InvalidInput
from services.residencies.models import Relation

FARTHEST_DAYS: Final = 366


class BadDaysDetails(Struct, frozen=True, kw_only=True):
    """Days that do not fit; each that was looked at.

    `day`: Day that is out of the allowed range.
    `from_day`: First day that was sent or follows from the request.
    `to_day`: Last day that was sent; null for none.
    """

    day: Day | UnsetType = UNSET
    from_day: Day | UnsetType = UNSET
    to_day: Day | UnsetType | None = UNSET


class BadDays(InvalidInput):
    """A day that does not exist, or a last day before the first one or in the past."""

    code = "bad_days"
    details_type = BadDaysDetails


class TenancyNeedsEnd(InvalidInput):
    """A tenancy is for a term: its last day is missing."""

    code = "tenancy_needs_end"


def check_span(from_day: str | None, to_day: str | None, today: str) -> tuple[str, str | None]:
    """Return the first day (default: `today`) and the last one. Raises BadDays."""
    first = check_day(from_day) if from_day else today
    last = check_day(to_day) if to_day else None
    if last is not None and (last < first or last < today):
        raise BadDays("结束日期应在今天和开始日期之后", from_day=first, to_day=last)
    if first > plus_days(today, FARTHEST_DAYS):
        raise BadDays("开始日期太远了", from_day=first)
    return first, last


def require_end(relation: Relation, to_day: str | None) -> None:
    """Raise TenancyNeedsEnd for a tenant without a last day.

    A lease is for a term, of twenty years at most (Civil Code art. 705).
    """
    if relation is Relation.TENANT and to_day is None:
        raise TenancyNeedsEnd("租户请填写租期的最后一天")


def check_change(day: str, today: str) -> str:
    """Return the first day of a new owner: within a year of today. Raises BadDays."""
    check_day(day)
    if not plus_days(today, -FARTHEST_DAYS) <= day <= plus_days(today, FARTHEST_DAYS):
        raise BadDays("变更日期应在前后一年之内", day=day)
    return day
