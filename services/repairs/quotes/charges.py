"""Charge of a quote: what the household said yes to is billed when the work is done."""

from services.bills import charges as bills
from services.bills.charges import Charge
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind
from services.kernel.days import day_of, plus_days
from services.kernel.money import yuan
from services.repairs.models import Repair
from services.repairs.quotes import actions, notify, store
from services.repairs.quotes.models import Quote, QuoteLine
from services.repairs.quotes.states import QuoteAction, QuoteState


async def settle(deps: Dependencies, tx: Transaction, repair: Repair) -> None:
    """Bill the quote of a repair in the transaction that finishes it; once, ever.

    Who pays hears of it when the repair is over (see debts.py).

    Without a yes nothing is to pay, whatever was offered; and nothing by a quote of a firm that
    does the repair no more. The caller writes the repair in this transaction.
    """
    quote = await store.open_of(deps.db, tx, repair.id)
    if quote is None:
        return
    theirs = repair.firm == quote.firm and await actions.serves(deps, quote)
    if quote.state is QuoteState.ACCEPTED and theirs:
        await _bill(deps, tx, quote)
    else:
        await _lapse(deps, tx, quote)


async def is_agreed(deps: Dependencies, tx: Transaction, repair: Repair) -> bool:
    """Tell whether somebody said yes to a quote of a repair whose work is not done."""
    quote = await store.open_of(deps.db, tx, repair.id)
    return quote is not None and quote.state is QuoteState.ACCEPTED


async def drop(deps: Dependencies, tx: Transaction, repair: Repair) -> None:
    """Let the quote of a repair lapse that ends without work: nothing is to pay.

    The caller writes the repair in this transaction.
    """
    quote = await store.open_of(deps.db, tx, repair.id)
    if quote is not None:
        await _lapse(deps, tx, quote)


async def _lapse(deps: Dependencies, tx: Transaction, quote: Quote) -> None:
    await store.move(deps.db, tx, quote, QuoteAction.LAPSE, ended_at=deps.now())
    await notify.ended(deps, tx, quote)


async def _bill(deps: Dependencies, tx: Transaction, quote: Quote) -> None:
    now = deps.now()
    bill = await bills.issue(deps, tx, _charge(quote))
    last = plus_days(day_of(now), quote.guarantee_days) if quote.guarantee_days else None
    done = {"bill": bill.id, "billed_at": now, "guaranteed_until": last}
    await store.move(deps.db, tx, quote, QuoteAction.BILL, **done)


def _charge(quote: Quote) -> Charge:
    sums = " + ".join(map(_sum, quote.lines))
    return Charge(
        kind=BillKind.REPAIR_FEE,
        source=quote.id,
        home=quote.place,
        debtor=quote.answered_by,
        payee=quote.payee,
        account=quote.account,
        payee_name=quote.payee_name,
        amount_fen=quote.total_fen,
        explanation=f"报修{quote.number}: {sums} = {yuan(quote.total_fen)}元",
    )


def _sum(line: QuoteLine) -> str:
    return f"{line.label}{line.quantity}{line.unit} × {yuan(line.unit_fen)}元"
