"""Spares of an order: prepayments that keep what its bills do not take, as the payer chose.

What lies there at most is looked up when the order is made, so that nothing is looked up while
money is booked.
"""

from collections.abc import Sequence

from services.bills.models import Bill
from services.dependencies import Dependencies
from services.fees.models import FeeKind
from services.payments.advances.lines import line_for
from services.payments.models import Payment
from services.prepayments import offers
from services.prepayments.models import Prepayment

EXPLANATION = "账单未用完的部分转为预收,抵缴以后的账单"


async def add(deps: Dependencies, payment: Payment, bills: Sequence[Bill]) -> list[Prepayment]:
    """Add to an order the prepayments of its homes; return them as they are to be opened.

    None for a bill of who sold the home, nor for what no month to come is charged by its payee:
    that money goes back.
    """
    own = [b for b in bills if b.owners_until is None and b.kind.value in [*FeeKind]]
    found = []
    for home in sorted({bill.home for bill in own}):
        offer = await offers.find(deps, home, FeeKind(own[0].kind.value))
        if offer is not None and offer.payee.account == payment.account:
            payment.spares.append(line_for(offer, 0, EXPLANATION))
            found.append(offer.prepayment)
    return found
