"""Bill runs: people ask (start, publish, cancel), the worker does it in small transactions.

Every transaction also moves the run's version, so that a worker that was thought dead, or was
killed and replaced, does nothing twice.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services import errors
from services.days import day_of
from services.dependencies import Dependencies, Transaction
from services.documents import Document
from services.fees import run_store, store, telling
from services.fees.drafting import draft, slots
from services.fees.models import Bill, BillRun
from services.fees.states import BillState, RunAction, RunState, run_target
from services.fees.tariff import digest, due_on, months_from, rule_book
from services.fees.views import BillRunView, BillView, StartBillRun, bill_views, run_view
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, income, receivable
from services.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import Kind

# Small enough for a transaction of well under a second (RELIABILITY §3.3: below 1,000 writes).
HOMES_AT_ONCE: Final = 100
BILLS_AT_ONCE: Final = 250

# What is being done when somebody asks for it once more: the same request, not another one.
UNDER_WAY: Final = {
    RunAction.START: RunState.DRAFTING,
    RunAction.PUBLISH: RunState.PUBLISHING,
    RunAction.CANCEL: RunState.CANCELLING,
}


class NotACompound(errors.InvalidInput):
    code = "not_a_compound"


class RunMoved(errors.Conflict):
    code = "bill_run_changed"


class DraftsMoved(Exception):
    """Drafts changed although nobody but the run's worker may change them: a bug of ours."""


async def start(
    deps: Dependencies, actor: Actor, place: str, request: StartBillRun
) -> BillRunView:
    """Draft bills for a compound. Started again, a run makes only what is missing."""
    found = await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    if found.kind is not Kind.COMPOUND:
        raise NotACompound("请以小区为单位出账")
    kinds = sorted(set(request.kinds))
    new = BillRun(
        id=digest(place, request.period, request.months, *kinds),
        place=place,
        period=request.period,
        months=request.months,
        kinds=kinds,
        asked_by=actor.person_id,
        asked_at=deps.now(),
    )
    homes = await places.count_homes(deps.db, place)
    return await _ask(
        deps,
        await run_store.find(deps.db, new.id) or new,
        RunAction.START,
        homes=homes,
        homes_done=0,
        skips=0,
        skipped=[],
        asked_by=new.asked_by,
        asked_at=new.asked_at,
    )


async def access(deps: Dependencies, actor: Actor, run_id: str) -> BillRun:
    """Return a run at a place where the actor runs bills. NotFound otherwise."""
    run = await run_store.find(deps.db, run_id)
    if run is None or not actor.may(Permission.RUN_BILLS, run.place):
        raise errors.NotFound("没有找到这批账单")
    return run


async def publish(deps: Dependencies, actor: Actor, run_id: str) -> BillRunView:
    """Turn a run's drafts into debts and tell the residents."""
    run = await access(deps, actor, run_id)
    return await _ask(
        deps,
        run,
        RunAction.PUBLISH,
        published_by=actor.person_id,
        published_at=deps.now(),
    )


async def cancel(deps: Dependencies, actor: Actor, run_id: str) -> BillRunView:
    """Remove a run's drafts. Bills that were published stay."""
    return await _ask(deps, await access(deps, actor, run_id), RunAction.CANCEL)


async def _ask(
    deps: Dependencies, run: BillRun, action: RunAction, **changes: Any
) -> BillRunView:
    """Move a run for a person and promise the work."""
    if run.state is UNDER_WAY[action]:
        return run_view(run)
    asked = msgspec.structs.replace(
        run,
        state=run_target(run.state, action),
        round=run.round + 1,
        version=run.version + 1,
        after="",
        **changes,
    )

    async def save(tx: Transaction) -> None:
        if not await run_store.write(deps.db, asked, tx):
            raise RunMoved("这批账单刚有变动,请刷新看看")
        await jobs.enqueue(
            deps, tx, "fees.run", f"{run.id}:{asked.round}", run_id=run.id, round=asked.round
        )

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise RunMoved("这批账单刚刚开始,请刷新看看") from None
    await jobs.wake(deps)
    return run_view(asked)


async def get(deps: Dependencies, actor: Actor, run_id: str) -> BillRunView:
    return run_view(await access(deps, actor, run_id))


async def listing(
    deps: Dependencies, actor: Actor, place: str, *, before: str, limit: int
) -> list[BillRunView]:
    """A compound's runs, the latest period first."""
    await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    found = await run_store.runs_of(deps.db, place, before=before, limit=limit)
    return [run_view(run) for run in found]


