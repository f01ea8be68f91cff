"""Actions on counter payments: money is taken, seen, and its receipt printed.

Online and counter at the same moment: open orders are cancelled at WeChat first, so that who
is paying there is heard before the counter takes anything; the transaction then makes sure that
no new one holds the bills. Source of the order of debts: 民法典 art. 560.
"""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import actions as bills_actions
from services.bills import own_money
from services.bills.balances import actions as balances
from services.bills.models import Bill
from services.counter_payments import notify, store, views
from services.counter_payments.models import (
    CounterPayment,
    CounterPaymentDetails,
    CounterPaymentsQuery,
    CounterPaymentView,
    CounterWay,
    Taken,
    TakePayment,
)
from services.counter_payments.vouchers import actions as vouchers
from services.dependencies import Dependencies, Transaction
from services.fees.payees import actions as payees
from services.kernel import errors, interests
from services.kernel.acts import Act
from services.kernel.days import Day, check_day, day_of, end_of, plus_days, start_of
from services.kernel.pages import Page
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor, Permission, require_at
from services.ledger import actions as ledger
from services.ledger.models import (
    COUNTER_PAYMENT,
    Journal,
    Posting,
    bank,
    card_machine,
    cash_in_hand,
)
from services.payments import actions as payments
from services.payments import orders
from services.payments.models import Line, PaymentWay, amounts_of
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import Paid, ReceiptSheetQuery
from services.payments.refusals import BillAlreadyPaid, require_payable
from services.places import actions as places

MISSING = "没有找到这笔线下缴费"
LONGEST_AGO_DAYS = 31


class VoucherUsed(errors.Conflict):
    """Another payment was booked with the number of this slip or transfer."""

    code = "voucher_used"


class BadPaymentDay(errors.InvalidInput):
    """A transfer is of the last month; other money is of today."""

    code = "bad_payment_day"


async def booked(deps: Dependencies, ids: Sequence[str]) -> dict[str, CounterPayment]:
    """Return id → payment, of those that are booked: for other packages, not for people."""
    return await store.find_many(deps.db, ids)


async def access_bills(deps: Dependencies, actor: Actor, bill_ids: Sequence[str]) -> list[Bill]:
    """Return bills for which the actor may take money. Raises NotFound, OwnHome, OtherPayee."""
    by = Permission.TAKE_PAYMENTS
    bills = await bills_actions.access_many_by_office(deps, actor, bill_ids, by)
    interests.require_not_own(actor, [bill.home for bill in bills])
    await own_money.require_all(deps, actor, bills, by=by)
    return bills


async def take(
    deps: Dependencies,
    actor: Actor,
    request: TakePayment,
    *,
    longest_ago_days: int = LONGEST_AGO_DAYS,
) -> CounterPaymentDetails:
    """Book money for bills, once for each voucher, with its receipt; tell who owed them.

    The same again is the same payment. Raises NotFound, OwnHome, OtherPayee, VoucherUsed,
    BadPaymentDay, and what `payments.pay` raises for bills that cannot be paid now.
    `longest_ago_days`: how old a transfer may be; a bank's own file proves older ones.
    """
    require_day(deps, request, longest_ago_days)
    bills = await access_bills(deps, actor, request.bill_ids)
    payment_id = await vouchers.name(deps, bills[0].account, request.way, request.voucher)
    own: dict[str, Any] = {"payment_id": payment_id, "bill_ids": request.bill_ids}

    async def again(tx: Transaction) -> CounterPayment:
        return await taken_before(deps, tx, actor, request, **own)

    if await store.find(deps.db, payment_id):
        return await details(deps, await deps.in_transaction(again))
    require_payable(bills)
    lines, first = orders.lines_of(bills, request.amount_fen), bills[0]
    to = orders.Recipient(first.payee, first.account, first.payee_name)
    payment = draft(deps, actor, to, lines, request, payment_id=payment_id)
    await payments.free(deps, actor, payment.bill_ids)
    payee = await payees.find(deps, payment.payee)
    paid = paid_of(payment, numbered=payee is not None and payee.numbers_receipts)
    try:
        await deps.in_transaction(lambda tx: _book(deps, tx, actor, payment, paid, bills=bills))
    except DuplicateKeyError:
        payment = await deps.in_transaction(again)
    return await details(deps, payment)


