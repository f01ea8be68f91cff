"""Budget of the unfinished uploads of a process: bytes, and places of who is not known."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final

from handlers.http.admission import PLACES, Lane
from services.kernel.errors import Busy

LEAST_BYTES: Final = 1024 * 1024  # what even the smallest upload counts for
# Nobody gets more than a fourth of the budget; and all who hold no office and no home, accounts
# that cost nothing to make, get no more than a fourth of it and of the places together.
SHARE: Final = 4
UNKNOWN_AT_ONCE: Final = PLACES[Lane.UPLOADS] // SHARE
COME_BACK_SECONDS: Final = 5
IN_MEMORY: Final = 2  # at once: one photo is decoded at a time, one register stored beside it
# What is larger is a film, of which the process holds three copies for a moment: out of its
# form, and copied. One of them is in memory at a time.
LARGE_BYTES: Final = 24 * 1024 * 1024


class UploadBudget:
    """Bytes of unfinished uploads that a process takes at once; few of them are in memory."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._taken: Counter[str] = Counter()
        self._unknown: list[int] = []  # sizes of what people without an office or home send
        self._in_memory = asyncio.Semaphore(IN_MEMORY)
        self._large = asyncio.Lock()

    @asynccontextmanager
    async def memory(self, size: int) -> AsyncIterator[None]:
        """Wait until a whole upload of so many bytes may be in memory."""
        async with AsyncExitStack() as held:
            if size > LARGE_BYTES:  # first: who waits for it takes no place of the others
                await held.enter_async_context(self._large)
            await held.enter_async_context(self._in_memory)
            yield

    @contextmanager
    def share(self, person: str, size: int, *, is_known: bool) -> Iterator[None]:
        """Set bytes aside for an upload. `is_known`: by an office or a home. Raises Busy."""
        size = max(size, LEAST_BYTES)
        if not self._has_room(person, size) or not (is_known or self._has_room_apart(size)):
            message = "正在上传的文件太多,请稍后再试"
            raise Busy(message, retry_after_seconds=COME_BACK_SECONDS)
        self._taken[person] += size
        if not is_known:
            self._unknown.append(size)
        try:
            yield
        finally:
            self._taken[person] -= size
            if not self._taken[person]:
                del self._taken[person]
            if not is_known:
                self._unknown.remove(size)

    def _has_room(self, person: str, size: int) -> bool:
        mine, all_of_it = self._taken[person] + size, self._taken.total() + size
        return all_of_it <= self._most and mine <= max(self._most // SHARE, size)

    def _has_room_apart(self, size: int) -> bool:
        """Tell whether there is room among those who are not known; one of them always fits."""
        together = sum(self._unknown) + size
        is_few = len(self._unknown) < UNKNOWN_AT_ONCE
        return is_few and together <= max(self._most // SHARE, size)
