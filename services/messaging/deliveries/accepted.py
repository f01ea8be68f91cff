"""Writer of what WeChat took of several messages that are pushed at once.

Each answer is written as soon as it is there, and one command writes all that came while the
one before was under way: so a slow answer keeps no other from being known.
"""

import asyncio

from services.dependencies import Database
from services.messaging import bulk_store


class Accepted:
    """Answers of one batch."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: dict[str, str] = {}
        self._turn = asyncio.Lock()

    async def note(self, message_id: str, wechat_id: str) -> None:
        """Return when it is written; raise when it could not be, by this call or another."""
        self._waiting[message_id] = wechat_id
        async with self._turn:
            if not self._waiting:
                return
            taken, self._waiting = self._waiting, {}
            try:
                await bulk_store.accept(self._db, taken)
            except BaseException:
                self._waiting = taken | self._waiting  # whose turn is next tries once more
                raise
