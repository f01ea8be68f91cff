"""Actions on differences of a day: listed, taken by somebody, closed with a reason.

What WeChat has and the books lack is not closed here: it is booked by the usual path, and the
difference is credited when the day is compared the next time.
"""

from collections.abc import Sequence
from typing import Any

from services.audit import actions as audit
from services.bank_statements.payouts import actions as payouts
from services.counter_payments import actions as counter_payments
from services.dependencies import Dependencies, Transaction
from services.kernel.errors import Conflict, Forbidden, NotFound
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Role
from services.kernel.views import show
from services.payments.discrepancies import actions as discrepancies
from services.payments.trade_bills import records
from services.reconciliations import scopes
from services.reconciliations.differences import store
from services.reconciliations.differences.models import (
    CloseDifference,
    DayDifferencesQuery,
    DayDifferenceView,
    Difference,
    difference_id,
)
from services.reconciliations.differences.states import (
    TABLE,
    DifferenceAction,
    DifferenceState,
)
from services.reconciliations.entries import DifferenceKind, Match, MovementKind, Side
from services.reconciliations.models import Reconciliation


class DifferenceSettled(Conflict):
    """Somebody closed it meanwhile, or the sides agree by now."""

    code = "difference_settled"


class OwnCash(Forbidden):
    """The cash that is missing, or was counted otherwise, was taken by who asks."""

    code = "own_cash"


async def listing(
    deps: Dependencies, actor: Actor, query: DayDifferencesQuery
) -> Page[DayDifferenceView]:
    """Return differences of accounts that the actor looks after; the open ones by default."""
    accounts = scopes.narrowed(await scopes.accounts(deps, actor), query.account)
    return (await store.page(deps.db, query, accounts)).map(view)


async def take(deps: Dependencies, actor: Actor, difference: str) -> DayDifferenceView:
    """Deal with a difference from now on, also one that somebody else held.

    Raises NotFound, DifferenceSettled.
    """
    await _access(deps, actor, difference)
    held = {"held_by": actor.person_id, "held_at": deps.now()}
    return await _move(deps, actor, difference, DifferenceAction.TAKE, held)


async def close(
    deps: Dependencies, actor: Actor, difference: str, wish: CloseDifference
) -> DayDifferenceView:
    """Close a difference with a reason.

    Raises NotFound, DifferenceSettled, OwnHome, and OwnCash or OwnPayout for money that the
    actor took or handed out.
    """
    found = await _access(deps, actor, difference)
    if found.order == actor.person_id:
        raise OwnCash("自己收的现金的差异,请由同事处理")
    place = await records.require_not_own(deps, actor, found.order)
    place = place or await counter_payments.require_not_own(deps, actor, found.order)
    place = place or await _require_not_paid_out(deps, actor, found)
    closed = {"closed_by": actor.person_id, "closed_because": wish.reason}
    changes: dict[str, Any] = {**closed, "settled_at": deps.now()}
    return await _move(deps, actor, difference, DifferenceAction.CLOSE, changes, place=place)


async def _require_not_paid_out(deps: Dependencies, actor: Actor, found: Difference) -> str:
    """Return the place of a payout, "" for none. Raises OwnHome, OwnPayout."""
    place = ""
    for payout in await payouts.find_many(deps, found.account, [found.order]):
        payouts.require_apart(actor, payout)
        place = payout.place
    return place


async def _move(
    deps: Dependencies,
    actor: Actor,
    difference: str,
    action: DifferenceAction,
    changes: dict[str, Any],
    *,
    place: str = audit.NOWHERE,
) -> DayDifferenceView:
    async def work(tx: Transaction) -> Difference:
        moved = await store.move(deps.db, tx, difference, action, **changes)
        if moved is None:
            raise DifferenceSettled("这条差异已经处理或已经一致,请刷新看看")
        if action is DifferenceAction.CLOSE:
            await discrepancies.explain_bill(deps, tx, moved.account, moved.order)
        about: dict[str, Any] = {"place": place, "subject": difference}
        await audit.record(deps, tx, actor, TABLE.act(action), **about, day=moved.day)
        return moved

    return view(await deps.in_transaction(work))


