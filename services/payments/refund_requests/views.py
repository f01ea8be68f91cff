"""Views of requests of refunds."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.views import show
from services.payments.refund_requests.models import (
    SIGNED_BY,
    RefundLine,
    RefundRequest,
    RefundRequestView,
)
from services.places import actions as places


async def views(
    deps: Dependencies, requests: Sequence[RefundRequest]
) -> list[RefundRequestView]:
    """Show requests to whoever handles them, in the order given."""
    addresses = await places.addresses(deps, sorted({each.place for each in requests}))
    return [
        show(
            each,
            RefundRequestView,
            request_id=each.id,
            payment_id=each.payment,
            address=addresses.get(each.place, each.place),
            lines=[show(line, RefundLine) for line in each.lines],
            photo_ids=each.photos,
            proof_ids=each.proofs,
            refund_number=each.refund,
            signed_by=_signed_by(deps, each),
        )
        for each in requests
    ]


def _signed_by(deps: Dependencies, request: RefundRequest) -> str:
    sealed = request.signed_by_sealed
    return masking.name(SIGNED_BY.open(deps.vault, request.id, sealed)) if sealed else ""


async def view(deps: Dependencies, request: RefundRequest) -> RefundRequestView:
    [shown] = await views(deps, [request])
    return shown
