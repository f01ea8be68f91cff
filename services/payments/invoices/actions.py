"""Actions on requests for invoices: who paid asks, the firm writes the invoice elsewhere.

Invoices are made in the tax office's own system; here is kept who wants which, and its number.
Source: 《发票管理办法》第18、20条 (whoever takes money issues an invoice when asked for it).
"""

from typing import Any

from services.audit import actions as audit
from services.bills import own_money
from services.dependencies import Dependencies, Transaction
from services.firms import credit_code
from services.kernel import emails, errors, interests, phones
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.payments import actions as payments
from services.payments import store as payments_store
from services.payments.invoices import notify, store, views
from services.payments.invoices.models import (
    EMAIL,
    PHONE,
    TAX_NUMBER,
    TITLE,
    AskInvoice,
    InvoiceDone,
    InvoiceRequest,
    InvoiceRow,
    InvoicesQuery,
    InvoiceView,
    TitleKind,
)
from services.payments.invoices.states import (
    TABLE,
    InvoiceAction,
    InvoiceMovedOn,
    ReceiptNotReversed,
    ReceiptReversed,
)
from services.payments.models import Payment
from services.payments.receipts import checks
from services.payments.receipts.models import Receipt, ReceiptStanding
from services.places import actions as places

MISSING = "没有找到这个开票申请"


class BadInvoice(errors.InvalidInput):
    """A company has a tax number that is right; a person has none."""

    code = "bad_invoice"


async def ask(
    deps: Dependencies, actor: Actor, payment_id: str, wish: AskInvoice
) -> InvoiceView:
    """Ask for the invoice of a receipt of one's own, or ask with other words, or anew.

    Raises NotFound, BadInvoice, BadCreditCode, InvalidEmail, InvalidPhone, ReceiptReversed;
    InvoiceMovedOn once it is sent.
    """
    _check(wish)
    payment = await payments.access_receipt(deps, actor, payment_id)
    receipt, reversed_fen = await checks.of_payment(deps, payment_id)
    if checks.standing(receipt, reversed_fen) is ReceiptStanding.REVERSED:
        raise ReceiptReversed("这笔缴费已全部退回,不能开发票")
    new = _draft(deps, payment, receipt, wish)

    async def save(tx: Transaction) -> InvoiceRequest:
        made = await _put(deps, tx, new)
        about: dict[str, Any] = {"place": made.place, "subject": made.id}
        await audit.record(deps, tx, actor, TABLE.act(InvoiceAction.ASK), **about)
        return made

    return views.view(deps, await deps.in_transaction(save), reversed_fen)


def _check(wish: AskInvoice) -> None:
    if (wish.kind is TitleKind.COMPANY) != (wish.tax_number is not None):
        raise BadInvoice("单位抬头请填写税号,个人抬头不填税号")


def _draft(
    deps: Dependencies, payment: Payment, receipt: Receipt, wish: AskInvoice
) -> InvoiceRequest:
    vault, own, now = deps.vault, payment.id, deps.now()
    number = credit_code.check(wish.tax_number) if wish.tax_number else ""
    email = emails.normalise(wish.email) if wish.email else ""
    phone = phones.normalise(wish.phone) if wish.phone else ""
    return InvoiceRequest(
        id=own,
        person=payment.owner,
        place=places.compound_of(payment.lines[0].home),
        account=payment.account,
        payee_name=payment.payee_name,
        receipt_number=receipt.serial_number or receipt.number,
        amount_fen=receipt.amount_fen,
        kind=wish.kind,
        title_sealed=TITLE.seal(vault, own, wish.title),
        tax_number_sealed=TAX_NUMBER.seal(vault, own, number) if number else "",
        email_sealed=EMAIL.seal(vault, own, email) if email else "",
        phone_sealed=PHONE.seal(vault, own, phone) if phone else "",
        asked_at=now,
        changed_at=now,
    )


async def _put(deps: Dependencies, tx: Transaction, new: InvoiceRequest) -> InvoiceRequest:
    """Write a request, the first of its receipt or over the one that is there."""
    if await store.find(deps.db, new.id, tx=tx) is None:
        await store.insert(deps.db, tx, new)
        return new
    names = ("kind", *store.SEALED, "receipt_number", "asked_at", "changed_at")
    changes = {name: getattr(new, name) for name in names}
    moved = await store.move(deps.db, tx, new.id, InvoiceAction.ASK, changes)
    if moved is None:
        raise InvoiceMovedOn("发票已经开好了,需要更改请联系收款单位")
    return moved