def require_day(
    deps: Dependencies, request: Taken, longest_ago_days: int = LONGEST_AGO_DAYS
) -> None:
    """Raise BadPaymentDay for a day that the way of paying cannot have, or InvalidInput."""
    today = day_of(deps.now())
    if request.paid_on is None or request.paid_on == today:
        return
    first = plus_days(today, -longest_ago_days)
    if (
        request.way is not CounterWay.TRANSFER
        or not first <= check_day(request.paid_on) < today
    ):
        raise BadPaymentDay("转账日期请填最近一个月内的日期,现金和刷卡按当天登记")


def draft(
    deps: Dependencies,
    actor: Actor,
    to: orders.Recipient,
    lines: list[Line],
    request: Taken,
    *,
    payment_id: str,
) -> CounterPayment:
    """Return what somebody took for some lines; nothing is written."""
    now = deps.now()
    homes = [line.home for line in lines]
    earlier = request.paid_on is not None and request.paid_on < day_of(now)
    return CounterPayment(
        id=payment_id,
        compound=places.compound_of(homes[0]),
        place=smallest_around(homes),
        way=request.way,
        voucher=request.voucher,
        payee=to.payee,
        account=to.account,
        payee_name=to.payee_name,
        lines=lines,
        bill_ids=[line.bill_id for line in lines],
        amount_fen=sum(line.amount_fen for line in lines),
        paid_at=start_of(request.paid_on) if earlier and request.paid_on else now,
        taken_by=actor.person_id,
        taken_at=now,
    )


async def _book(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    payment: CounterPayment,
    paid: Paid,
    *,
    bills: Sequence[Bill],
) -> None:
    """Write payment, journal, receipt and audit row, and what the bills owe, in one go."""
    await bills_actions.require_no_debtors(deps, tx, actor, bills)
    await store.insert(deps.db, tx, payment)
    amounts, journal = amounts_of(payment.lines), journal_of(payment)
    taken = await balances.settle(deps, tx, amounts, journal.id, payment.paid_at)
    if taken != amounts:
        raise BillAlreadyPaid("有账单刚刚缴过或作废,请刷新后再试")
    await finish(deps, tx, actor, payment, paid)


async def finish(
    deps: Dependencies, tx: Transaction, actor: Actor, payment: CounterPayment, paid: Paid
) -> None:
    """Write journal, receipt, message and audit row of a payment that its lines took whole."""
    await payments.require_free(deps, tx, payment.bill_ids)
    await ledger.post(deps, tx, journal_of(payment))
    receipt = await receipts.issue(deps, tx, paid, payment.lines)
    await notify.notify_debtors(deps, tx, payment, receipt)
    about: dict[str, Any] = {"place": payment.place, "subject": payment.id}
    about |= {"way": payment.way, "voucher": payment.voucher, "account": payment.account}
    about |= {"bills": payment.bill_ids, "amount_fen": payment.amount_fen}
    await audit.record(deps, tx, actor, Act.PAYMENT_TAKEN, **about)


def paid_of(payment: CounterPayment, *, numbered: bool) -> Paid:
    """Return what the receipt of a counter payment says of it."""
    return Paid(
        id=payment.id,
        person="",  # who stands at a counter is nobody the product knows
        account=payment.account,
        payee_name=payment.payee_name,
        numbers_receipts=numbered,
        way=PaymentWay(payment.way),
        number=payment.voucher,
        paid_at=payment.paid_at,
    )


def journal_of(payment: CounterPayment) -> Journal:
    """Return the journal by which a counter payment is booked."""
    postings = [Posting(_account(payment), payment.amount_fen)]
    postings += [Posting(x.credited, -x.amount_fen) for x in payment.lines]
    return Journal(
        id=journal_id(payment.id),
        kind=COUNTER_PAYMENT,
        place=payment.compound,
        at=payment.taken_at,
        postings=postings,
        reference={COUNTER_PAYMENT: payment.id, "voucher": payment.voucher},
    )


def _account(payment: CounterPayment) -> str:
    """Return the account that the money lies in."""
    match payment.way:
        case CounterWay.TRANSFER:
            return bank(payment.account)
        case CounterWay.POS:
            return card_machine(payment.account)
        case CounterWay.CASH:
            return cash_in_hand(payment.account, payment.taken_by)


