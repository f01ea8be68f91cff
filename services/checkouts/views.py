"""Views of checkouts: how far each part is, and the order to pay next."""

from services.bills.states import BillState
from services.checkouts.models import (
    Checkout,
    CheckoutOrder,
    CheckoutPart,
    CheckoutPayment,
    CheckoutView,
    Part,
    PartProgress,
)
from services.dependencies import Dependencies
from services.kernel.views import show
from services.payments.combined import actions as combined
from services.payments.combined.actions import Together
from services.payments.models import PaymentOrder
from services.payments.orders import Sources
from services.payments.states import PaymentState


def view(deps: Dependencies, checkout: Checkout, sources: Sources) -> CheckoutView:
    """Show how far a checkout is, by its bills and open orders as they were just read."""
    parts = [_part(part, sources) for part in checkout.parts]
    owed_fen = sum(part.owed_fen for part in parts)
    return CheckoutView(
        checkout_id=checkout.id,
        parts=parts,
        owed_fen=owed_fen,
        is_done=not owed_fen,
        is_one_order=is_one_order(deps, checkout, sources),
        expires_at=checkout.expires_at,
    )


def is_one_order(deps: Dependencies, checkout: Checkout, sources: Sources) -> bool:
    """Tell whether WeChat takes one order for all that is left, as far as is known."""
    owing = {bill.id for bill in sources.bills if bill.state is BillState.OWING}
    left = [part.account for part in checkout.parts if owing.intersection(part.bill_ids)]
    if owing & suspended(sources):
        return False
    return not checkout.one_by_one and combined.is_possible(deps, left)


def suspended(sources: Sources) -> frozenset[str]:
    """Return the bills of which money lies in suspense, until a person has looked into it."""
    stuck = [each for each in sources.in_the_way if each.state is PaymentState.SUSPENDED]
    return frozenset(bill_id for order in stuck for bill_id in order.bill_ids)


def _part(part: Part, sources: Sources) -> CheckoutPart:
    own = [bill for bill in sources.bills if bill.id in part.bill_ids]
    owed_fen = sum(bill.owed_fen for bill in own if bill.state is BillState.OWING)
    held = {bill_id for order in sources.in_the_way for bill_id in order.bill_ids}
    state = PartProgress.WAITING if owed_fen else PartProgress.DONE
    if owed_fen and held.intersection(part.bill_ids):
        state = PartProgress.PAYING
    latest = part.payments[-1] if part.payments else None
    return show(part, CheckoutPart, owed_fen=owed_fen, state=state, payment_id=latest)


def order(made: PaymentOrder, left_fen: int) -> CheckoutOrder:
    """Show the order of one payee."""
    paid = show(made, CheckoutPayment)
    return show(made, CheckoutOrder, payments=[paid], left_fen=left_fen)


def together(made: Together) -> CheckoutOrder:
    """Show the combined order of all payees that are left."""
    parts = made.payments
    return CheckoutOrder(
        payments=[show(each, CheckoutPayment, payment_id=each.id) for each in parts],
        amount_fen=sum(each.amount_fen for each in parts),
        left_fen=0,
        expires_at=min(each.expires_at for each in parts),
        pay_params=made.params,
    )
