"""Bookings of transfers: each is one counter payment, whose voucher is the bank's number."""

from collections.abc import Sequence
from typing import Final

from services.bank_statements.transfers import store as transfers_store
from services.bank_statements.transfers.models import Transfer
from services.bank_statements.transfers.states import BankTransferAction
from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterPayment, CounterWay, TakePayment
from services.dependencies import Dependencies
from services.deposits import actions as deposits
from services.deposits.models import Deposit
from services.grants import actions as grants
from services.kernel.errors import DomainError, TooMany, Unavailable
from services.kernel.money import yuan
from services.kernel.permissions import Actor

# A bank's own file proves older transfers than somebody's word does.
LONGEST_AGO_DAYS: Final = 366
GIVEN_UP: Final = "多次登记没有成功,请核对后重新确认"


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
    await _book(deps, transfer, made.payment_id)


async def money_of(
    deps: Dependencies, ids: Sequence[str]
) -> dict[str, CounterPayment | Deposit]:
    """Return row → the payment or deposit that was booked by its number, of those that are."""
    found: dict[str, CounterPayment | Deposit] = {}
    found |= await counter_payments.booked(deps, ids)
    return found | await deposits.find_many(deps, ids)


async def give_back(deps: Dependencies, transfer: Transfer) -> None:
    """Let a person look at a transfer again whose job was given up.

    It may have been booked before that: then it is noted. Nobody books it a second time, as its
    payment has the number.
    """
    booked = await counter_payments.booked(deps, [transfer.id])
    if transfer.id in booked:
        await _note(deps, transfer, booked[transfer.id])
        return
    await transfers_store.give_back(deps.db, transfer, GIVEN_UP)


async def _book(deps: Dependencies, transfer: Transfer, payment: str) -> None:
    """Note the payment of a transfer, also of one that was handed back meanwhile."""
    done = {"payment": payment, "refusal": ""}
    if not await transfers_store.move(deps.db, transfer.id, BankTransferAction.BOOK, done):
        await transfers_store.move(deps.db, transfer.id, BankTransferAction.FIND, done)


async def _note(deps: Dependencies, transfer: Transfer, payment: CounterPayment) -> None:
    """Note the payment that has the number already: of this job before, or of somebody."""
    if payment.amount_fen == transfer.amount_fen:
        await _book(deps, transfer, payment.id)
        return
    said = f"这个流水号已登记过一笔{yuan(payment.amount_fen)}元,请核对"
    await _refuse(deps, transfer, said)


async def _refuse(deps: Dependencies, transfer: Transfer, said: str) -> None:
    why = {"refusal": said}
    await transfers_store.move(deps.db, transfer.id, BankTransferAction.REFUSE, why)