async def _access(deps: Dependencies, actor: Actor, difference: str) -> Difference:
    accounts = await scopes.accounts(deps, actor)
    found = await store.find(deps.db, difference)
    if found is None or (accounts is not None and found.account not in accounts):
        raise NotFound("没有这条对账差异")
    return found


def view(found: Difference) -> DayDifferenceView:
    return show(
        found, DayDifferenceView, difference_id=found.id, reconciliation_id=found.reconciliation
    )


# ── what the worker does ────────────────────────────────────────────────────────────────


def made(
    deps: Dependencies, day: Reconciliation, match: Match, kind: DifferenceKind, office: Role
) -> Difference:
    """Return the difference that a comparison found."""
    return Difference(
        id=difference_id(day.id, match.kind, match.reference),
        reconciliation=day.id,
        account=day.account,
        day=day.day,
        kind=kind,
        entry=match.kind,
        reference=match.reference,
        order=match.order,
        billed_fen=match.fen.get(Side.BILLED, match.fen.get(Side.FOREIGN)),
        told_fen=match.fen.get(Side.TOLD),
        booked_fen=match.fen.get(Side.BOOKED),
        flowed_fen=match.fen.get(Side.FLOWED),
        office=office,
        found_at=deps.now(),
    )


async def of_day(
    deps: Dependencies, day_id: str, *, tx: Transaction | None = None
) -> list[Difference]:
    """Return all differences of a day."""
    return await store.of_day(deps.db, day_id, tx=tx)


async def note(
    deps: Dependencies,
    tx: Transaction,
    there: Sequence[Difference],
    found: Sequence[Difference],
) -> list[Difference]:
    """Write down what a comparison found, and settle what it did not find any more.

    `there`: the day's differences as they are. One that a person closed stays closed as long as
    the same is found. Returns those that are open now.
    """
    before = {each.id: each for each in there}
    now = {each.id: each for each in found}
    new = [each for each in found if each.id not in before]
    again = [each for each in found if _is_back(before.get(each.id), each)]
    await store.insert(deps.db, tx, new)
    await _reopen(deps, tx, [each.id for each in again])
    await store.note(deps.db, tx, [each for each in found if each.id in before])
    await _settle(deps, tx, [each for each in there if each.id not in now])
    closed = {each.id for each in there if each.state is DifferenceState.CLOSED}
    back = {each.id for each in again}
    return [each for each in found if each.id not in closed or each.id in back]


def _is_back(before: Difference | None, now: Difference) -> bool:
    """Tell whether a difference that was settled is there again, or in another way."""
    if before is None or before.state is DifferenceState.OPEN:
        return False
    return before.state is not DifferenceState.CLOSED or before.finding != now.finding


async def _reopen(deps: Dependencies, tx: Transaction, ids: Sequence[str]) -> None:
    fresh = {"settled_at": None, "closed_by": "", "closed_because": ""}
    await store.move_many(deps.db, tx, ids, DifferenceAction.REAPPEAR, **fresh)
    await store.reopened(deps.db, tx, ids)


async def _settle(deps: Dependencies, tx: Transaction, gone: Sequence[Difference]) -> None:
    """Settle what agrees by now: credited, where the books had lacked it."""
    still = [each for each in gone if each.state is DifferenceState.OPEN]
    credited = [each.id for each in still if each.kind is DifferenceKind.NOT_BOOKED]
    explained = [each.id for each in still if each.id not in credited]
    at = deps.now()
    await store.move_many(deps.db, tx, credited, DifferenceAction.CREDIT, settled_at=at)
    await store.move_many(deps.db, tx, explained, DifferenceAction.EXPLAIN, settled_at=at)


def explained(found: Sequence[Difference], side: Side) -> list[tuple[MovementKind, int, int]]:
    """Return what persons closed, as the trade bill has it and as another side does."""
    return [
        (each.entry, each.billed_fen or 0, _fen(each, side))
        for each in found
        if each.state is DifferenceState.CLOSED
    ]


def _fen(found: Difference, side: Side) -> int:
    fen = {Side.TOLD: found.told_fen, Side.BOOKED: found.booked_fen}
    return fen[side] or 0


async def count_open(deps: Dependencies) -> int:
    """Count differences that wait for a person: for the figures and their alarms."""
    return await store.count_open(deps.db)
