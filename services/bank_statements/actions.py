"""Actions on bank statements: looked at, transfers confirmed with bills, or set aside.

Whoever keeps an account sees its statements; for the bills that a transfer pays they
need what anybody needs who takes money for them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.audit import actions as audit
from services.bank_statements import bookings, scopes, store, views
from services.bank_statements.jobs import BOOK
from services.bank_statements.models import (
    BankStatementRow,
    BankStatementView,
    Statement,
    StatementsQuery,
)
from services.bank_statements.payouts import links
from services.bank_statements.transfers import store as transfers_store
from services.bank_statements.transfers.models import (
    BankTransferView,
    ConfirmTransfers,
    SetTransferAside,
    Transfer,
    TransferBooking,
    TransfersQuery,
)
from services.bank_statements.transfers.states import TABLE, WAITING, BankTransferAction
from services.bills import actions as bills_actions
from services.bills.models import Bill
from services.counter_payments import actions as counter_payments
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import Day, end_of, start_of
from services.kernel.errors import Conflict, InvalidInput, NotFound
from services.kernel.pages import Page
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor
from services.payments.refusals import require_payable

MISSING = "没有找到这份银行流水"
NO_TRANSFER = "没有找到这笔到账"


class TransferMovedOn(Conflict):
    """Somebody confirmed or set aside one of the transfers meanwhile."""

    code = "bank_transfer_moved_on"


class OtherAccount(InvalidInput):
    """A bill is owed to another account than the one the money came into."""

    code = "other_account"


async def listing(
    deps: Dependencies, actor: Actor, query: StatementsQuery
) -> Page[BankStatementRow]:
    """Return statements of the accounts that the actor keeps."""
    accounts = scopes.narrowed(await scopes.accounts(deps, actor), query.account)
    return (await store.page(deps.db, query, accounts)).map(views.row)


async def get(deps: Dependencies, actor: Actor, statement: str) -> BankStatementView:
    """Return a statement with how far its transfers are. Raises NotFound."""
    return await views.statement(deps, await _access(deps, actor, statement))


async def transfers(
    deps: Dependencies, actor: Actor, query: TransfersQuery
) -> Page[BankTransferView]:
    """Return transfers of the accounts that the actor keeps."""
    accounts = scopes.narrowed(await scopes.accounts(deps, actor), query.account)
    found = await transfers_store.page(deps.db, query, accounts)
    return found.of(await views.transfers(deps, found.items))


async def confirm(
    deps: Dependencies, actor: Actor, statement: str, request: ConfirmTransfers
) -> TransferBooking:
    """Promise to book transfers for the bills that somebody chose for each.

    All of them or none. Raises NotFound, TransferMovedOn, OtherAccount, InvalidInput for one
    that is named twice, and what taking the money at the counter would.
    """
    found = await _access(deps, actor, statement)
    chosen = {each.transfer_id: each.bill_ids for each in request.transfers}
    if len(chosen) != len(request.transfers):
        raise InvalidInput("同一笔到账请只选一次")
    kept = await transfers_store.find_many(deps.db, [*chosen])
    if any(each not in kept or kept[each].statement != found.id for each in chosen):
        raise NotFound(NO_TRANSFER)
    bill_ids = [*dict.fromkeys(bill for bills in chosen.values() for bill in bills)]
    bills = await counter_payments.access_bills(deps, actor, bill_ids)
    _require_fitting(found, chosen, {bill.id: bill for bill in bills})
    job = deps.new_id()

    async def work(tx: Transaction) -> None:
        await bills_actions.require_no_debtors(deps, tx, actor, bills)
        by = {"chosen_by": actor.person_id, "chosen_at": deps.now(), "refusal": ""}
        by["job"] = job
        for transfer, own in chosen.items():
            chosen_for = {**by, "bill_ids": own}
            await move(deps, tx, transfer, BankTransferAction.CHOOSE, chosen_for)
        await jobs.enqueue(deps, tx, BOOK, job, statement=found.id)
        where = smallest_around([bill.home for bill in bills])
        about: dict[str, Any] = {"place": where, "subject": found.id}
        about |= {"account": found.account, "transfers": len(chosen)}
        await audit.record(deps, tx, actor, TABLE.act(BankTransferAction.CHOOSE), **about)

    await deps.in_transaction(work)
    return TransferBooking(statement_id=found.id, transfers=len(chosen))


def _require_fitting(
    found: Statement, chosen: dict[str, list[str]], bills: dict[str, Bill]
) -> None:
    """Raise OtherAccount, or what `require_payable` does, for bills of some transfer."""
    for bill_ids in chosen.values():
        own = [bills[each] for each in dict.fromkeys(bill_ids)]
        if any(bill.account != found.account for bill in own):
            raise OtherAccount("这些账单不是付到这个收款账户的")
        require_payable(own)


async def set_aside(
    deps: Dependencies, actor: Actor, transfer: str, request: SetTransferAside
) -> BankTransferView:
    """Say that a transfer pays no fee, and what it is. Raises NotFound, TransferMovedOn."""
    said = {"set_aside_by": actor.person_id, "set_aside_because": request.reason}
    return await act(deps, actor, transfer, BankTransferAction.SET_ASIDE, said)


async def act(
    deps: Dependencies,
    actor: Actor,
    transfer: str,
    action: BankTransferAction,
    changes: dict[str, Any],
) -> BankTransferView:
    """Move a row with its audit row, for this package. Raises NotFound, TransferMovedOn."""
    await access_transfer(deps, actor, transfer)

    async def work(tx: Transaction) -> Transfer:
        moved = await move(deps, tx, transfer, action, changes)
        about: dict[str, Any] = {"place": audit.NOWHERE, "subject": transfer}
        about |= {"account": moved.account, "amount_fen": moved.amount_fen}
        await audit.record(deps, tx, actor, TABLE.act(action), **about)
        return moved

    [shown] = await views.transfers(deps, [await deps.in_transaction(work)])
    return shown


async def move(
    deps: Dependencies,
    tx: Transaction,
    transfer: str,
    action: BankTransferAction,
    changes: dict[str, Any],
) -> Transfer:
    """Move a row, for this package. Raises TransferMovedOn."""
    moved = await transfers_store.move(deps.db, transfer, action, changes, tx=tx)
    if moved is None:
        raise TransferMovedOn("有到账刚刚被处理过,请刷新后再试")
    return moved


async def _access(deps: Dependencies, actor: Actor, statement: str) -> Statement:
    kept, found = await scopes.accounts(deps, actor), await store.find(deps.db, statement)
    if found is None or found.account not in kept:
        raise NotFound(MISSING)
    return found


async def access_transfer(deps: Dependencies, actor: Actor, transfer: str) -> Transfer:
    """Return a row of an account that the actor keeps. Raises NotFound."""
    kept = await scopes.accounts(deps, actor)
    found = (await transfers_store.find_many(deps.db, [transfer])).get(transfer)
    if found is None or found.account not in kept:
        raise NotFound(NO_TRANSFER)
    return found


# ── what other packages ask ─────────────────────────────────────────────────────────────


async def covers(deps: Dependencies, account: str, day: Day) -> bool:
    """Tell whether a file that was brought in after a day has all of it."""
    found = await store.covering(deps.db, account, day)
    return any(each.uploaded_at >= end_of(day) for each in found)


async def days_of(deps: Dependencies, account: str, first: Day, last: Day) -> set[Day]:
    """Return the days of a span on which money moved by a bank's file."""
    return await transfers_store.days_of(deps.db, account, first, last)


