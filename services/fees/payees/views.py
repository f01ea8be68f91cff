"""Views of payees."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.fees.payees.models import Payee, PayeeView
from services.kernel.views import show
from services.places import actions as places


async def view(deps: Dependencies, payee: Payee) -> PayeeView:
    """Show a payee to whoever manages fees."""
    [shown] = await views(deps, [payee])
    return shown


async def views(deps: Dependencies, payees: Sequence[Payee]) -> list[PayeeView]:
    """Show payees, each with the name that its account is configured under."""
    addresses = await places.addresses(deps, sorted({payee.place for payee in payees}))
    clients = {payee.account: deps.merchants.get(payee.account) for payee in payees}
    return [
        show(
            payee,
            PayeeView,
            payee_id=payee.id,
            address=addresses.get(payee.place, payee.place),
            account_name=client.account.name if (client := clients[payee.account]) else None,
            firm_id=payee.firm or None,
        )
        for payee in payees
    ]
