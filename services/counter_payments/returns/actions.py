"""Actions on returns of prepaid money at the counter: what was approved is handed out."""

from pymongo.errors import DuplicateKeyError

from services.counter_payments import payouts
from services.counter_payments.refunds.models import PayOut
from services.dependencies import Dependencies, Transaction
from services.kernel.permissions import Actor
from services.ledger import actions as ledger
from services.ledger.models import PREPAYMENT_RETURN, Journal, Posting, payable
from services.payments.prepayment_returns import actions as returns
from services.payments.prepayment_returns import notify
from services.payments.prepayment_returns.models import SIGNED_BY, PrepaymentReturn, ReturnView
from services.payments.prepayment_returns.states import TABLE, ReturnAction


async def pay_out(deps: Dependencies, actor: Actor, return_id: str, wish: PayOut) -> ReturnView:
    """Hand out the money of an approved return, once.

    Raises NotFound, OwnHome, OtherPayee, PayoutIncomplete, NotEnoughCash, DeliveryOpen,
    VoucherUsed, ReturnMovedOn.
    """
    found = await returns.access(deps, actor, return_id, by=TABLE.needs(ReturnAction.PAY_OUT))
    payouts.require_whole(wish)
    await payouts.begin(deps, actor, found.account)

    async def save(tx: Transaction) -> PrepaymentReturn:
        return await _book(deps, tx, actor, found, wish)

    try:
        done = await deps.in_transaction(save)
    except DuplicateKeyError:  # the voucher was used at this moment
        done = await deps.in_transaction(save)
    return await returns.shown(deps, done)


async def _book(
    deps: Dependencies, tx: Transaction, actor: Actor, found: PrepaymentReturn, wish: PayOut
) -> PrepaymentReturn:
    """Write return, journal, messages and audit row in one go."""
    prepayment = await returns.require_apart(deps, tx, actor, found.prepayment)
    await payouts.require(deps, tx, actor, found, wish)
    action, changes = ReturnAction.PAY_OUT, payouts.changes(deps, actor, found, wish, SIGNED_BY)
    moved = await returns.move(deps, tx, found, action, **changes)
    await returns.attach(deps, tx, actor, moved, moved.proofs)
    await ledger.post(deps, tx, _journal(deps, moved))
    await notify.notify_owners(deps, tx, moved, prepayment, notify.handed_out(moved))
    await returns.record(deps, tx, actor, TABLE.act(action), moved)
    return moved


def _journal(deps: Dependencies, made: PrepaymentReturn) -> Journal:
    owed = payable(made.account, made.id)
    return Journal(
        id=f"prepayment-return:{made.id}",
        kind=PREPAYMENT_RETURN,
        place=made.compound,
        at=deps.now(),
        postings=[
            Posting(owed, made.amount_fen),
            Posting(payouts.source_of(made), -made.amount_fen),
        ],
        reference={"return": made.id, "refund": made.number, "voucher": made.voucher},
    )
