"""Checks of receipts: whether a paper in one's hand is ours, and was not taken back since.

Whoever holds the paper asks by the token of its code, without signing in. They are told what
proves it (number, payee, amount, day, what was reversed), and nothing of people or homes.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import day_of
from services.kernel.errors import NotFound
from services.kernel.views import show
from services.payments import store as payments_store
from services.payments.receipts import store
from services.payments.receipts.models import Receipt, ReceiptCheck, ReceiptStanding

TOKEN_BYTES: Final = 16  # 128 random bits: 22 characters of base64url


class ReceiptUnknown(NotFound):
    """No receipt has this token: the paper is not ours, or was copied wrongly."""

    code = "receipt_unknown"


def address_of(deps: Dependencies, token: str) -> str:
    """Return what the code on a receipt says."""
    return f"{deps.public_url}/v/{token}"


def draw_token() -> str:
    """Return what the code of a new receipt says, which nobody finds by trying."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def check(deps: Dependencies, token: str) -> ReceiptCheck:
    """Return what a receipt of ours says of money. Raises ReceiptUnknown."""
    receipt = await store.find_by_token(deps.db, token)
    if receipt is None:
        raise ReceiptUnknown("查不到这张收据,请核对后再试,或联系收款单位")
    reversed_fen = (await reversed_of(deps, [receipt.id]))[receipt.id]
    return show(
        receipt,
        ReceiptCheck,
        serial_number=receipt.serial_number,
        paid_on=day_of(receipt.paid_at),
        reversed_fen=reversed_fen,
        standing=standing(receipt, reversed_fen),
    )


async def of_payment(deps: Dependencies, payment_id: str) -> tuple[Receipt, int]:
    """Return a receipt, and what of it went back. Raises NotFound."""
    receipt = await store.get(deps.db, payment_id)
    return receipt, (await reversed_of(deps, [payment_id]))[payment_id]


async def reversed_of(deps: Dependencies, receipt_ids: Sequence[str]) -> dict[str, int]:
    """Return receipt → what of it went back, in fen: also from before there were reversals."""
    found = dict.fromkeys(receipt_ids, 0)
    for each in await store.reversals_of_many(deps.db, receipt_ids):
        found[each.reverses] += each.amount_fen
    payments = await payments_store.find_many(deps.db, receipt_ids)
    for payment in payments.values():
        found[payment.id] = max(found[payment.id], payment.returned_fen)
    return found


def standing(receipt: Receipt, reversed_fen: int) -> ReceiptStanding:
    """Tell how a receipt stands of which so much went back."""
    if not reversed_fen:
        return ReceiptStanding.GOOD
    is_whole = reversed_fen >= receipt.amount_fen
    return ReceiptStanding.REVERSED if is_whole else ReceiptStanding.PARTLY
