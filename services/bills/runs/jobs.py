"""Jobs of bill runs: one step is one transaction, repeated until no step is left.

Every transaction also moves the run's version, so that a worker that was thought dead, or was
killed and replaced, does nothing twice.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from services.bills import actions as bills
from services.bills import store as bills_store
from services.bills.charges import journal_of
from services.bills.due_days import due_on
from services.bills.models import DRAWN_ONLY, Bill, MonthsAfterVoid
from services.bills.runs import basis, notify, skips_store, store
from services.bills.runs.drafts import draft
from services.bills.runs.models import JOB, BillRun, Skipped
from services.bills.runs.states import RunState
from services.bills.states import BillState
from services.bills.sums import changes as sums
from services.dependencies import Dependencies, Transaction
from services.fees import liability, periods
from services.fees.payees import actions as payees
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.ledger import actions as ledger
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import Wish
from services.places import actions as places
from services.places.models import Kind
from services.residencies import owners

# Small enough for a transaction of well under a second: MongoDB advises below 1,000 writes. A
# home may have a bill of each kind and month, and is written itself; a bill has a journal.
BILLS_AT_ONCE: Final = 250
FEWEST_HOMES: Final = 100
SKIPS_AT_ONCE: Final = 500
# Its name before the bills had a package of their own; rows of the outbox may still bear it.
OLD_JOB: Final = "fees.run"
# A run is as it was before its withdrawal was asked for, and says so.
STOPPED: Final = {
    "withdrawn_by": "",
    "withdrawn_at": None,
    "withdrawn_because": "",
    "withdrawn_months": None,
    "withdrawal_stopped": True,
}


class DraftsMoved(Exception):
    """Drafts changed although nobody but the run's worker may change them: a bug of ours."""


async def step(deps: Dependencies, payload: Document) -> Again | None:
    """Do the next step of a run; an earlier round's job has nothing left to do."""
    run = await store.find(deps.db, payload["run_id"])
    if run is None or run.round != payload["round"]:
        return None
    match run.state:
        case RunState.DRAFTING:
            await draft_some(deps, run)
        case RunState.PUBLISHING:
            await issue_some(deps, run)
        case RunState.CANCELLING:
            if not await discard_some(deps, run):
                await finish(deps, run)
        case RunState.WITHDRAWING:
            await withdraw_some(deps, run)
        case _:
            return None
    return Again(deps.now())


async def finish(deps: Dependencies, run: BillRun, news: Wish | None = None) -> None:
    """End what a run does, with the sums of its bills, and begin to tell people."""
    found = await bills_store.totals(deps.db, [run.id])
    totals = msgspec.to_builtins(found[run.id])
    changes = {"totals": totals}
    if run.state is RunState.PUBLISHING:
        changes["published_totals"] = totals

    async def save(tx: Transaction) -> None:
        if await store.finish(deps.db, tx, run, changes) and news:
            await broadcasts.start(deps, tx, news)

    await deps.in_transaction(save)


async def draft_some(deps: Dependencies, run: BillRun) -> None:
    """Draft what the next homes lack, by the rules there were when the run was started.

    First what an earlier round drafted is removed: its rules may be others now.
    """
    if not run.after and await discard_some(deps, run):
        return
    homes = await places.of_kind_under(
        deps, run.place, Kind.HOME, after=run.after, limit=homes_at_once(run), retired=True
    )
    if not homes:
        await finish(deps, run)
        return
    paths = [home.id for home in homes]
    prices = await basis.prices_for(deps, run, paths)
    rules = [rule for written in prices.book.values() for rule in written]
    months = periods.months_reached(rules, run.period, run.months)

    async def save(tx: Transaction) -> None:
        known = await bills_store.known(deps.db, tx, paths, run.kinds, months)
        # Days and months have slots of their own, so no index keeps a run that bills days apart
        # from one that bills the month: of two that looked at once, the second starts again.
        await places.hold(deps, tx, run.place)
        made, skipped = draft(run, homes, prices, known, at=deps.now())
        if await store.note(deps.db, run, _progress(paths, skipped), tx=tx):
            there = set(await places.use(deps, sorted({bill.home for bill in made}), tx=tx))
            await bills_store.insert_drafts(deps.db, tx, [b for b in made if b.home in there])
            await skips_store.insert(deps.db, tx, run.id, skipped)

    await deps.in_transaction(save)