async def of_payment(deps: Dependencies, actor: Actor, payment_id: str) -> InvoiceView:
    """Return the request for a receipt of one's own. Raises NotFound."""
    payment = await payments.access_receipt(deps, actor, payment_id)
    found = await store.find(deps.db, payment.id)
    if found is None:
        raise errors.NotFound(MISSING)
    return views.view(deps, found, await _reversed(deps, found))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: InvoicesQuery
) -> Page[InvoiceRow]:
    """Requests under a place; to a firm of what was paid to itself. Raises NotFound."""
    require_at(actor, Permission.KEEP_INVOICES, place)
    own = await own_money.find(deps, actor, place, by=Permission.KEEP_INVOICES)
    accounts = own.accounts if own else None
    found = await store.page(deps.db, place, query, accounts=accounts)
    return found.of(await views.rows(deps, found.items))


async def get(deps: Dependencies, actor: Actor, request_id: str) -> InvoiceView:
    """Return a request whole, for who writes the invoice, and note it. Raises NotFound."""
    found = await _access(deps, actor, request_id)

    async def note(tx: Transaction) -> None:
        about: dict[str, Any] = {"place": found.place, "subject": found.id}
        await audit.record(deps, tx, actor, Act.INVOICE_READ, **about)

    await deps.in_transaction(note)
    return views.view(deps, found, await _reversed(deps, found))


async def _access(deps: Dependencies, actor: Actor, request_id: str) -> InvoiceRequest:
    by = Permission.KEEP_INVOICES
    return await own_money.accessible(
        deps,
        actor,
        await store.find(deps.db, request_id),
        by,
        at=lambda request: request.place,
        missing=MISSING,
    )


async def _reversed(deps: Dependencies, request: InvoiceRequest) -> int:
    _, reversed_fen = await checks.of_payment(deps, request.id)
    return reversed_fen


async def send(
    deps: Dependencies, actor: Actor, request_id: str, wish: InvoiceDone
) -> InvoiceView:
    """Note that the invoice was written and sent. Raises NotFound, OwnHome, InvoiceMovedOn."""
    found = await _access(deps, actor, request_id)
    await _require_not_own(deps, actor, found)
    return await _done(deps, actor, found, InvoiceAction.SEND, wish.number)


async def red_letter(
    deps: Dependencies, actor: Actor, request_id: str, wish: InvoiceDone
) -> InvoiceView:
    """Note that the invoice was taken back by a red-letter one, after money went back.

    Raises NotFound, OwnHome, ReceiptNotReversed, InvoiceMovedOn.
    """
    found = await _access(deps, actor, request_id)
    await _require_not_own(deps, actor, found)
    if not await _reversed(deps, found):
        raise ReceiptNotReversed("这笔缴费没有退款,不需要红冲")
    return await _done(deps, actor, found, InvoiceAction.RED_LETTER, wish.number)


async def _require_not_own(deps: Dependencies, actor: Actor, request: InvoiceRequest) -> None:
    """Raise OwnHome for the invoice of one's own payment, or of one for a home of one's own."""
    payment = await payments_store.find(deps.db, request.id)
    homes = [line.home for line in payment.lines] if payment else []
    interests.require_not_own_payment(actor, request.person, homes)


async def _done(
    deps: Dependencies, actor: Actor, found: InvoiceRequest, action: InvoiceAction, number: str
) -> InvoiceView:
    template = {
        InvoiceAction.SEND: notify.INVOICE_SENT,
        InvoiceAction.RED_LETTER: notify.INVOICE_RED,
    }[action]
    changes = {"numbers": [*found.numbers, number], "changed_at": deps.now()}

    async def save(tx: Transaction) -> InvoiceRequest:
        whole = changes | {"changed_by": actor.person_id}
        moved = await store.move(deps.db, tx, found.id, action, whole)
        if moved is None:
            raise InvoiceMovedOn("这个开票申请已经有变化,请刷新后再看")
        await notify.notify_payer(deps, tx, moved, template)
        about: dict[str, Any] = {"place": moved.place, "subject": moved.id}
        await audit.record(deps, tx, actor, TABLE.act(action), **about, number=number)
        return moved

    return views.view(deps, await deps.in_transaction(save), await _reversed(deps, found))
