"""Views of requests for invoices: whole for who writes one, masked in lists."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel import masking, phones
from services.kernel.vault import Sealed
from services.kernel.views import show
from services.payments.invoices.models import (
    EMAIL,
    PHONE,
    TAX_NUMBER,
    TITLE,
    InvoiceRequest,
    InvoiceRow,
    InvoiceView,
    TitleKind,
)
from services.payments.receipts import checks
from services.places import actions as places


def view(deps: Dependencies, request: InvoiceRequest, reversed_fen: int) -> InvoiceView:
    """Show a request whole."""

    def opened(field: Sealed, sealed: str) -> str | None:
        return field.open(deps.vault, request.id, sealed) if sealed else None

    phone = opened(PHONE, request.phone_sealed)
    return show(
        request,
        InvoiceView,
        request_id=request.id,
        reversed_fen=reversed_fen,
        title=opened(TITLE, request.title_sealed) or "",
        tax_number=opened(TAX_NUMBER, request.tax_number_sealed),
        email=opened(EMAIL, request.email_sealed),
        phone=phones.as_dialled(phone) if phone else None,
    )


async def rows(deps: Dependencies, requests: Sequence[InvoiceRequest]) -> list[InvoiceRow]:
    """Show requests as lists do."""
    addresses = await places.addresses(deps, sorted({each.place for each in requests}))
    back = await checks.reversed_of(deps, [each.id for each in requests])
    return [
        show(
            each,
            InvoiceRow,
            request_id=each.id,
            address=addresses.get(each.place, each.place),
            reversed_fen=back[each.id],
            title_masked=_masked(deps, each),
        )
        for each in requests
    ]


def _masked(deps: Dependencies, request: InvoiceRequest) -> str:
    if not request.title_sealed:
        return ""
    title = TITLE.open(deps.vault, request.id, request.title_sealed)
    return masking.name(title) if request.kind is TitleKind.PERSONAL else title
