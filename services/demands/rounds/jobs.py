"""Jobs of rounds of demands: some homes a step, then the messages, then what became of them.

Each step is one transaction that writes the demands, or letters, of some homes and who was
left out, and moves the round's version: a worker that was thought dead does nothing twice.
Messages go out by one broadcast of the whole round: they wait for the morning, and for a turn.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from services.bills.arrears import actions as arrears
from services.demands import actions as demands
from services.demands import debts, notify
from services.demands import store as demands_store
from services.demands.letters import store as letters_store
from services.demands.letters.models import Letter
from services.demands.letters.states import TABLE as LETTERS
from services.demands.letters.states import LetterAction
from services.demands.models import Debt, Demand, DemandWay, ToldOf
from services.demands.rounds import reasons, recipients, store
from services.demands.rounds.models import DemandRoundWay, Round, Skip
from services.demands.rounds.states import DemandRoundState
from services.demands.states import DemandAction
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.features import Lane
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import broadcast_id
from services.messaging.models import Delivery, Message
from services.places import actions as places

GATHER: Final = "demands.gather"
SETTLE: Final = "demands.settle"
HOMES_AT_ONCE: Final = 50
DEMANDS_AT_ONCE: Final = 100
# WeChat tells within minutes what became of a push; who reads it later is found by these looks.
LOOK_EVERY: Final = timedelta(hours=6)
FIRST_LOOK: Final = timedelta(minutes=10)
LAST_LOOK: Final = recipients.PUSH_WITHIN + timedelta(days=1)


async def gather(deps: Dependencies, payload: Document) -> Again | None:
    """Job: go through the next homes of a round; after the last, begin to tell people."""
    found = await store.find(deps.db, payload["round_id"])
    if found is None or found.state is not DemandRoundState.GATHERING:
        return None
    homes = await _next_homes(deps, found)
    if not homes:
        await _finish(deps, found)
        return None
    # another round asked one of them a moment ago: the next try leaves that one out
    with suppress(DuplicateKeyError):
        await _ask(deps, found, homes)
    return Again(deps.now())


async def _next_homes(deps: Dependencies, found: Round) -> list[str]:
    how: dict[str, Any] = {"after": found.after, "limit": HOMES_AT_ONCE}
    if found.due_spans:
        return await arrears.homes_due_on(deps, found.place, found.due_spans, **how)
    return await arrears.homes_late(deps, found.place, found.overdue_days, **how)


async def _ask(deps: Dependencies, found: Round, homes: Sequence[str]) -> None:
    """Ask some homes, or write down why not, in one transaction."""
    owed = await debts.of_homes(deps, homes, accounts=found.accounts, kind=found.kind)
    known = await reasons.around(deps, found, owed)
    judged = [reasons.judge(found, debt, known) for debt in owed]
    asked = [each for each in judged if isinstance(each, Debt)]
    skips = [each for each in judged if isinstance(each, Skip)]
    addresses = await places.addresses(deps, homes)
    added = {
        "demands": len(asked),
        "skipped": len(skips),
        "amount_fen": sum(debt.amount_fen for debt in asked),
    }

    async def save(tx: Transaction) -> None:
        if not await store.advance(deps.db, tx, found, homes[-1], added):
            return  # another worker did it
        await store.insert_skips(deps.db, tx, skips)
        if found.way is DemandRoundWay.LETTER:
            letters = [_letter(deps, found, debt) for debt in asked]
            await letters_store.insert_many(deps.db, tx, letters)
        else:
            made = [_demand(deps, found, debt, addresses[debt.home]) for debt in asked]
            await demands_store.insert_many(deps.db, tx, made)

    await deps.in_transaction(save)


def _demand(deps: Dependencies, found: Round, debt: Debt, address: str) -> Demand:
    text = notify.text_of([debt], address, found.note)
    action = DemandAction.SEND
    made = demands.draft(deps, debt, DemandWay.MESSAGE, action, text=text, by=found.by)
    made.role, made.round_id = found.role, found.id
    made.slots = reasons.slots(found, debt.household)
    return made


def _letter(deps: Dependencies, found: Round, debt: Debt) -> Letter:
    return Letter(
        id=deps.new_id(),
        round_id=found.id,
        home=debt.home,
        household=debt.household,
        debtors=debt.debtors,
        people=debt.people,
        lines=debt.lines,
        amount_fen=debt.amount_fen,
        since=debt.since,
        note=found.note,
        pay_within=found.pay_within,
        slots=reasons.slots(found, debt.household),
        state=LETTERS.target(LetterAction.MAKE),
        made_at=deps.now(),
    )


async def _finish(deps: Dependencies, found: Round) -> None:
    """End a round; of one of messages begin to tell who is asked."""

    async def save(tx: Transaction) -> None:
        if not await store.finish(deps.db, tx, found, deps.now()):
            return
        if found.way is DemandRoundWay.MESSAGE and found.demands:
            await broadcasts.start(deps, tx, recipients.wish(found))
            at = deps.now() + FIRST_LOOK
            await jobs.enqueue(deps, tx, SETTLE, found.id, due_at=at, round_id=found.id)

    await deps.in_transaction(save)


async def settle(deps: Dependencies, payload: Document) -> Again | None:
    """Job: add to the demands of a round what became of their messages.

    Each look adds those that arrived; what did not within three days has not arrived.
    """
    found = await store.find(deps.db, payload["round_id"])
    if found is None or found.done_at is None:
        return None
    is_last = deps.now() >= found.done_at + LAST_LOOK
    after, left = "", 0
    limit = DEMANDS_AT_ONCE
    while sent := await demands_store.sent_of(deps.db, found.id, after=after, limit=limit):
        left += await _settle_some(deps, found, sent, is_last=is_last)
        after = sent[-1].id
    return Again(deps.now() + LOOK_EVERY) if left else None


async def _settle_some(
    deps: Dependencies, found: Round, sent: Sequence[Demand], *, is_last: bool
) -> int:
    """Settle some demands; return how many are left."""
    people = sorted({person for demand in sent for person in demand.people})
    told = broadcast_id(recipients.SOURCE, found.id)
    messages = await broadcasts.messages_of(deps, told, people)
    left = 0
    for demand in sent:
        own = [messages[person] for person in demand.people if person in messages]
        arrived = [day_of(at) for message in own if (at := _arrived_at(message))]
        if not arrived and not is_last:
            left += 1
            continue
        action = DemandAction.ARRIVE if arrived else DemandAction.MISS
        await _add(deps, demand, action, own, min(arrived, default=None))
    return left


def _arrived_at(message: Message) -> datetime | None:
    """Return when a message came to somebody: WeChat took the push, or they opened it.

    That it lies in the inbox is not enough: it is to come to their knowledge (art. 137).
    """
    if message.delivery is Delivery.SENT:
        return message.attempted_at
    return message.read_at


async def _add(
    deps: Dependencies,
    demand: Demand,
    action: DemandAction,
    messages: Sequence[Message],
    day: str | None,
) -> None:
    told = [
        ToldOf(
            person=message.person,
            text=message.body,
            delivery=message.delivery,
            read_at=message.read_at,
        )
        for message in messages
    ]

    async def save(tx: Transaction) -> None:
        # settled by another worker at this moment, nothing is left to do
        await demands_store.settle(deps.db, tx, demand, action, told=told, arrived_on=day)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {GATHER: gather, SETTLE: settle}
LANES: Final = {GATHER: Lane.LONG, SETTLE: Lane.NEWS}
