"""Actions on the rules for notices: made for a place, kept where anything of it is meant."""

from collections.abc import Sequence
from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission
from services.notices.rules import store
from services.notices.rules.models import NoticeRules, NoticeRulesView, SetNoticeRules
from services.places import actions as places

DAY: Final = 24  # hours
NO_RULES: Final = NoticeRules(id="")


async def of(deps: Dependencies, places: Sequence[str]) -> NoticeRules:
    """Return the rules for what is sent to places: each place's are kept, whatever others say.

    Those of a place are those of the nearest place above that has any. One query for all.
    """
    above = {place: ancestors(place) for place in places}
    found = await store.find_many(
        deps.db, sorted({one for each in above.values() for one in each})
    )
    by_place = {rules.id: rules for rules in found}
    nearest = [
        by_place[max(ruled, key=len)] if (ruled := by_place.keys() & {*each}) else NO_RULES
        for each in above.values()
    ]
    return strictest(nearest)


def strictest(several: Sequence[NoticeRules]) -> NoticeRules:
    """Return rules that keep all of these: second eyes for one, and the quiet of each.

    Quiet are all hours but the longest run in which no place is quiet. Where no hour of the
    day is free, the longest quiet of one place.
    """
    first, *others = several
    if not others:
        return first
    quiet = {(each.quiet_from, each.quiet_to): _hours(each) for each in several}
    begins, ends = _around(set().union(*quiet.values())) or max(
        quiet, key=lambda q: len(quiet[q])
    )
    asks = any(each.second_eyes for each in several)
    return NoticeRules(id="", second_eyes=asks, quiet_from=begins, quiet_to=ends)


def _hours(rules: NoticeRules) -> set[int]:
    length = (rules.quiet_to - rules.quiet_from) % DAY
    return {(rules.quiet_from + n) % DAY for n in range(length)}


def _around(quiet: set[int]) -> tuple[int, int] | None:
    """Return from when to when it is quiet, around all quiet hours; None if no hour is free."""
    if not quiet:
        return 0, 0
    free = {(end + 1) % DAY: _free_after(end, quiet) for end in sorted(quiet)}
    ends = max(free, key=lambda hour: free[hour])
    return ((ends + free[ends]) % DAY, ends) if free[ends] else None


def _free_after(hour: int, quiet: set[int]) -> int:
    """Return how many hours after a quiet one are free."""
    return next(n for n in range(DAY) if (hour + 1 + n) % DAY in quiet)


async def show(deps: Dependencies, actor: Actor, place: str) -> NoticeRulesView:
    """Return the rules that hold for a place. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.SEND_NOTICES)
    return _view(place, await of(deps, [place]))


async def replace(
    deps: Dependencies, actor: Actor, place: str, wish: SetNoticeRules
) -> NoticeRulesView:
    """Make rules for a place, in the stead of those it had. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.MANAGE_PLACES)
    made = NoticeRules(
        id=place,
        second_eyes=wish.second_eyes,
        quiet_from=wish.quiet_from,
        quiet_to=wish.quiet_to,
        set_by=actor.person_id,
        set_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await store.put(deps.db, tx, made)
        act, second_eyes = Act.NOTICE_RULES_SET, made.second_eyes
        await audit.record(deps, tx, actor, act, place=place, second_eyes=second_eyes)

    await deps.in_transaction(save)
    return _view(place, made)


def _view(place: str, rules: NoticeRules) -> NoticeRulesView:
    return NoticeRulesView(
        place=place,
        set_for=rules.id or None,
        second_eyes=rules.second_eyes,
        quiet_from=rules.quiet_from,
        quiet_to=rules.quiet_to,
    )
