"""Jobs of cases: deadlines, steps that happen by themselves, and everybody being asked."""

from typing import Any, Final

import msgspec

from services.cases import actions, deadlines, ladder, store
from services.cases.kinds import Kind, News, Question, Side
from services.cases.models import Clock
from services.cases.parties import actions as parties
from services.cases.parties import notify, stand_ins
from services.cases.timers import actions as timers
from services.cases.timers import retention
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document

Told = list[tuple[News, Document]]


async def look_after(deps: Dependencies, payload: Document) -> None:
    """Job: warn of a deadline, say that it has passed, or climb the ladder; each once."""
    kind: Kind = deps.features.cases[payload["name"]]

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, kind, payload["case_id"], tx=tx)
        if found is None or kind.goals.get(found.state) != payload["goal"]:
            return  # it has moved on, and has other deadlines
        clock = deadlines.running_of(kind, found.state, found.clocks)
        if clock is not None and not timers.is_due(kind, found, deps.now()):
            await _look_after(deps, tx, kind, found, clock)

    await deps.in_transaction(save)


async def _look_after(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, clock: Clock
) -> None:
    now, news = deps.now(), Told()
    clock = msgspec.structs.replace(clock)
    goal = kind.goals[found.state]
    if clock.warned_at is None and clock.warn_at and clock.warn_at <= now:
        clock.warned_at = now
        if clock.due_at and now < clock.due_at:
            await _warn(deps, tx, kind, found, clock)
            news.append((News.WARNED, {"goal": goal}))
    if clock.overdue_at is None and clock.due_at and clock.due_at <= now:
        clock.overdue_at = now
        news.append((News.OVERDUE, {"goal": goal}))
        first = await deadlines.climb_at(deps, kind, found, clock, 0)
        clock.climb_at = clock.climb_at or first  # a pause has put it off
    news += await _climb(deps, tx, kind, found, clock)
    if news or clock != found.clocks[goal]:
        clocks = {**found.clocks, goal: clock}
        overdue = clock.overdue_at is not None
        await actions.note_news(deps, tx, kind, found, news, clocks=clocks, overdue=overdue)
    await deadlines.schedule(deps, tx, kind, found)


async def _warn(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, clock: Clock
) -> None:
    told = ladder.people_at_work if kind.is_in_hand(found) else ladder.first_people
    people = await told(deps, kind, found)
    key = deadlines.key_of(found, kind.goals[found.state], clock)
    await kind.tell(deps, tx, found, News.WARNED, sorted(people), Side.WORK, key)


async def _climb(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, clock: Clock
) -> Told:
    """Tell the rungs whose time has come; a rung without anybody is gone past at once.

    Of one climb each person has one message, on however many rungs they stand.
    """
    news, now, is_empty = Told(), deps.now(), False
    goal = kind.goals[found.state]
    key = deadlines.key_of(found, goal, clock)
    while clock.climb_at and (is_empty or clock.climb_at <= now):
        people = await ladder.people_at(deps, kind, found, clock.rung)
        await kind.tell(deps, tx, found, News.CLIMBED, sorted(people), Side.WORK, key)
        label = kind.rungs(found.state)[clock.rung].label
        facts = {"goal": goal, "rung": label, "people": len(people)}
        news.append((News.CLIMBED, facts))
        is_empty = not people
        clock.rung += 1
        clock.climb_at = await deadlines.climb_at(deps, kind, found, clock, clock.rung)
    return news


async def lapse(deps: Dependencies, payload: Document) -> None:
    """Job: take the step that happens by itself, unless somebody took another before."""
    kind: Kind = deps.features.cases[payload["name"]]

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, kind, payload["case_id"], tx=tx)
        if found is None:
            return
        rows = [row for row in kind.table.rows if row.source is found.state]
        row = next((row for row in rows if row.action == payload["action"]), None)
        if row is None:
            return
        at = timers.comes_at(found, row.due, found.entered_at or found.created_at)
        if at is None or at > deps.now():
            return  # it has come into this state anew, with a later job
        action = row.action
        if kind.question and action is kind.question.silence and found.confirmed:
            action = kind.question.yes  # somebody said yes, and nobody no
        if await _stays(deps, tx, kind, found, action):
            return
        await actions.advance(deps, tx, actions.CLOCK, kind, found, action)

    await deps.in_transaction(save)


async def _stays(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, action: Any
) -> bool:
    """Leave a case as it is where a step cannot be taken; its deadline is then looked after."""
    hindrance = kind.stays.get(action)
    changes = await hindrance(deps, found) if hindrance else None
    if changes is None:
        return False
    if not await actions.note_news(deps, tx, kind, found, [], **changes):
        raise kind.moved_on(found)
    clock = deadlines.running_of(kind, found.state, found.clocks)
    if clock is not None:
        await _look_after(deps, tx, kind, found, clock)
    return True


async def ask(deps: Dependencies, payload: Document) -> Again | None:
    """Job: ask all who reported or joined whether it is really so, a page at a time.

    It looks each day whether who wrote it down for somebody may still answer.
    """
    kind: Kind = deps.features.cases[payload["name"]]

    async def save(tx: Transaction) -> Again | None:
        found = await store.find(deps.db, kind, payload["case_id"], tx=tx)
        question = kind.question
        if found is None or question is None or found.state is not question.state:
            return None
        if found.round != payload["round"]:
            return None
        return await _ask(deps, tx, kind, found, question)

    return await deps.in_transaction(save)


async def _ask(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, question: Question
) -> Again | None:
    but = question.spares(found)
    has_left = await stand_ins.take_over(deps, tx, kind, found, question)
    if has_left and found.confirmed and not await parties.is_missing(deps, tx, found, but=but):
        await actions.advance(deps, tx, actions.CLOCK, kind, found, question.yes)
        return None
    people, is_more = await parties.take_unasked(deps, tx, kind, found, but=but)
    key = f"{found.id}:{found.round}"
    await kind.tell(deps, tx, found, News.ASKED, people, Side.REPORT, key)
    if is_more:
        return Again(deps.now())
    is_waited_for = await stand_ins.is_waited_for(deps, tx, found)
    return Again(deps.now() + stand_ins.LOOKED_AFTER) if is_waited_for else None


async def tell_joiners(deps: Dependencies, payload: Document) -> None:
    """Job: tell all who joined of a step; each once, however often it is started again."""
    kind: Kind = deps.features.cases[payload["name"]]
    found = await store.find(deps.db, kind, payload["case_id"])
    if found is None:
        return
    [action] = [each.action for each in kind.table.rows if each.action == payload["news"]][:1]
    async for people in parties.joiners(deps, kind, found):

        async def save(tx: Transaction, told: list[str] = people) -> None:
            meant = [person for person in told if person != payload["by"]]
            key = payload["told_as"]
            await kind.tell(deps, tx, found, action, meant, Side.REPORT, key)

        await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {
    deadlines.JOB: look_after,
    timers.LAPSE: lapse,
    timers.ASK: ask,
    timers.LET_GO: retention.let_go,
    notify.TELL_JOINERS: tell_joiners,
}
