"""Jobs of rounds: they are made for each due day and for what is started by hand, and lapse.

A round's id follows from plan, run and place, so that a step that is done again after a worker
was killed makes none twice; each step ends by promising the next one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import end_of, plus_days
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.permissions import Actor
from services.places import actions as places
from services.tasks.parts import rungs
from services.tasks.parts.rungs import Hands
from services.tasks.parts.spans import FINISH, clocks_until
from services.tasks.rounds import notify, rhythms, store
from services.tasks.rounds.kind import ROUND
from services.tasks.rounds.models import Check, Round, RoundPlan, round_id
from services.tasks.rounds.states import RoundPlanState

GENERATE: Final = "tasks.generate_rounds"
SPREAD: Final = "tasks.spread_rounds"
HAND_ON: Final = "tasks.hand_on_rounds"
AT_ONCE: Final = 20  # places of a step: some seconds
ROUNDS_AT_ONCE: Final = 200
# Days whose rounds are still made when no worker was there on the day.
MOST_CAUGHT_UP: Final = 7
# After its day a round can still be made; then it counts as not made.
LAPSES_AFTER: Final = timedelta(days=7)
HOURLY: Final = timedelta(hours=1)
EVERY: Final = timedelta(minutes=15)


async def generate(deps: Dependencies, _payload: Document) -> None:
    """Job: promise the rounds of each plan that is due, until none is."""
    while (plan := await store.next_due(deps.db, deps.today())) is not None:
        await _generate(deps, plan)


async def _generate(deps: Dependencies, plan: RoundPlan) -> None:
    today = deps.today()
    days, then = due_days(plan, today)

    async def save(tx: Transaction) -> None:
        if not await store.go_on(deps.db, tx, plan, then):
            return
        for day in days:
            await jobs.enqueue(
                deps,
                tx,
                SPREAD,
                f"{plan.id}:{day}:",
                plan_id=plan.id,
                run=day,
                until=plus_days(day, plan.days - 1),
                after="",
                places=[],
                by="",
            )

    await deps.in_transaction(save)


def due_days(plan: RoundPlan, today: str) -> tuple[list[str], str | None]:
    """Return the due days of a plan up to today that can still be made, and the next one.

    What nobody could make while no worker was there is left out: it would begin overdue.
    """
    since = plus_days(today, -MOST_CAUGHT_UP)
    after = max(plus_days(plan.next_day or today, -1), since)
    days: list[str] = []
    while (day := rhythms.following(plan.rhythm, plan.from_day, after)) and day <= today:
        days.append(day)
        after = day
    return [day for day in days if plus_days(day, plan.days - 1) >= today], day


async def spread(deps: Dependencies, payload: Document) -> None:
    """Job: make the next rounds of a run, and promise the ones behind them."""
    plan = await store.find_plan(deps.db, payload["plan_id"])
    if plan is None or not (until := _until(deps, plan, payload)):
        return
    payload = {**payload, "until": until}
    meant: Sequence[str] = payload["places"] or plan.places
    found = await rungs.places_of(deps, meant, plan.role, after=payload["after"], limit=AT_ONCE)
    hands = await rungs.hands_of(deps, [(place, plan.role) for place in found])
    for place in found:
        await _make(deps, plan, place, hands[place, plan.role], payload)
    if len(found) == AT_ONCE:
        key = f"{plan.id}:{payload['run']}:{found[-1]}"
        await jobs.enqueue(deps, None, SPREAD, key, **{**payload, "after": found[-1]})


def _until(deps: Dependencies, plan: RoundPlan, payload: Document) -> str:
    """Return the last day of a run's rounds; "" when none are made any more.

    No round begins overdue: a due day that passed without a worker is left out. What somebody
    started by hand is made, as they were told, however late and whether the plan ended since.
    """
    until, today = str(payload["until"]), deps.today()
    if not payload["by"]:
        is_made = plan.state is RoundPlanState.ACTIVE and until >= today
        return until if is_made else ""
    return until if until >= today else plus_days(today, plan.days - 1)


async def _make(
    deps: Dependencies, plan: RoundPlan, place: str, hands: Hands, payload: Document
) -> None:
    run, until = payload["run"], payload["until"]
    now, ends = deps.now(), end_of(until)
    clocks = await clocks_until(deps, place, now, ends)

    async def save(tx: Transaction) -> None:
        made_id = round_id(plan.id, run, place)
        if await store.find(deps.db, made_id, tx=tx) is not None:
            return
        if not await places.use(deps, [place], tx=tx):
            return
        made = Round(
            id=made_id,
            plan=plan.id,
            run=run,
            place=place,
            role=plan.role,
            rung=hands.rung,
            held=hands.held,
            title=plan.title,
            checks=[
                Check(key=item.key, label=item.label, category=item.category or "")
                for item in plan.items
            ],
            until=until,
            filed_by=payload["by"] or plan.made_by,
            created_at=now,
            entered_at=now,
            steps=1,
            lapses_at=ends + LAPSES_AFTER,
            clocks=clocks,
            due_at=clocks[FINISH].due_at,
            sort_due=clocks[FINISH].due_at or ends,
        )
        await store.insert(deps.db, tx, made)
        await cases.begin(deps, tx, Actor(made.filed_by, ""), ROUND, made)
        await notify.given(deps, tx, made, sorted(hands.people - {payload["by"]}))

    await deps.in_transaction(save)


async def hand_on(deps: Dependencies, _payload: Document) -> None:
    """Job: hand open rounds to the next office above one that nobody holds, and back."""
    after = ""
    while found := await store.open_after(deps.db, after, limit=ROUNDS_AT_ONCE):
        hands = await rungs.hands_of(deps, [(made.place, made.role) for made in found])
        for made in found:
            now = hands[made.place, made.role]
            if (made.rung, made.held) != (now.rung, now.held):
                await _hand(deps, made, now)
        after = found[-1].id


async def _hand(deps: Dependencies, made: Round, now: Hands) -> None:
    async def save(tx: Transaction) -> None:
        if await store.hand(deps.db, tx, made, now.rung, now.held):
            await notify.given(deps, tx, made, sorted(now.people))

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {
    GENERATE: generate,
    SPREAD: spread,
    HAND_ON: hand_on,
}
LANES: Final = {GENERATE: Lane.NEWS, SPREAD: Lane.NEWS, HAND_ON: Lane.LONG}
SCHEDULES: Final = (Schedule(GENERATE, HOURLY), Schedule(HAND_ON, EVERY))
