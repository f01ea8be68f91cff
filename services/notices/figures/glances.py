"""Glances at the progress of notices: one read a second, however many watch in this process."""

import asyncio
from time import monotonic
from typing import Final

from services.dependencies import Dependencies
from services.kernel.permissions import Actor
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import Broadcast, broadcast_id
from services.notices.figures.actions import progress, shown
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


async def again(deps: Dependencies, actor: Actor, before: NoticeProgress) -> NoticeProgress:
    """Return how far a notice got meanwhile; never less far than before.

    Who asks was known, and is known again soon. From whom figures were withheld, the rule is
    asked anew; who saw them sees them on, because no home is added after they are gathered.
    """
    found = await GLANCES.get(deps, before.notice_id)
    if found is None or found.version < before.version or not _moved(found, before):
        return before
    if before.homes is None:
        return await progress(deps, actor, before.notice_id)
    return shown(found, is_hidden=False)


def _moved(found: Broadcast, before: NoticeProgress) -> bool:
    """Tell whether anything happened; a stop does not count as a step."""
    return (found.version, found.state) != (before.version, before.state)
