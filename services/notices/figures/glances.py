"""Glances at the progress of notices: one read a second, however many watch in this process."""

import asyncio
from time import monotonic
from typing import Final

from services.dependencies import Dependencies
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import Broadcast, broadcast_id
from services.notices.figures.actions import shown
from services.notices.figures.models import NoticeProgress
from services.notices.notify import SOURCE

KEPT_SECONDS: Final = 1.0
Reading = asyncio.Task[Broadcast | None]


class Glances:
    """Readings of broadcasts by notice. Of many who look at once, one asks the database."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, Reading]] = {}

    async def get(self, deps: Dependencies, notice_id: str) -> Broadcast | None:
        """Return the broadcast of a notice as it was within the last second."""
        now = monotonic()
        at, reading = self._found.get(notice_id, (None, None))
        if at is None or reading is None or now - at >= KEPT_SECONDS:
            self._forget(now)
            reading = asyncio.ensure_future(self._read(deps, notice_id))
            self._found[notice_id] = now, reading
        return await asyncio.shield(reading)

    async def _read(self, deps: Dependencies, notice_id: str) -> Broadcast | None:
        return await broadcasts.find(deps, broadcast_id(SOURCE, notice_id))

    def _forget(self, now: float) -> None:
        """Drop what is old: nobody looks at it any more."""
        old = [key for key, (at, _) in self._found.items() if now - at >= KEPT_SECONDS]
        for key in old:
            del self._found[key]


GLANCES: Final = Glances()  # one for each process


async def again(deps: Dependencies, before: NoticeProgress) -> NoticeProgress:
    """Return how far a notice got meanwhile; never less far than before.

    Who asks was known, and is known again soon.
    """
    found = await GLANCES.get(deps, before.notice_id)
    if found is None or found.version < before.version:
        return before
    return shown(found)
