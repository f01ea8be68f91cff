"""Views of returns of prepaid money."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.views import show
from services.payments.prepayment_returns.models import SIGNED_BY, PrepaymentReturn, ReturnView
from services.places import actions as places


async def views(deps: Dependencies, returns: Sequence[PrepaymentReturn]) -> list[ReturnView]:
    """Show returns to whoever handles them, in the order given."""
    addresses = await places.addresses(deps, sorted({each.home for each in returns}))
    return [
        show(
            each,
            ReturnView,
            return_id=each.id,
            prepayment_id=each.prepayment,
            address=addresses.get(each.home, each.home),
            photo_ids=each.photos,
            proof_ids=each.proofs,
            signed_by=_signed_by(deps, each),
        )
        for each in returns
    ]


def _signed_by(deps: Dependencies, each: PrepaymentReturn) -> str:
    sealed = each.signed_by_sealed
    return masking.name(SIGNED_BY.open(deps.vault, each.id, sealed)) if sealed else ""


async def view(deps: Dependencies, found: PrepaymentReturn) -> ReturnView:
    [shown] = await views(deps, [found])
    return shown