async def taken_before(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    request: Taken,
    *,
    payment_id: str,
    bill_ids: Sequence[str],
) -> CounterPayment:
    """Return the payment of a voucher that was booked before, if it is this one."""
    earlier = await store.find(deps.db, payment_id, tx=tx)
    if earlier is None:  # another kind of money was booked with this slip
        raise VoucherUsed("这个票据号已登记过一笔押金,请核对票据")
    _require_same(actor, earlier, request, bill_ids)
    about: dict[str, Any] = {"place": earlier.place, "subject": earlier.id}
    await audit.record(deps, tx, actor, Act.PAYMENT_TAKEN, **about, again=True)
    return earlier


def _require_same(
    actor: Actor, earlier: CounterPayment, request: Taken, bill_ids: Sequence[str]
) -> None:
    """Raise VoucherUsed unless a payment is what somebody asks for once more."""
    same_bills = set(earlier.bill_ids) <= set(bill_ids)
    same_fen = request.amount_fen in {None, earlier.amount_fen}
    if not (same_bills and same_fen and earlier.taken_by == actor.person_id):
        raise VoucherUsed("这个票据号已登记过一笔缴费,请核对票据")


async def details(deps: Dependencies, payment: CounterPayment) -> CounterPaymentDetails:
    """Show a counter payment with its receipt."""
    return await views.details(deps, payment, await receipts.get(deps, payment.id))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: CounterPaymentsQuery
) -> Page[CounterPaymentView]:
    """Counter payments of a compound or a part of it; to a firm those to itself.

    Raises NotFound.
    """
    require_at(actor, Permission.TAKE_PAYMENTS, place)
    own = await own_money.find(deps, actor, place, by=Permission.TAKE_PAYMENTS)
    accounts = own.accounts if own else None
    compound = places.compound_of(place)
    found = await store.page(deps.db, compound, place, query, accounts=accounts)
    return found.of(await views.views(deps, found.items))


async def get(deps: Dependencies, actor: Actor, payment_id: str) -> CounterPaymentDetails:
    """Return a counter payment with its receipt. Raises NotFound."""
    return await details(deps, await _access(deps, actor, payment_id))


async def _access(deps: Dependencies, actor: Actor, payment_id: str) -> CounterPayment:
    by = Permission.TAKE_PAYMENTS
    return await own_money.accessible(
        deps,
        actor,
        await store.find(deps.db, payment_id),
        by,
        at=lambda payment: payment.place,
        missing=MISSING,
    )


async def printed_receipt(
    deps: Dependencies, actor: Actor, payment_id: str
) -> tuple[str, bytes]:
    """Return number and sheet of the receipt of a counter payment, as PDF. Raises NotFound."""
    payment = await _access(deps, actor, payment_id)
    return await receipts.printed(deps, payment.id, ReceiptSheetQuery())


# ── what other packages ask ─────────────────────────────────────────────────────────────


async def require_not_own(deps: Dependencies, actor: Actor, payment_id: str) -> str:
    """Return the place of a payment, "" for none. Raises OwnHome for the actor's own homes."""
    found = await store.find(deps.db, payment_id) if payment_id else None
    if found is None:
        return ""
    interests.require_not_own(actor, [line.home for line in found.lines])
    return found.place


async def days_of(
    deps: Dependencies, account: str, way: CounterWay, first: Day, last: Day
) -> set[Day]:
    """Return the days of a span on which money came into an account, or was booked."""
    return await store.days_of(deps.db, account, way, start_of(first), end_of(last))


async def of_day(
    deps: Dependencies, account: str, way: CounterWay, day: Day
) -> list[CounterPayment]:
    """Return the payments into an account in a way whose money came on a day."""
    return await store.paid_on(deps.db, account, way, start_of(day), end_of(day))


async def late(
    deps: Dependencies, account: str, way: CounterWay, first: Day, last: Day
) -> list[CounterPayment]:
    """Return those that were booked in a span, each on a later day than its money came."""
    return await store.late(deps.db, account, way, start_of(first), end_of(last))


def journal_id(payment_id: str) -> str:
    """Name the journal that books a payment."""
    return f"counter:{payment_id}"
