"""Statements of a home for a year: added up from the journal, so that they equal it to the fen.

Owners have what was charged for their own days (decision 59), a firm what is paid to itself, a
community all of it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.audit import actions as audit
from services.bills import actions as bills_actions
from services.bills import own_money, visibility
from services.bills.models import Bill
from services.bills.views import title_of
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission
from services.ledger import actions as ledger
from services.ledger.models import PAYMENTS, PUT_BACK, Journal, payment_of, receivable
from services.payments.models import PaymentWay
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import Receipt
from services.payments.statements import sheets
from services.payments.statements.models import (
    EntryKind,
    Statement,
    StatementEntry,
    StatementQuery,
    StatementSum,
)
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import Kind

# Kind of a journal → what it is to who owes. What is not here corrects what is owed.
KINDS: Final = {
    "issue": EntryKind.BILLED,
    **dict.fromkeys(PAYMENTS, EntryKind.PAID),
    "refund": EntryKind.REFUNDED,
    PUT_BACK: EntryKind.REFUNDED,
    "void": EntryKind.VOIDED,
}
# Class of the account that money lies in → how it came or went.
WAYS: Final = {
    "wechat": PaymentWay.WECHAT.label,
    "cash": PaymentWay.CASH.label,
    "bank": PaymentWay.TRANSFER.label,
    "pos": PaymentWay.POS.label,
    "prepaid": "预存款",
}


async def of_home(
    deps: Dependencies, actor: Actor, home: str, query: StatementQuery
) -> Statement:
    """Return what was billed and paid of a home in a year, as the actor may see it.

    Raises NotFound, and Forbidden for who lives there without owning it.
    """
    bills = {receivable(bill.id): bill for bill in await _bills(deps, actor, home)}
    journals = await ledger.on_accounts(deps, sorted(bills))
    journals.sort(key=lambda journal: (journal.at, journal.id))
    paid = {payment_of(journal) for journal in journals}
    issued = await receipts.of_payments(deps, sorted(paid))
    until = min(f"{query.year}-12-31", max(deps.today(), f"{query.year}-01-01"))
    entries = [
        (journal, _entry(journal, bills[posting.account], posting.amount_fen, issued))
        for journal in journals
        for posting in journal.postings
        if posting.account in bills and day_of(journal.at) <= until
    ]
    shown = [entry for _, entry in entries]
    address = (await places.addresses(deps, [home])).get(home, home)
    return Statement(
        place=home,
        address=address,
        year=query.year,
        to_day=until,
        sums=[_sum(fee, shown, query.year) for fee in _fees(shown)],
        entries=[entry for entry in shown if _year(entry) == query.year],
    )


async def _bills(deps: Dependencies, actor: Actor, home: str) -> list[Bill]:
    """Return the fees of a home that the actor has in a statement of it."""
    accessible(
        actor,
        home,
        Permission.VIEW_DEBTORS,
        Permission.MANAGE_HOME,
        at=str,
        missing="没有找到这套房屋",
        known_by=[Permission.VIEW_HOME],
        forbidden="只有业主可以查看对账单",
    )
    if (await places.get(deps, home)).kind is not Kind.HOME:
        raise errors.NotFound("没有找到这套房屋")
    homes = [home, *await place_homes.merged_into(deps, [home])]
    found = await bills_actions.issued_of(deps, homes)
    if not actor.may(Permission.VIEW_DEBTORS, home):
        claims = visibility.claims(actor, Permission.MANAGE_HOME)
        return [bill for bill in found if claims.has(bill)]
    own = await own_money.find(deps, actor, home, by=Permission.VIEW_DEBTORS)
    return [bill for bill in found if own is None or bill.account in own.accounts]


def _entry(
    journal: Journal, bill: Bill, amount_fen: int, issued: Mapping[str, Receipt]
) -> StatementEntry:
    receipt = issued.get(payment_of(journal))
    kind = KINDS.get(journal.kind, EntryKind.CORRECTED)
    classes = [posting.account.partition(":")[0] for posting in journal.postings]
    return StatementEntry(
        at=journal.at,
        paid_at=receipt.paid_at if receipt and kind is EntryKind.PAID else None,
        kind=kind,
        how=next((WAYS[name] for name in classes if name in WAYS), ""),
        fee=HomeFee(bill.kind),
        title=title_of(bill),
        period=bill.period,
        amount_fen=amount_fen,
        reference=_number(journal, receipt),
    )


def _number(journal: Journal, receipt: Receipt | None) -> str:
    """Return the number of the paper that people have of a movement: receipt or note."""
    if receipt is None:
        return journal.reference.get("number", "")
    return receipt.serial_number or receipt.number


def _fees(entries: Sequence[StatementEntry]) -> list[HomeFee]:
    found = {entry.fee for entry in entries}
    return [fee for fee in HomeFee if fee in found]


def _year(entry: StatementEntry) -> int:
    """Return the year in Beijing that a movement was booked in."""
    return int(day_of(entry.at)[:4])


def _sum(fee: HomeFee, entries: Sequence[StatementEntry], year: int) -> StatementSum:
    """Add up the movements of a fee until the end of a year."""
    own = [entry for entry in entries if entry.fee is fee]
    within = [entry for entry in own if _year(entry) == year]
    by_kind = {
        kind: sum(entry.amount_fen for entry in within if entry.kind is kind)
        for kind in EntryKind
    }
    return StatementSum(
        fee=fee,
        start_fen=sum(entry.amount_fen for entry in own if _year(entry) < year),
        billed_fen=by_kind[EntryKind.BILLED],
        paid_fen=-by_kind[EntryKind.PAID],
        refunded_fen=by_kind[EntryKind.REFUNDED],
        voided_fen=-by_kind[EntryKind.VOIDED],
        corrected_fen=by_kind[EntryKind.CORRECTED],
        end_fen=sum(entry.amount_fen for entry in own),
    )


async def printed(deps: Dependencies, actor: Actor, home: str, query: StatementQuery) -> bytes:
    """Return a statement as PDF, and note it in the audit. Raises as `of_home`."""
    found = await of_home(deps, actor, home, query)
    made = await sheets.pdf(found, deps.today())
    await _note(deps, actor, found)
    return made


async def workbook(deps: Dependencies, actor: Actor, home: str, query: StatementQuery) -> bytes:
    """Return a statement as spreadsheet, and note it in the audit. Raises as `of_home`."""
    found = await of_home(deps, actor, home, query)
    made = await sheets.workbook(found, deps.today())
    await _note(deps, actor, found)
    return made


async def _note(deps: Dependencies, actor: Actor, found: Statement) -> None:
    async def note(tx: Transaction) -> None:
        act, year = Act.STATEMENT_PRINTED, found.year
        await audit.record(deps, tx, actor, act, place=found.place, year=year)

    await deps.in_transaction(note)