def homes_at_once(run: BillRun) -> int:
    """Return how many homes are looked at in one transaction."""
    return max(FEWEST_HOMES, BILLS_AT_ONCE // (len(run.kinds) * run.months))


def _progress(paths: Sequence[str], skipped: Sequence[Skipped]) -> Document:
    """Return how a run changes by the homes it has looked at."""
    reasons = Counter(f"skip_reasons.{gap.reason}" for gap in skipped)
    return {
        "$set": {"after": paths[-1]},
        "$inc": {"homes_done": len(paths), "skips": len(skipped), **reasons},
        "$push": store.appending(skipped),
    }


async def issue_some(deps: Dependencies, run: BillRun) -> None:
    """Publish the next drafts; when there are none left, tell people and finish."""
    drafts = await bills_store.some_of_run(
        deps.db, run.id, BillState.DRAFT, limit=BILLS_AT_ONCE
    )
    if not drafts:
        await finish(deps, run, notify.issued(run))
        return
    # one moment of issue for the whole round: the due day depends on it, not on the worker
    at = run.published_at or deps.now()

    async def save(tx: Transaction) -> None:
        if not await store.note(deps.db, run, {"$inc": {"issued": len(drafts)}}, tx=tx):
            return
        issued = await _issue(deps, tx, run, drafts, at)
        await payees.mark_charged(deps, tx, {bill.payee for bill in drafts})
        await ledger.post_many(deps, tx, [journal_of(bill, at) for bill in drafts])
        for follow in deps.features.owing:
            await follow(deps, tx, issued)

    await deps.in_transaction(save)


async def _issue(
    deps: Dependencies, tx: Transaction, run: BillRun, drafts: Sequence[Bill], at: datetime
) -> list[Bill]:
    today = day_of(at)
    # Read in this transaction: a home may have changed hands since its bill was drafted.
    turns = await owners.turns_of(deps, sorted({bill.home for bill in drafts}), tx=tx)
    issued = [
        msgspec.structs.replace(
            bill,
            state=BillState.OWING,
            due_on=due_on(bill, today),
            issued_at=at,
            issued_in=run.round,
            owners_until=liability.until(bill.liable_on, turns.get(bill.home, ())),
        )
        for bill in drafts
    ]
    if not await bills_store.issue(deps.db, tx, issued):
        raise DraftsMoved(run.id)
    await sums.record(deps, tx, after=issued)
    return issued


async def discard_some(deps: Dependencies, run: BillRun) -> bool:
    """Remove the next drafts of a run, and its gaps; False when there is nothing left."""
    drafts = await bills_store.some_of_run(
        deps.db, run.id, BillState.DRAFT, limit=BILLS_AT_ONCE
    )

    async def save(tx: Transaction) -> bool:
        gaps = await skips_store.clear(deps.db, tx, run.id, limit=SKIPS_AT_ONCE)
        if not drafts and not gaps:
            return False
        if await store.note(deps.db, run, {}, tx=tx):
            await bills_store.discard(deps.db, tx, [bill.id for bill in drafts])
        return True

    return await deps.in_transaction(save)


# Bills of which nothing was paid, and of which something was.
WHOLE: Final[Document] = {"paid": []}
IN_PART: Final[Document] = {"paid": {"$ne": []}}
BY_SOMEBODY: Final[Document] = {"$nor": [DRAWN_ONLY]}  # not by prepaid money alone
# Each takes some commands of its own.
DRAWN_AT_ONCE: Final = 50


async def withdraw_some(deps: Dependencies, run: BillRun) -> None:
    """Void the next bills owed whole; when there are none left, tell people and finish.

    Whether somebody has paid counts once more at the first of them: until then nothing has
    happened. After that the rest goes too, or neighbours would be left half billed.
    """

    async def save(tx: Transaction) -> int:
        if await _paid_first(deps, tx, run):
            await store.stop(deps.db, tx, run, STOPPED)
            return 1
        owing = await bills_store.some_of_run(
            deps.db, run.id, BillState.OWING, limit=BILLS_AT_ONCE, tx=tx, **WHOLE
        )
        owing = owing or await _released(deps, tx, run)
        changes = {"$inc": {"withdrawn": len(owing)}}
        if owing and await store.note(deps.db, run, changes, tx=tx):
            await bills.withdraw(deps, tx, owing, _voided(run), months=_months_of(run))
        return len(owing)

    if not await deps.in_transaction(save):
        await finish(deps, run, notify.withdrawn(run))


async def _paid_first(deps: Dependencies, tx: Transaction, run: BillRun) -> bool:
    """Tell whether somebody paid before a withdrawal of all bills began."""
    if run.withdrawn_unpaid_only:
        return False
    any_of_run = partial(bills_store.any_of_run, deps.db, tx, run.id)
    if await any_of_run(BillState.VOID, voided_in=run.round):
        return False
    is_paid = await any_of_run(BillState.PAID, **BY_SOMEBODY)
    return is_paid or await any_of_run(BillState.OWING, **IN_PART, **BY_SOMEBODY)


async def _released(deps: Dependencies, tx: Transaction, run: BillRun) -> list[Bill]:
    """Return the next bills that prepaid money alone had paid, owed whole again."""
    found: list[Bill] = []
    for state in (BillState.OWING, BillState.PAID):
        found += await bills_store.some_of_run(
            deps.db, run.id, state, limit=DRAWN_AT_ONCE, tx=tx, **DRAWN_ONLY
        )
    for release in deps.features.voided:
        await release(deps, tx, found)
    return await bills_store.find_many(deps.db, [bill.id for bill in found], tx=tx)


def _voided(run: BillRun) -> Document:
    return {
        "voided_at": run.withdrawn_at,
        "voided_by": run.withdrawn_by,
        "void_reason": run.withdrawn_because,
        "voided_in": run.round,
    }


def _months_of(run: BillRun) -> MonthsAfterVoid:
    return run.withdrawn_months or MonthsAfterVoid.FORGIVEN


JOBS: Final[dict[str, jobs.Handler]] = {JOB: step, OLD_JOB: step}
