"""Orders at WeChat Pay: drafted, placed, queried, cancelled.

An outcome that we did not hear is unknown, never "no". The bills of an order are free again
only after close and query have said that nobody can pay it any more
(docs/reference/wechat.md, Orders).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog

from services.bills import actions as bills_actions
from services.bills.models import Bill
from services.dependencies import Dependencies
from services.fees.payees import actions as payees
from services.fees.payees.merchants import client_of_order
from services.fees.payees.models import Payee
from services.kernel import errors, unions
from services.kernel.permissions import Actor, Permission
from services.merchants import actions as merchants
from services.payments import booking, store
from services.payments.models import Line, Payment
from services.payments.refusals import PayeeUnavailable, TooMuch
from services.payments.states import Event
from services.people import actions as people
from services.people.models import Person
from services.wechat.errors import PayError, PayReaction

# How long a payer has: long enough for somebody who is slow with a phone, and well inside the
# two hours that a prepay id lives.
TIME_TO_PAY: Final = timedelta(minutes=30)
# Our own call may still be on its way for this long: "no such order" is not yet final.
IN_FLIGHT: Final = timedelta(seconds=60)
# When an order is queried: so long after it was made, then once at its end, then every ten
# minutes, then every hour.
QUERIES_AFTER: Final = tuple(timedelta(seconds=s) for s in (5, 15, 30, 60, 180, 600, 1800))
# How long after its own end an order is cancelled: somebody may be typing the password.
GRACE: Final = timedelta(minutes=5)
HOURLY_AFTER: Final = timedelta(hours=2)

log = structlog.get_logger(__name__)


class Sources(NamedTuple):
    """What an order is drafted from.

    `in_the_way`: open orders that hold some of the bills. `payees`: of the places around their
    homes, and maybe of others. `person`: who pays; None when there is no such person.
    """

    bills: list[Bill]
    in_the_way: list[Payment]
    payees: list[Payee]
    person: Person | None


class Recipient(NamedTuple):
    """Who is paid by an order. `payee`: its id; "" for a bill from before there were payees."""

    payee: str
    account: str
    payee_name: str
    numbers_receipts: bool = False


async def read(deps: Dependencies, actor: Actor, bill_ids: Sequence[str]) -> Sources:
    """Read what an order of the actor for bills is drafted from, in one round trip.

    One more for a repair at a home that is not the actor's any more: its payees are not known
    beforehand. Raises NotFound, Forbidden for bills that are not the actor's to pay.
    """
    homes = actor.places(Permission.PAY_BILLS)
    asked, open_orders = bills_actions.part(bill_ids), store.part_open(bill_ids)
    near, own = payees.part_around(homes), people.part(actor.person_id)
    news = merchants.part_news(deps)
    found = await unions.read(deps.db, [asked, open_orders, near, own, news])
    merchants.take(deps, found.of(news))
    bills = bills_actions.access(actor, bill_ids, found.of(asked))
    elsewhere = {bill.home for bill in bills} - set(homes)
    return Sources(
        bills=bills,
        in_the_way=found.of(open_orders),
        payees=[*found.of(near), *await payees.around(deps, sorted(elsewhere))],
        person=next(iter(found.of(own)), None),
    )


def draft(deps: Dependencies, actor: Actor, sources: Sources, lines: Sequence[Line]) -> Payment:
    """Draft an order of the actor for bills of one payee; nothing is written or sent.

    `lines`: what is paid of which of the bills.

    Raises PayeeUnavailable when the bills' payee may not take this fee into this account, or
    the account is not configured here.
    """
    bills = sources.bills
    payee, payee_name = _payee(bills, sources.payees)
    numbered = any(p.numbers_receipts for p in sources.payees if payee and p.id == payee)
    to = Recipient(payee, bills[0].account, payee_name, numbered)
    return compose(deps, actor, sources.person, to, lines)


def compose(
    deps: Dependencies,
    actor: Actor,
    person: Person | None,
    to: Recipient,
    lines: Sequence[Line],
) -> Payment:
    """Return an order of the actor for lines; nothing is written or sent.

    Raises PayeeUnavailable when the account is not configured here, or switched off.
    """
    now, account = deps.now(), to.account
    client = deps.merchants.get(account)
    if client is None:
        raise PayeeUnavailable("收款单位的微信支付还没有开通,请联系物业或社区")
    require_on(deps, account)
    payment_id, expires_at = deps.new_id(), now + TIME_TO_PAY
    amount_fen = sum(line.amount_fen for line in lines)
    body = client.prepay_body(
        payment_id,
        amount_fen=amount_fen,
        description=f"{to.payee_name} {title(lines)}",
        openid=_openid(person),
        expires_at=expires_at,
    )
    return Payment(
        id=payment_id,
        person=actor.person_id,
        payee=to.payee,
        account=account,
        payee_name=to.payee_name,
        numbers_receipts=to.numbers_receipts,
        lines=list(lines),
        bill_ids=[line.bill_id for line in lines],
        amount_fen=amount_fen,
        body=body,
        created_at=now,
        expires_at=expires_at,
    )


def require_on(deps: Dependencies, account: str) -> None:
    """Raise PayeeUnavailable for an account that is switched off, as `read` found it.

    Its orders are being closed, so the one that is open is not handed out again either.
    """
    if account in deps.merchants and not deps.merchants.takes_orders(account):
        raise PayeeUnavailable("收款单位的微信支付暂停使用,请联系物业或社区")


def _payee(bills: Sequence[Bill], found: Sequence[Payee]) -> tuple[str, str]:
    """Return the id and name of who is paid. Its name is the payee's, not the bill's copy.

    One that may charge no longer is still paid what it is owed. Bills from before there were
    payees are paid as they say, unless their account is known by another name or other fees.
    """
    for bill in bills:
        there = payees.at_home(found, bill.home)
        known = [p for p in there if p.account == bill.account and not p.is_slip]
        right = [p for p in known if p.takes(bill.kind) and p.id == (bill.payee or p.id)]
        if not bill.payee:
            right = [payee for payee in right if payee.name == bill.payee_name]
        if not right and (known or bill.payee):
            log.error("bill_of_wrong_payee", bill=bill.id, account=bill.account)
            raise PayeeUnavailable("这笔账单的收款单位有误,请联系物业或社区")
        paid = (right[0].id, right[0].name) if right else ("", bill.payee_name)
    return paid


def _openid(person: Person | None) -> str:
    if person is None or person.closed_at:
        raise errors.Unauthenticated("这个账号已注销,请重新登录")
    return person.openid


def title(lines: Sequence[Line]) -> str:
    """Name what is paid as WeChat shows it to the payer: 物业费 2026-01至2026-03."""
    kinds = "、".join(dict.fromkeys(line.kind.label for line in lines))
    if all(line.prepaid for line in lines):
        return f"预存{kinds}"
    first, last = min(line.period for line in lines), max(line.period for line in lines)
    return f"{kinds} {first}" if first == last else f"{kinds} {first}至{last}"


def lines_of(bills: Sequence[Bill], amount_fen: int | None) -> list[Line]:
    """Return what an amount pays of bills, the oldest first; None pays all that is owed.

    In the order of the bills; one of which it pays nothing is left out. What is due first is
    paid first unless the payer says otherwise, by the bills they choose (民法典 art. 560).
    Raises TooMuch for more than is owed.
    """
    left = sum(bill.owed_fen for bill in bills)
    if amount_fen is not None and amount_fen > left:
        raise TooMuch("金额超过应缴金额,请刷新后再试", owed_fen=left)
    left = left if amount_fen is None else amount_fen
    paid: dict[str, int] = {}
    for bill in sorted(bills, key=lambda bill: (bill.period, bill.due_on or "", bill.id)):
        paid[bill.id] = min(left, bill.owed_fen)
        left -= paid[bill.id]
    return [line_of(bill, paid[bill.id]) for bill in bills if paid[bill.id]]


def line_of(bill: Bill, amount_fen: int) -> Line:
    """Return the line of an order that pays so much of a bill."""
    return Line(
        bill_id=bill.id,
        home=bill.home,
        kind=bill.kind,
        period=bill.period,
        explanation=bill.explanation,
        amount_fen=amount_fen,
    )


async def place(deps: Dependencies, payment: Payment) -> Payment:
    """Place an order at WeChat, or place it again (same bytes) for a fresh prepay id.

    Raises PayError when WeChat refused or could not be heard; the order's state tells which.
    """
    client = client_of_order(deps, payment.account, payment.body)
    try:
        prepay_id = await client.prepay(payment.body)
    except PayError as error:
        await _record_failure(deps, payment, error)
        raise
    now = deps.now()
    moved = await store.move_and_get(
        deps.db, payment.id, Event.PREPARED, prepay_id=prepay_id, prepaid_at=now
    )
    if moved is None:  # placed before, or the notice of the payment overtook this answer
        await store.renew_prepay(deps.db, payment.id, prepay_id, now)
        moved = await store.find(deps.db, payment.id)
    return moved or payment


async def _record_failure(deps: Dependencies, payment: Payment, error: PayError) -> None:
    log.warning("prepay_failed", payment=payment.id, code=error.code, unknown=error.unknown)
    match error.reaction:
        case PayReaction.PERMANENT | PayReaction.CONFIG_ALARM | PayReaction.SHOW:
            # Only a first request: a refused repeat leaves what the first one made payable.
            event, at = Event.REFUSED, deps.now()
            await store.close(deps.db, payment.id, event, because=error.code, at=at)
        case _:
            await store.move(deps.db, payment.id, Event.ANSWER_LOST)


async def query(deps: Dependencies, payment: Payment) -> Payment:
    """Ask WeChat what became of an order, and record it; return the order as it is then.

    Raises PayError when WeChat is not heard.
    """
    client = client_of_order(deps, payment.account, payment.body)
    try:
        trade = await client.query(payment.id)
    except PayError as error:
        if error.reaction is not PayReaction.ORDER_MISSING:
            raise
        await _record_missing(deps, payment)
    else:
        await booking.record(deps, client, payment, trade)
    return await store.find(deps.db, payment.id) or payment


async def _record_missing(deps: Dependencies, payment: Payment) -> None:
    """Record that WeChat denies an order: it frees the bills only of one that no phone has.

    With a prepay id somebody can pay, or has paid, whatever a query says. Such an order is
    asked for beyond its end, until WeChat answers or its daily bill shows that nobody paid. Of
    one that is closed already nobody expects that WeChat knows it.
    """
    now, because = deps.now(), "never_reached_wechat"
    if now - payment.created_at < IN_FLIGHT or not payment.is_pending:
        return
    if await store.close(deps.db, payment.id, Event.NEVER_ARRIVED, because=because, at=now):
        return
    await store.note_missing(deps.db, payment.id, now)
    log.error("order_missing_at_wechat", payment=payment.id, account=payment.account)


async def cancel(deps: Dependencies, payment: Payment, *, because: str) -> Payment:
    """Close an order at WeChat, then query it. Still open afterwards: somebody may be paying.

    Raises PayError when WeChat is not heard.
    """
    client = client_of_order(deps, payment.account, payment.body)
    try:
        await client.close_order(payment.id)
    except PayError as error:
        # Whatever the refusal, the query that follows decides.
        log.info("close_refused", payment=payment.id, code=error.code, because=because)
    return await query(deps, payment)


def next_query(payment: Payment, now: datetime) -> datetime:
    """Return when an open order is to be queried next."""
    end = payment.expires_at + GRACE
    coming = [payment.created_at + wait for wait in QUERIES_AFTER] + [end]
    later = [at for at in coming if at > now and at <= end]
    if later:
        return later[0]
    return now + timedelta(minutes=10 if now - end < HOURLY_AFTER else 60)
