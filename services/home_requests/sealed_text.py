"""Sealed text of a home request: what people typed into it."""

from services.dependencies import Dependencies
from services.home_requests.models import HomeRequest


def unsealed(deps: Dependencies, request: HomeRequest, field: str) -> str:
    """Return one of a request's sealed texts; "" for what was not typed."""
    sealed: str | None = getattr(request, f"{field}_sealed")
    place = f"home_requests/{request.id}/{field}"
    return deps.vault.unseal(sealed, place=place) if sealed else ""


def seal(deps: Dependencies, request: HomeRequest, text: str, field: str) -> str:
    return deps.vault.seal(text, place=f"home_requests/{request.id}/{field}")
