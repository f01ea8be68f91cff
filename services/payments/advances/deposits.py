"""Deposits of a payment: what of its money is kept for bills to come.

Money is never refused: what would make more lie there than a year of bills goes back.
"""

from collections.abc import Mapping

import msgspec

from services.dependencies import Dependencies, Transaction
from services.payments.models import Line, Payment
from services.prepayments import draws


async def keep(
    deps: Dependencies, tx: Transaction, payment: Payment, taken: Mapping[str, int]
) -> list[Line]:
    """Keep what a payment is to pay in advance; return its lines with what was kept.

    That is what it was made for, and what its bills did not take where the payer chose that.
    `taken`: bill id → what it took.
    """
    kept = []
    for line in wanted(payment, taken):
        fen = await draws.deposit(deps, tx, line.bill_id, line.amount_fen, line.most_fen)
        if fen:
            kept.append(msgspec.structs.replace(line, amount_fen=fen))
    return kept


def wanted(payment: Payment, taken: Mapping[str, int]) -> list[Line]:
    """Return the prepayments of a payment with what they are to get."""
    found = [line for line in payment.lines if line.prepaid]
    for spare in payment.spares:
        own = [line for line in payment.lines if line.home == spare.home and not line.prepaid]
        left = sum(line.amount_fen - taken.get(line.bill_id, 0) for line in own)
        if left:
            found.append(msgspec.structs.replace(spare, amount_fen=left))
    return found
