"""Jobs of rules of demands: each day the rounds that rules call for are started.

What came due on a day on which no worker ran is caught up: a rule asks for all due days since
it was last looked at.
"""

from datetime import timedelta
from typing import Final

from services.demands import creditors
from services.demands.creditors import Creditor
from services.demands.rounds import actions as rounds
from services.demands.rounds.models import DemandRoundWay, Round
from services.demands.rounds.states import TABLE, RoundAction
from services.demands.rules import store
from services.demands.rules.models import DemandRule
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import Day, plus_days
from services.kernel.documents import Document, digest_id
from services.kernel.features import Lane, Schedule

PLAN: Final = "demands.plan"
RULES_AT_ONCE: Final = 100
# What was not looked at for so long is no longer caught up: a later day of the rule asks.
MOST_DAYS: Final = 7


async def plan(deps: Dependencies, _payload: Document) -> None:
    """Job: start the rounds of today; harmless to repeat."""
    after, today = "", deps.today()
    while found := await store.next_on(deps.db, after, today, limit=RULES_AT_ONCE):
        for rule in found:
            await _start(deps, rule, today)
        after = found[-1].id


async def _start(deps: Dependencies, rule: DemandRule, today: Day) -> None:
    """Start the round of a rule; a firm whose contract is over asks for nothing."""
    creditor = await creditors.of_firm(deps, rule.place, rule.firm)
    made = _draft(deps, rule, today, creditor) if creditor else None

    async def save(tx: Transaction) -> None:
        if await store.note_day(deps.db, tx, rule, today) and made is not None:
            await rounds.begin(deps, tx, made)

    await deps.in_transaction(save)


def spans(rule: DemandRule, today: Day) -> list[tuple[Day, Day]]:
    """Return the due days of bills that call for a reminder today, or did since last time."""
    earliest = plus_days(today, -MOST_DAYS)
    since = max(rule.last_on or plus_days(today, -1), earliest)
    return [(plus_days(since, 1 - days), plus_days(today, -days)) for days in rule.days_after]


def _draft(deps: Dependencies, rule: DemandRule, today: Day, creditor: Creditor) -> Round:
    return Round(
        id=digest_id("demand-round", rule.id, today),
        place=rule.place,
        way=DemandRoundWay.MESSAGE,
        accounts=None if creditor.accounts is None else [*creditor.accounts],
        firm=creditor.firm,
        due_spans=spans(rule, today),
        every_days=rule.every_days,
        day=today,
        started_at=deps.now(),
        state=TABLE.target(RoundAction.PLAN),
    )


JOBS: Final[dict[str, jobs.Handler]] = {PLAN: plan}
LANES: Final = {PLAN: Lane.NEWS}
# At ten in the morning, Beijing time: outside of quiet hours.
SCHEDULES: Final = (Schedule(PLAN, timedelta(days=1), timedelta(hours=2)),)
