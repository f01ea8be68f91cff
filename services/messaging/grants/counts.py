"""Arithmetic of a grant count: an acceptance told by WeChat and by the phone counts once.

Two acceptances within minutes are two grants, so each push stands for one report and the other
way: which of them belong together does not change the sum. WeChat's word is final; the phone's
counts until then, at most UNCONFIRMED_AT_MOST a day, since a phone can say anything: a grant
that is none costs one refusal by WeChat (43101), which voids the count.
Source: framework/open-ability/subscribe-message.md; docs/decisions/33-grants.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from services.messaging.grants.models import GrantCount, Report

# How far the phone's clock and WeChat's may differ about one acceptance.
WINDOW: Final = timedelta(minutes=5)
UNCONFIRMED_AT_MOST: Final = 2
DAY: Final = timedelta(days=1)


def pushed(count: GrantCount, at: datetime, now: datetime) -> GrantCount:
    """Return the count after WeChat's word that the person accepted. Once for each push."""
    if _is_void(count, at):
        return count
    open_ = [report.at for report in count.reports if not report.confirmed]
    told = _nearest(open_, at)
    if told is None:
        more = {"left": count.left + 1, "pushes": (*count.pushes, at)}
    else:
        more = {"reports": _confirm(count.reports, told)}
    return _recent(replace(count, off_since=None, **more), now)


def reported(count: GrantCount, at: datetime, now: datetime) -> GrantCount:
    """Return the count after the phone's word that the person accepted; a repeat is none.

    One more than may be unconfirmed changes nothing: WeChat's push will count it.
    """
    if _is_void(count, at) or any(report.at == at for report in count.reports):
        return count
    count = _recent(count, now)
    told = _nearest(count.pushes, at)
    if told is not None:
        pushes = list(count.pushes)
        pushes.remove(told)
        reports = (*count.reports, Report(at, confirmed=True))
        return replace(count, pushes=tuple(pushes), reports=reports)
    if sum(not report.confirmed for report in count.reports) >= UNCONFIRMED_AT_MOST:
        return count
    reports = (*count.reports, Report(at, confirmed=False))
    return replace(count, left=count.left + 1, off_since=None, reports=reports)


def switched_off(count: GrantCount, at: datetime) -> GrantCount:
    """Return the count after the person switched the template off in WeChat's settings."""
    return replace(count, left=0, off_since=at, pushes=())


def _is_void(count: GrantCount, at: datetime) -> bool:
    """Tell whether an acceptance was taken back since: it is told late."""
    return count.off_since is not None and at < count.off_since


def _nearest(told: Iterable[datetime], at: datetime) -> datetime | None:
    """Return the instant closest to another, if it may be the same acceptance."""
    near = [one for one in told if abs(one - at) <= WINDOW]
    return min(near, key=lambda one: abs(one - at), default=None)


def _confirm(reports: Iterable[Report], at: datetime) -> tuple[Report, ...]:
    return tuple(replace(r, confirmed=True) if r.at == at else r for r in reports)


def _recent(count: GrantCount, now: datetime) -> GrantCount:
    """Drop what cannot be told again any more, and what was unconfirmed for a day."""
    reports = (
        report
        for report in count.reports
        if report.at >= now - (WINDOW if report.confirmed else DAY)
    )
    pushes = (at for at in count.pushes if at >= now - 2 * WINDOW)
    return replace(count, reports=tuple(reports), pushes=tuple(pushes))
