"""Actions on bill runs: what people ask for and look at. The worker does the rest (jobs.py)."""

from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import own_money
from services.bills import store as bills_store
from services.bills.models import DRAWN_ONLY, BillView, RunBillsQuery, Total
from services.bills.runs import basis, skips_store, store
from services.bills.runs.models import (
    JOB,
    BillRun,
    BillRunsQuery,
    BillRunView,
    SkippedQuery,
    SkippedView,
    SkipReason,
    StartBillRun,
    WithdrawBillRun,
)
from services.bills.runs.refusals import (
    DraftsOutdated,
    NoRule,
    NotACompound,
    NothingToPublish,
    RunMoved,
    require_near,
    require_same_withdrawal,
    require_withdrawable,
)
from services.bills.runs.states import TABLE, RunAction, RunState, require
from services.bills.runs.views import skipped_view, view
from services.bills.states import BillState
from services.bills.views import views
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.access import accessible
from services.kernel.documents import digest_id
from services.kernel.interests import OwnHome
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import Kind
from services.residencies import actions as residencies
from services.statistics import measures


async def start(
    deps: Dependencies, actor: Actor, place: str, request: StartBillRun
) -> BillRunView:
    """Draft bills for a compound. Started again, a run makes anew what was not published.

    Raises NotFound, NotACompound, PeriodTooFar, IllegalRunMove, RunMoved,
    OtherPayee.
    """
    found = await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    if found.kind is not Kind.COMPOUND:
        raise NotACompound("请以小区为单位出账")
    require_near(request, deps.today())
    new = _new(actor, place, request, at=deps.now())
    await _require_own_money(deps, actor, new)
    homes = (await measures.total(deps, ["places.homes"], [place]))["homes"]
    return await _request(
        deps,
        actor,
        await store.find(deps.db, new.id) or new,
        RunAction.START,
        homes=homes,
        homes_done=0,
        skips=0,
        skipped=[],
        skip_reasons={},
        basis=await basis.digest_of(deps, new),
        asked_by=new.asked_by,
        asked_at=new.asked_at,
    )


def _new(actor: Actor, place: str, request: StartBillRun, *, at: datetime) -> BillRun:
    kinds = sorted(set(request.kinds))
    return BillRun(
        id=digest_id(place, request.period, request.months, *kinds),
        place=place,
        period=request.period,
        months=request.months,
        kinds=kinds,
        asked_by=actor.person_id,
        asked_at=at,
    )


async def access(deps: Dependencies, actor: Actor, run_id: str) -> BillRun:
    """Return a run at a place where the actor runs bills. NotFound otherwise."""
    run = await store.find(deps.db, run_id)
    return accessible(
        actor, run, Permission.RUN_BILLS, at=lambda run: run.place, missing="没有找到这批账单"
    )


async def _access_own(deps: Dependencies, actor: Actor, run_id: str) -> BillRun:
    """Return a run whose money is the actor's to dispose of. Raises NotFound, OtherPayee."""
    run = await access(deps, actor, run_id)
    await _require_own_money(deps, actor, run)
    return run


async def _require_own_money(deps: Dependencies, actor: Actor, run: BillRun) -> None:
    """Raise OtherPayee unless the months of a run, and all bills it has, are the actor's."""
    there = await _totals(deps, run)
    accounts = [total.account for total in there if total.state is not BillState.VOID]
    money = own_money.Money.of_months(run.kinds, run.period, run.months, accounts=accounts)
    await own_money.require(deps, actor, run.place, money)


async def publish(deps: Dependencies, actor: Actor, run_id: str) -> BillRunView:
    """Turn a run's drafts into debts and tell the residents.

    Raises NotFound, IllegalRunMove, RunMoved, DraftsOutdated, NoRule, NothingToPublish.
    """
    run = await _access_own(deps, actor, run_id)
    if run.state is RunState.DRAFTED:
        await _require_right(deps, run)
    return await _request(
        deps,
        actor,
        run,
        RunAction.PUBLISH,
        published_by=actor.person_id,
        published_at=deps.now(),
    )


async def _require_right(deps: Dependencies, run: BillRun) -> None:
    """Raise unless the drafts are what would be drafted now, and there is something to tell."""
    if run.basis != await basis.digest_of(deps, run):
        raise DraftsOutdated("出账后收费标准、收款单位或合同有变动,请重新出账再发布")
    totals = await _totals(deps, run)
    if any(total.state is BillState.DRAFT for total in totals) or run.issued or not run.skips:
        return
    if run.skip_reasons.keys() == {SkipReason.NO_RULE}:
        raise NoRule("这几个月还没有收费标准,没有账单可以发布")
    raise NothingToPublish("没有可以发布的账单,请查看未出账的房屋")


