"""Bookings of transfers: each is one counter payment, whose voucher is the bank's number."""

from typing import Final

from services.bank_statements.transfers import store as transfers_store
from services.bank_statements.transfers.models import Transfer
from services.bank_statements.transfers.states import BankTransferAction
from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterPayment, CounterWay, TakePayment
from services.dependencies import Dependencies
from services.grants import actions as grants
from services.kernel.errors import DomainError, TooMany, Unavailable
from services.kernel.money import yuan
from services.kernel.permissions import Actor

# A bank's own file proves older transfers than somebody's word does.
LONGEST_AGO_DAYS: Final = 366


async def book_one(deps: Dependencies, transfer: Transfer) -> None:
    """Book a transfer that somebody confirmed, as they may now, or keep why it cannot be.

    Raises what goes over by itself, so that the job is done again.
    """
    booked = await counter_payments.booked(deps, [transfer.id])
    if transfer.id in booked:
        await _note(deps, transfer, booked[transfer.id])
        return
    actor = Actor(
        transfer.chosen_by, "", grants=await grants.grants_of(deps, transfer.chosen_by)
    )
    wish = TakePayment(
        bill_ids=transfer.bill_ids,
        way=CounterWay.TRANSFER,
        voucher=transfer.number,
        amount_fen=transfer.amount_fen,
        paid_on=transfer.day,
    )
    try:
        made = await counter_payments.take(deps, actor, wish, longest_ago_days=LONGEST_AGO_DAYS)
    except (Unavailable, TooMany):
        raise
    except DomainError as error:
        await _refuse(deps, transfer, error.message)
        return
    done = {"payment": made.payment_id, "refusal": ""}
    await transfers_store.move(deps.db, transfer.id, BankTransferAction.BOOK, done)


async def _note(deps: Dependencies, transfer: Transfer, payment: CounterPayment) -> None:
    """Note the payment that has the number already: of this job before, or of somebody."""
    if payment.amount_fen == transfer.amount_fen:
        done = {"payment": payment.id, "refusal": ""}
        await transfers_store.move(deps.db, transfer.id, BankTransferAction.BOOK, done)
        return
    said = f"这个流水号已登记过一笔{yuan(payment.amount_fen)}元,请核对"
    await _refuse(deps, transfer, said)


async def _refuse(deps: Dependencies, transfer: Transfer, said: str) -> None:
    why = {"refusal": said}
    await transfers_store.move(deps.db, transfer.id, BankTransferAction.REFUSE, why)