async def of_day(deps: Dependencies, account: str, day: Day) -> list[Transfer]:
    """Return what moved on a day, what was booked or paid out meanwhile as such."""
    found = await transfers_store.of_day(deps.db, account, day)
    waiting = [each.id for each in found if each.state in WAITING]
    for transfer in sorted(await bookings.money_of(deps, waiting)):
        done = {"payment": transfer, "refusal": ""}
        await transfers_store.move(deps.db, transfer, BankTransferAction.FIND, done)
    await links.find(deps, account, found)
    return await transfers_store.of_day(deps.db, account, day) if waiting else found


async def entered(
    deps: Dependencies, account: str, first: Day, last: Day
) -> list[tuple[Day, datetime, int, int]]:
    """Return day, instant, number and sum of rows entered in a span for earlier days."""
    return await transfers_store.entered(deps.db, account, start_of(first), end_of(last))


async def find_many(deps: Dependencies, ids: Sequence[str]) -> dict[str, Transfer]:
    """Return id → transfer: ids are those of counter payments."""
    return await transfers_store.find_many(deps.db, ids)


async def of_payouts(deps: Dependencies, payouts: Sequence[str]) -> dict[str, Transfer]:
    """Return payout → the row that it is, of those that have one."""
    return await transfers_store.of_payouts(deps.db, payouts)
