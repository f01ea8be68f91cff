"""Payouts by transfer: refunds, prepaid money and deposits that left a payee's bank account.

Each is one journal with the number of its voucher. The documents say the same once more, so
that a day of the bank is held against both.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.bank_statements.payouts.models import OwnPayout, Payout, PayoutKind
from services.counter_payments.payouts import deposit_return_id
from services.counter_payments.refunds.models import PayoutWay
from services.counter_payments.vouchers import actions as vouchers
from services.dependencies import Dependencies
from services.deposits import actions as deposits
from services.deposits.journals import DEPOSIT_RETURN
from services.deposits.models import Deposit
from services.kernel import interests
from services.kernel.permissions import Actor
from services.ledger import actions as ledger
from services.ledger.models import COUNTER_REFUND, PREPAYMENT_RETURN, Journal, bank, posted
from services.payments.models import PaymentWay
from services.payments.prepayment_returns import actions as returns
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.payments.refund_requests import actions as requests
from services.payments.refund_requests.models import RefundRequest

# Kind of journal → what it gives back, and the name of its document in the journal.
KINDS: Final = {
    COUNTER_REFUND: (PayoutKind.REFUND, "request"),
    PREPAYMENT_RETURN: (PayoutKind.PREPAYMENT, "return"),
    DEPOSIT_RETURN: (PayoutKind.DEPOSIT, "deposit"),
}
PaidDocument = RefundRequest | PrepaymentReturn | Deposit


async def of_span(
    deps: Dependencies, account: str, start: datetime, end: datetime
) -> list[Payout]:
    """Return the payouts by transfer that were entered in a span."""
    found = [
        journal
        async for journal in ledger.of_account(deps, bank(account), [*KINDS], start, end)
    ]
    return await _read(deps, account, found)


async def of_numbers(deps: Dependencies, account: str, numbers: Sequence[str]) -> list[Payout]:
    """Return the payouts by transfers of some numbers."""
    if not numbers:
        return []
    refunds = await requests.of_vouchers(deps, account, numbers)
    back = await returns.of_vouchers(deps, account, numbers)
    kept = await vouchers.that_gave_deposits_back(deps, account, numbers)
    ids = [f"counter-refund:{each}" for each in refunds]
    ids += [f"prepayment-return:{each}" for each in back]
    ids += [deposit_return_id(account, each) for each in kept]
    return await find_many(deps, account, ids)


async def find_many(deps: Dependencies, account: str, ids: Sequence[str]) -> list[Payout]:
    """Return those of some payouts that left the bank account of a payee."""
    return await _read(deps, account, await ledger.find_many(deps, ids)) if ids else []


async def _read(deps: Dependencies, account: str, journals: Sequence[Journal]) -> list[Payout]:
    left = [j for j in journals if j.kind in KINDS and posted(j, bank(account)) < 0]
    kept = await _documents(deps, left)
    return [_payout(account, each, kept[each.id]) for each in left if each.id in kept]


async def _documents(
    deps: Dependencies, journals: Sequence[Journal]
) -> Mapping[str, PaidDocument]:
    """Return journal → the document that it is about."""
    ids: dict[str, list[str]] = {name: [] for _, name in KINDS.values()}
    for journal in journals:
        name = KINDS[journal.kind][1]
        ids[name].append(journal.reference[name])
    kept: dict[str, PaidDocument] = {}
    kept |= await requests.find_many(deps, ids["request"])
    kept |= await returns.find_many(deps, ids["return"])
    kept |= await deposits.find_many(deps, ids["deposit"])
    named = {each.id: each.reference[KINDS[each.kind][1]] for each in journals}
    return {journal: kept[name] for journal, name in named.items() if name in kept}


def _payout(account: str, journal: Journal, kept: PaidDocument) -> Payout:
    voucher = journal.reference["voucher"]
    said, told_fen = _said(kept)
    return Payout(
        id=journal.id,
        kind=KINDS[journal.kind][0],
        account=account,
        voucher=voucher,
        amount_fen=-posted(journal, bank(account)),
        told_fen=told_fen if said == voucher else None,
        at=journal.at,
        place=kept.place if isinstance(kept, RefundRequest) else kept.home,
        homes=_homes(kept),
        paid_out_by=kept.paid_out_by,
    )


def _said(kept: PaidDocument) -> tuple[str, int]:
    """Return the number of the transfer that a document names, "" for none, and the money."""
    if isinstance(kept, Deposit):
        is_transfer = kept.back is PayoutWay.TRANSFER
        return kept.back_voucher if is_transfer else "", kept.back_fen
    return kept.voucher if kept.back is PaymentWay.TRANSFER else "", kept.amount_fen


def _homes(kept: PaidDocument) -> list[str]:
    if isinstance(kept, RefundRequest):
        return [line.home for line in kept.lines]
    return [kept.home]


def require_apart(actor: Actor, payout: Payout) -> None:
    """Raise OwnHome for money of the actor's home, OwnPayout for what they handed out."""
    interests.require_not_own(actor, payout.homes)
    if payout.paid_out_by == actor.person_id:
        raise OwnPayout("自己办理的退款转账,请由同事核对")
