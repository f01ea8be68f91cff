"""Erasures as whoever holds their id sees them."""

from services.dependencies import Dependencies
from services.privacy.erasures.models import ErasedPart, Erasure, ErasureView
from services.privacy.erasures.states import ErasureState


def view(deps: Dependencies, erasure: Erasure) -> ErasureView:
    """Show how far an erasure is, and nothing of the person."""
    over = erasure.state is ErasureState.DONE
    return ErasureView(
        erasure_id=erasure.id,
        state=erasure.state,
        asked_at=erasure.asked_at,
        finished_at=erasure.finished_at,
        parts=[
            ErasedPart(what, over or package in erasure.done)
            for package, what in deps.features.forgets.items()
        ],
    )
