"""Counts how often somebody asks, in Redis while it is there and here while it is away."""

from services.dependencies import Dependencies
from services.limits.models import Rate


async def take(deps: Dependencies, rate: Rate, who: str) -> None:
    """Count one request. Raises TooMany, with the seconds to wait, when it is one too many."""
