"""Views of corrections, for who corrects the register."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.home_corrections.models import HomeCorrection, HomeCorrectionView
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
        document=deps.vault.unseal(row.document_sealed, place=seal_of(row.id, "document")),
        reason=deps.vault.unseal(row.reason_sealed, place=seal_of(row.id, "reason")),
    )


def seal_of(correction: str, field: str) -> str:
    """Return the place that a text of a correction is sealed to."""
    return f"home_corrections/{correction}/{field}"
