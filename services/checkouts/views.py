"""Views of checkouts: how far each part is, and the order to pay next."""

from services.bills.states import BillState
from services.checkouts.models import (
    Checkout,
    CheckoutOrder,
    CheckoutPart,
    CheckoutPayment,
    CheckoutView,
    Part,
    PartState,
)
from services.kernel.views import show
from services.payments.models import PaymentOrder
from services.payments.orders import Sources


def view(checkout: Checkout, sources: Sources) -> CheckoutView:
    """Show how far a checkout is, by its bills and open orders as they were just read."""
    parts = [_part(part, sources) for part in checkout.parts]
    owed_fen = sum(part.owed_fen for part in parts)
    return CheckoutView(
        checkout_id=checkout.id,
        parts=parts,
        owed_fen=owed_fen,
        is_done=not owed_fen,
        expires_at=checkout.expires_at,
    )


def _part(part: Part, sources: Sources) -> CheckoutPart:
    own = [bill for bill in sources.bills if bill.id in part.bill_ids]
    owed_fen = sum(bill.owed_fen for bill in own if bill.state is BillState.OWING)
    held = {bill_id for order in sources.in_the_way for bill_id in order.bill_ids}
    state = PartState.WAITING if owed_fen else PartState.DONE
    if owed_fen and held.intersection(part.bill_ids):
        state = PartState.PAYING
    latest = part.payments[-1] if part.payments else None
    return show(part, CheckoutPart, owed_fen=owed_fen, state=state, payment_id=latest)


def order(made: PaymentOrder, left_fen: int) -> CheckoutOrder:
    """Show the order of one payee."""
    paid = show(made, CheckoutPayment)
    return show(made, CheckoutOrder, payments=[paid], left_fen=left_fen)
