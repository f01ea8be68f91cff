"""Cache of texts: after a notice to a whole city, each process reads its text once.

A version never changes, so what is kept is never wrong; and of many who ask at once for what is
not there yet, one asks the database (single flight).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

MOST_KEPT: Final = 200  # texts of up to 60 KB each
Key = tuple[str, int]


class Texts:
    """Texts by notice and version; those asked for last are kept."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Key, str] = OrderedDict()
        self._coming: dict[Key, asyncio.Task[str | None]] = {}

    async def get(
        self, notice_id: str, version: int, load: Callable[[], Awaitable[str | None]]
    ) -> str | None:
        """Return a text, loaded if need be; None when there is none, which is not kept."""
        key = (notice_id, version)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        task = self._coming.get(key)
        if task is None:
            task = asyncio.ensure_future(self._load(key, load))
            self._coming[key] = task
        return await asyncio.shield(task)

    async def _load(self, key: Key, load: Callable[[], Awaitable[str | None]]) -> str | None:
        try:
            text = await load()
        finally:
            del self._coming[key]
        if text is not None:
            self._kept[key] = text
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return text


TEXTS: Final = Texts()  # one for each process
