"""Views of corrections, for who corrects the register."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.home_corrections.models import (
    DOCUMENT,
    REASON,
    HomeCorrection,
    HomeCorrectionView,
)
from services.kernel.views import show
from services.places import actions as places


async def views(
    deps: Dependencies, found: Sequence[HomeCorrection]
) -> list[HomeCorrectionView]:
    """Show corrections with the addresses of today: one query however many."""
    addresses = await places.addresses(deps, [row.home for row in found])
    return [view(deps, row, addresses.get(row.home, "")) for row in found]


def view(deps: Dependencies, row: HomeCorrection, address: str) -> HomeCorrectionView:
    """Show one correction of a home at this address."""
    return show(
        row,
        HomeCorrectionView,
        correction_id=row.id,
        address=address,
        document=DOCUMENT.open(deps.vault, row.id, row.document_sealed),
        reason=REASON.open(deps.vault, row.id, row.reason_sealed),
    )