async def bills_of(
    deps: Dependencies,
    actor: Actor,
    run_id: str,
    state: BillState,
    *,
    after: str,
    limit: int,
) -> list[BillView]:
    """A run's bills in one state, by home."""
    run = await access(deps, actor, run_id)
    found = await store.of_run(deps.db, run.id, state, after=after, limit=limit)
    addresses = await places.addresses(deps, sorted({bill.home for bill in found}))
    return bill_views(found, addresses, day_of(deps.now()))


# The worker's part: one step, one transaction, then again until nothing is left


async def work(deps: Dependencies, payload: Document) -> Again | None:
    """Do the next step of a run; an earlier round's job has nothing left to do."""
    run = await run_store.find(deps.db, payload["run_id"])
    if run is None or run.round != payload["round"]:
        return None
    match run.state:
        case RunState.DRAFTING:
            await draft_some(deps, run)
        case RunState.PUBLISHING:
            await issue_some(deps, run)
        case RunState.CANCELLING:
            await discard_some(deps, run)
        case _:
            return None
    return Again(deps.now())


async def finish(deps: Dependencies, run: BillRun) -> None:
    totals = await store.totals(deps.db, run.id)
    changes = {
        "state": run_target(run.state, RunAction.FINISH),
        "totals": msgspec.to_builtins(totals),
    }
    await run_store.advance(deps.db, run, {"$set": changes})


async def draft_some(deps: Dependencies, run: BillRun) -> None:
    """Draft what the next homes lack, by the rules there were when the run was started."""
    homes = await places.homes_under(
        deps.db, run.place, Kind.HOME, after=run.after, limit=HOMES_AT_ONCE
    )
    if not homes:
        await finish(deps, run)
        return
    paths = [home.id for home in homes]
    rules = await store.rules_for(deps.db, paths, run.kinds, run.asked_at)
    wanted = slots(run.kinds, months_from(run.period, run.months))

    async def save(tx: Transaction) -> None:
        known = await store.known(deps.db, paths, wanted, tx)
        bills, skipped = draft(run, homes, rule_book(rules), known, at=deps.now())
        changes = {
            "$set": {"after": paths[-1]},
            "$inc": {"homes_done": len(homes), "skips": len(skipped)},
            "$push": run_store.appending(skipped),
        }
        if await run_store.advance(deps.db, run, changes, tx):
            there = set(await places.use(deps, sorted({bill.home for bill in bills}), tx))
            await store.insert_bills(deps.db, [b for b in bills if b.home in there], tx)

    await deps.in_transaction(save)


async def issue_some(deps: Dependencies, run: BillRun) -> None:
    """Publish the next drafts; when there are none left, tell people and finish."""
    drafts = await store.of_run(deps.db, run.id, BillState.DRAFT, after="", limit=BILLS_AT_ONCE)
    if not drafts:
        told = await telling.tell(deps, run)
        if told:
            await finish(deps, told)
        return
    # one moment of issue for the whole round: the due day depends on it, not on the worker
    at = run.published_at or deps.now()
    due_days: dict[str, list[str]] = defaultdict(list)
    for bill in drafts:
        due_days[due_on(bill, day_of(at))].append(bill.id)
    changes = {"state": BillState.OWING, "issued_at": at, "issued_in": run.round}

    async def save(tx: Transaction) -> None:
        if not await run_store.advance(deps.db, run, {"$inc": {"issued": len(drafts)}}, tx):
            return
        for day, ids in due_days.items():
            due = {**changes, "due_on": day}
            if await store.issue(deps.db, ids, changes=due, tx=tx) != len(ids):
                raise DraftsMoved(run.id)
        await ledger.post_many(deps, tx, [_journal(bill, run.place, at) for bill in drafts])

    await deps.in_transaction(save)


def _journal(bill: Bill, compound: str, at: datetime) -> Journal:
    return Journal(
        id=f"issue:{bill.id}",
        kind="issue",
        place=compound,
        at=at,
        postings=[
            Posting(receivable(bill.id), bill.amount_fen),
            Posting(income(bill.kind, compound), -bill.amount_fen),
        ],
        reference={"bill": bill.id, "run": bill.run_id},
    )


async def discard_some(deps: Dependencies, run: BillRun) -> None:
    drafts = await store.of_run(deps.db, run.id, BillState.DRAFT, after="", limit=BILLS_AT_ONCE)
    if not drafts:
        await finish(deps, run)
        return

    async def save(tx: Transaction) -> None:
        if await run_store.advance(deps.db, run, {}, tx):
            await store.discard(deps.db, [bill.id for bill in drafts], tx)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {"fees.run": work}
