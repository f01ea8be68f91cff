"""Pool of threads that decode photos: one at a time, and not for a long queue."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from services.kernel import errors
from services.photos.reencode import Picture, reencode

# Measured: forty million pixels take half a second of a core and 240 MB, as WebP 640 MB. What
# phones send takes a tenth of both. Decoders leave the interpreter to the others meanwhile.
AT_ONCE: Final = 1
MOST_WAITING: Final = 16
COME_BACK_SECONDS: Final = 5


class PhotosBusy(errors.Unavailable):
    """Many photos at once; nothing was kept of this one."""

    code = "photos_busy"
    details_type = errors.RetryAfter


class DecoderPool:
    """Pool of one thread. One for each process, whose memory it limits."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="photos")
        self._inside = 0

    async def reencode(self, content: bytes) -> Picture:
        """Re-encode a photo in a thread. Raises PhotosBusy, PhotoUnreadable, PhotoTooLarge."""
        if self._inside >= MOST_WAITING:
            message = "上传照片的人太多,请稍后再试"
            raise PhotosBusy(message, retry_after_seconds=COME_BACK_SECONDS)
        self._inside += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, reencode, content)
        finally:
            self._inside -= 1


DECODER_POOL: Final = DecoderPool()
