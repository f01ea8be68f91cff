"""Take-backs: what somebody said of a row of the bank's was wrong, and the row waits again.

What is known by a number, and what was booked for bills, is not taken back here: money that was
booked goes back by a refund.
"""

from typing import Any

from services.bank_statements import actions
from services.bank_statements.payouts import actions as payouts
from services.bank_statements.transfers.models import (
    BankDirection,
    BankTransferView,
    Transfer,
    TransferFit,
)
from services.bank_statements.transfers.states import BankTransferAction, BankTransferState
from services.dependencies import Dependencies
from services.kernel import vouchers
from services.kernel.errors import Conflict
from services.kernel.permissions import Actor
from services.reconciliations import actions as reconciliations
from services.reconciliations.models import DaySource


class CardDayClosed(Conflict):
    """A day of the card machine was closed with the settlement that is to be taken back."""

    code = "card_day_closed"


async def take_back(deps: Dependencies, actor: Actor, transfer: str) -> BankTransferView:
    """Open a row again that was set aside, settled, or confirmed as a payout.

    Raises NotFound, TransferMovedOn, CardDayClosed, OwnHome, OwnPayout.
    """
    row = await actions.access_transfer(deps, actor, transfer)
    action = BankTransferAction.TAKE_BACK
    changes: dict[str, Any] = {"set_aside_by": "", "set_aside_because": ""}
    match row.state:
        case BankTransferState.SETTLED:
            await _require_open_days(deps, row)
            changes |= {"settled": [], "fee_fen": 0, "settled_by": ""}
        case BankTransferState.BOOKED:
            await _require_confirmed(deps, actor, row)
            action = BankTransferAction.UNLINK
            changes |= {"payment": "", "fit": TransferFit.NONE}
    changes["entered_at"] = deps.now()  # a day that was closed before says that it came later
    return await actions.act(deps, actor, transfer, action, changes)


async def _require_open_days(deps: Dependencies, row: Transfer) -> None:
    days = [each.day for each in row.settled]
    source, account = DaySource.CARDS, row.account
    closed = await reconciliations.closed_days(deps, account, source, min(days), max(days))
    if not closed.keys().isdisjoint(days):
        raise CardDayClosed("刷卡日已按这笔结算款结账,不能撤回")


async def _require_confirmed(deps: Dependencies, actor: Actor, row: Transfer) -> None:
    """Raise TransferMovedOn unless a person said which payout a row is."""
    found = await payouts.find_many(deps, row.account, [row.payment])
    is_left = row.direction is BankDirection.OUT
    if not is_left or not found or vouchers.key(found[0].voucher) == row.number_key:
        raise actions.TransferMovedOn("这笔流水已按流水号登记,不能撤回")
    payouts.require_apart(actor, found[0])
