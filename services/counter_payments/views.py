"""Views of counter payments: in lists, and whole with their receipts."""

from collections.abc import Sequence

from services.counter_payments.models import (
    CounterPayment,
    CounterPaymentDetails,
    CounterPaymentView,
)
from services.dependencies import Dependencies
from services.kernel.views import show
from services.payments.models import bills_of
from services.payments.receipts.models import ReceiptView
from services.places import actions as places


async def views(
    deps: Dependencies, payments: Sequence[CounterPayment]
) -> list[CounterPaymentView]:
    """Show counter payments in a list."""
    addresses = await places.addresses(deps, sorted({each.place for each in payments}))
    return [
        show(
            each,
            CounterPaymentView,
            payment_id=each.id,
            address=addresses.get(each.place, each.place),
            bills=len(bills_of(each.lines)),
        )
        for each in payments
    ]


async def details(
    deps: Dependencies, payment: CounterPayment, receipt: ReceiptView
) -> CounterPaymentDetails:
    """Show a counter payment whole."""
    [shown] = await views(deps, [payment])
    return show(
        shown, CounterPaymentDetails, receipt_number=receipt.number, lines=receipt.lines
    )