async def withdraw(
    deps: Dependencies, actor: Actor, run_id: str, request: WithdrawBillRun
) -> BillRunView:
    """Take back a published run: its bills that are owed are voided, and people are told once.

    While nobody has paid that is all of it; after that only the rest, when this is asked for.
    Raises NotFound, RunPaid, NothingToWithdraw, IllegalRunMove, RunMoved, OtherPayee, OwnHome.
    """
    run = await _access_own(deps, actor, run_id)
    if run.state is RunState.WITHDRAWING:
        require_same_withdrawal(run, request)
    else:
        require(run.state, RunAction.WITHDRAW)
        drawn = await bills_store.drawn_of_run(deps.db, run.id)
        require_withdrawable(await _totals(deps, run), drawn, request)
    return await _request(
        deps,
        actor,
        run,
        RunAction.WITHDRAW,
        withdrawn_by=actor.person_id,
        withdrawn_at=deps.now(),
        withdrawn_because=request.reason,
        withdrawn_months=request.months,
        withdrawn_unpaid_only=request.unpaid_only,
        withdrawal_stopped=False,
    )


async def cancel(deps: Dependencies, actor: Actor, run_id: str) -> BillRunView:
    """Remove a run's drafts. Bills that were published stay."""
    return await _request(deps, actor, await _access_own(deps, actor, run_id), RunAction.CANCEL)


async def _request(
    deps: Dependencies, actor: Actor, run: BillRun, action: RunAction, **changes: Any
) -> BillRunView:
    """Move a run for a person and enqueue the work.

    When it is under way already this is the same request, not another one.
    Raises RunMoved, OwnHome.
    """
    if run.state is TABLE.target(action):
        again = {"place": run.place, "subject": run.id}
        await audit.record_again(deps, actor, TABLE.act(action), **again)
        return view(run, await _totals(deps, run))
    asked = _next_round(run, action, changes)
    key = f"{run.id}:{asked.round}"

    async def save(tx: Transaction) -> None:
        if action is RunAction.WITHDRAW:
            await _require_no_debtor(deps, tx, actor, run)
        if not await store.write(deps.db, tx, run, action, asked):
            raise RunMoved("这批账单刚有变动,请刷新看看")
        await jobs.enqueue(deps, tx, JOB, key, run_id=run.id, round=asked.round)
        await _note(deps, tx, actor, action, asked)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise RunMoved("这批账单刚刚开始,请刷新看看") from None
    return view(asked, await _totals(deps, asked))


async def _require_no_debtor(
    deps: Dependencies, tx: Transaction, actor: Actor, run: BillRun
) -> None:
    """Raise OwnHome if a bill that would be voided is of a home of the actor's own.

    As for a single bill: also who will belong to the home, or did in the months of the run.
    """
    own = await residencies.homes_since(
        deps, actor.person_id, run.place, f"{run.period}-01", tx=tx
    )
    of_own = {"home": {"$in": own}}
    any_of_run = partial(bills_store.any_of_run, deps.db, tx, run.id)
    is_own = await any_of_run(BillState.OWING, **of_own)
    if is_own or await any_of_run(BillState.PAID, **of_own, **DRAWN_ONLY):
        raise OwnHome("这批账单里有自家的账单,请让别的工作人员撤回")


async def _totals(deps: Dependencies, run: BillRun) -> list[Total]:
    return (await bills_store.totals(deps.db, [run.id]))[run.id]


def _next_round(run: BillRun, action: RunAction, changes: dict[str, Any]) -> BillRun:
    require(run.state, action)
    return msgspec.structs.replace(
        run,
        state=TABLE.target(action),
        round=run.round + 1,
        version=run.version + 1,
        after="",
        **changes,
    )


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, action: RunAction, run: BillRun
) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        TABLE.act(action),
        place=run.place,
        subject=run.id,
        round=run.round,
        period=run.period,
        months=run.months,
    )


async def get(deps: Dependencies, actor: Actor, run_id: str) -> BillRunView:
    """Return how a run stands. NotFound where the actor runs no bills."""
    run = await access(deps, actor, run_id)
    return view(run, await _totals(deps, run))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: BillRunsQuery
) -> Page[BillRunView]:
    """A compound's runs, the latest period first unless asked otherwise."""
    await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    found = await store.page(deps.db, place, query)
    totals = await bills_store.totals(deps.db, [run.id for run in found.items])
    return found.map(lambda run: view(run, totals[run.id]))


async def skipped_of(
    deps: Dependencies, actor: Actor, run_id: str, query: SkippedQuery
) -> Page[SkippedView]:
    """What a run could not bill: each home and fee with its days and the reason."""
    run = await access(deps, actor, run_id)
    found = await skips_store.page(deps.db, run.id, query)
    addresses = await places.addresses(deps, sorted({gap.home for gap in found.items}))
    return found.map(lambda gap: skipped_view(gap, addresses.get(gap.home, gap.home)))


async def bills_of(
    deps: Dependencies, actor: Actor, run_id: str, query: RunBillsQuery
) -> Page[BillView]:
    """A run's bills in one state; a firm's people see what their firm is owed."""
    run = await access(deps, actor, run_id)
    own = await own_money.find(deps, actor, run.place, by=Permission.RUN_BILLS)
    accounts = None if own is None else own.accounts
    found = await bills_store.of_run(deps.db, run.id, query, accounts=accounts)
    return found.of(await views(deps, found.items))


async def place_of(deps: Dependencies, actor: Actor, run_id: str) -> str:
    """Return the compound of a run. NotFound where the actor runs no bills."""
    return (await access(deps, actor, run_id)).place
