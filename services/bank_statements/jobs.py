"""Jobs of bank statements: a file is read, what was confirmed is booked, names are erased.

Both reading and booking are begun anew after a worker died: a transfer has the id of its
number, and a counter payment that of its voucher, so that neither is there twice.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Final

from services.bank_statements import bookings, store
from services.bank_statements.bookings import book_one, give_back
from services.bank_statements.files import process
from services.bank_statements.files.models import (
    MOST_PROBLEMS,
    BadRow,
    Batch,
    Column,
    Done,
    FileRefused,
    Movement,
)
from services.bank_statements.matches.matcher import Match, Matcher
from services.bank_statements.models import Statement
from services.bank_statements.payouts import links
from services.bank_statements.states import BankStatementAction, BankStatementState
from services.bank_statements.transfers import store as transfers_store
from services.bank_statements.transfers.models import (
    PAYER,
    REMARK,
    BankDirection,
    Transfer,
    TransferFit,
    payout_id,
)
from services.bank_statements.transfers.numbers import numbered
from services.bank_statements.transfers.states import BankTransferState
from services.counter_payments.models import CounterWay
from services.counter_payments.vouchers import actions as vouchers
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.documents import Document, to_document
from services.kernel.errors import TooMany, Unavailable
from services.kernel.features import Lane, Schedule
from services.register.chunks import actions as chunks

READ: Final = "bank_statements.read"
BOOK: Final = "bank_statements.book"
FORGET: Final = "bank_statements.forget"
RESCUE: Final = "bank_statements.rescue"
AT_ONCE: Final = 200
RESCUED_AT_ONCE: Final = 1_000
# Of what was confirmed before transfers named their job: no job goes on for so long.
UNKNOWN_JOBS_LIVE: Final = timedelta(days=1)
NO_MATCH: Final[Match] = (TransferFit.NONE, [])
Named = tuple[str, Movement]  # with the id of its transfer
# Who paid is needed until it is assigned, and while somebody may ask about it.
NAMES_LIVE: Final = timedelta(days=366)


async def read(deps: Dependencies, payload: Document) -> None:
    """Job: read a file and write its transfers, each with what it may be for."""
    found = await store.find(deps.db, payload["statement"])
    is_meant = found is not None and found.round == payload["round"]
    if found is None or not is_meant or found.state is not BankStatementState.READING:
        return
    try:
        rows, done = await _rows(deps, found)
        await _write(deps, found, rows, done)
    except FileRefused as refused:
        problems = [to_document(each) for each in refused.problems]
        refusal = {"refusal": to_document(refused.refusal), "problems": problems}
        read_at = {"read_at": deps.now()}
        await store.move(deps.db, found, BankStatementAction.REFUSE, refusal | read_at)
    await chunks.remove_file(deps, found.file_id)


async def _rows(deps: Dependencies, found: Statement) -> tuple[list[Movement], Done]:
    """Return what a file holds. Raises FileRefused."""
    pieces = chunks.pieces_of_file(deps, found.file_id, found.size_bytes)
    rows: list[Movement] = []
    try:
        async with aclosing(process.messages(pieces)) as messages:
            async for message in messages:
                match message:
                    case Batch(batch):
                        rows += batch
                    case Done():
                        return rows, message
    except chunks.ChunkGone:
        raise FileRefused.because("bank_file_expired") from None
    raise FileRefused.because("bank_file_broken")


async def _write(
    deps: Dependencies, found: Statement, rows: Sequence[Movement], done: Done
) -> None:
    """Write the transfers that are new. Raises FileRefused for rows that cannot be right."""
    named = await _named(deps, found.account, rows)
    there = await transfers_store.find_many(deps.db, [name for name, _ in named])
    _require_same(deps, [row for _, row in named], [there.get(name) for name, _ in named])
    await _write_received(deps, found, [each for each in named if not each[1].leaves])
    left = [_transfer(deps, found, *each, NO_MATCH) for each in named if each[1].leaves]
    for start in range(0, len(left), AT_ONCE):
        await transfers_store.put(deps.db, left[start : start + AT_ONCE])
        await links.find(deps, found.account, left[start : start + AT_ONCE])
    known = sum(1 for each in there.values() if each.statement != found.id)
    facts = {"totals": to_document(done.totals), "known": known, "read_at": deps.now()}
    span = {"first": done.first, "last": done.last}
    await store.move(deps.db, found, BankStatementAction.FINISH, facts | span)


async def _named(deps: Dependencies, account: str, rows: Sequence[Movement]) -> list[Named]:
    """Return each row with the id of its transfer."""
    came = [row for row in rows if not row.leaves]
    left = await numbered(deps, account, [row for row in rows if row.leaves])
    typed = [row.number for row in came]
    names = await vouchers.names(deps, account, CounterWay.TRANSFER, typed)
    found = [(names[row.number], row) for row in came]
    return found + [(payout_id(account, row.number), row) for row in left]


async def _write_received(deps: Dependencies, found: Statement, named: Sequence[Named]) -> None:
    """Write what came in, each with what it may pay."""
    matcher = Matcher(deps, found.account, [row for _, row in named])
    await matcher.read()
    for start in range(0, len(named), AT_ONCE):
        some = named[start : start + AT_ONCE]
        fits = await matcher.match([row for _, row in some])
        pairs = zip(some, fits, strict=True)
        made = [_transfer(deps, found, *each, fit) for each, fit in pairs]
        booked = await bookings.money_of(deps, [each.id for each in made])
        await transfers_store.put(deps.db, [_if_booked(each, booked) for each in made])


def _require_same(
    deps: Dependencies, rows: Sequence[Movement], there: Sequence[Transfer | None]
) -> None:
    """Raise FileRefused for rows of the future, and for numbers that said something else."""
    today, problems = deps.today(), []
    for row, kept in zip(rows, there, strict=True):
        if row.day > today:
            message = "日期在今天之后"
            problems.append(BadRow(row=row.row, column=Column.DAY.value, message=message))
        elif kept and (kept.day, kept.amount_fen) != (row.day, row.amount_fen):
            message = "以前的文件里有这个流水号,日期或金额不同"
            problems.append(BadRow(row=row.row, column=Column.NUMBER.value, message=message))
    if problems:
        some, count = problems[:MOST_PROBLEMS], len(problems)
        raise FileRefused.because("bank_file_bad_rows", some, count=count)


def _transfer(
    deps: Dependencies, found: Statement, name: str, row: Movement, match: Match
) -> Transfer:
    fit, candidates = match
    payer, remark = row.payer, row.remark
    return Transfer(
        id=name,
        account=found.account,
        direction=BankDirection.OUT if row.leaves else BankDirection.IN,
        statement=found.id,
        row=row.row,
        number=row.number,
        day=row.day,
        entered_at=deps.now(),
        amount_fen=row.amount_fen,
        payer_sealed=PAYER.seal(deps.vault, name, payer) if payer else "",
        remark_sealed=REMARK.seal(deps.vault, name, remark) if remark else "",
        names_until=found.uploaded_at + NAMES_LIVE,
        fit=fit,
        candidates=candidates,
    )


def _if_booked(made: Transfer, booked: Collection[str]) -> Transfer:
    """Return a transfer that says so when somebody booked its number at the counter."""
    if made.id in booked:
        made.state, made.fit, made.candidates = BankTransferState.BOOKED, TransferFit.BOOKED, []
        made.payment = made.id
    return made


async def book(deps: Dependencies, payload: Document) -> None:
    """Job: book what somebody confirmed of a statement, one by one.

    One that fails keeps none of the others: they are booked before the job fails with it.
    """
    after, failed = "", list[Exception]()
    while some := await transfers_store.next_chosen(
        deps.db, payload["statement"], after=after, limit=AT_ONCE
    ):
        for transfer in some:
            try:
                await book_one(deps, transfer)
            except (Unavailable, TooMany):
                raise
            except Exception as error:  # noqa: BLE001  # raised below, after the others
                failed.append(error)
        after = some[-1].id
    if failed:
        raise failed[0]


async def forget(deps: Dependencies, _: Document) -> None:
    """Job: erase who paid, and what they wrote, a year after the file came."""
    while ids := await transfers_store.with_old_names(deps.db, deps.now(), limit=AT_ONCE):
        await transfers_store.erase_names(deps.db, ids)


async def rescue(deps: Dependencies, _: Document) -> None:
    """Job: give back to people what a job was to do that was given up."""
    await _rescue_transfers(deps)
    await _rescue_files(deps)


async def _rescue_transfers(deps: Dependencies) -> None:
    now = deps.now()
    chosen = await transfers_store.chosen_by_then(deps.db, now, limit=RESCUED_AT_ONCE)
    at_work = await jobs.open_among(deps, BOOK, sorted({each.job for each in chosen}))
    for transfer in chosen:
        is_known = transfer.job or (transfer.chosen_at or now) <= now - UNKNOWN_JOBS_LIVE
        if is_known and transfer.job not in at_work:
            await give_back(deps, transfer)


async def _rescue_files(deps: Dependencies) -> None:
    found = await store.reading(deps.db, deps.now(), limit=RESCUED_AT_ONCE)
    at_work = await jobs.open_among(deps, READ, [each.file_id for each in found])
    refusal = to_document(FileRefused.because("bank_file_unread").refusal)
    for statement in found:
        if statement.file_id not in at_work:
            changes = {"refusal": refusal, "read_at": deps.now()}
            await store.move(deps.db, statement, BankStatementAction.REFUSE, changes)


JOBS: Final[Mapping[str, jobs.Handler]] = {
    READ: read,
    BOOK: book,
    FORGET: forget,
    RESCUE: rescue,
}
LANES: Final = dict.fromkeys(JOBS, Lane.LONG)
SCHEDULES: Final = (
    Schedule(FORGET, timedelta(days=1), timedelta(hours=19)),
    Schedule(RESCUE, timedelta(minutes=10)),
)
