"""Waiting for what a product does by itself, with an end for what never comes."""

import time
from collections.abc import Callable
from typing import Final

LOOK: Final = 0.05
PATIENCE: Final = 3600.0  # what is measured may take minutes; what hangs ends within the hour


def until(holds: Callable[[], bool], what: str, *, seconds: float = PATIENCE) -> float:
    """Wait until it holds; return when it was last seen not to. Raises TimeoutError."""
    ends_at = time.perf_counter() + seconds
    while True:
        now = time.perf_counter()
        if holds():
            return now
        if now > ends_at:
            raise TimeoutError(f"not after {seconds:g} s: {what}")
        time.sleep(LOOK)
