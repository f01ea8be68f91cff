"""Pool of threads that read what strangers send: one at a time, and not for a long queue.

Pictures are decoded in the thread itself, by Pillow; recordings are copied by a process of
their own, which the thread starts, waits for and kills.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import structlog

from services.kernel import errors
from services.photos.contents import process
from services.photos.contents.file_types import FileType
from services.photos.contents.models import Copied
from services.photos.reencode import Picture, reencode

# Measured: forty million pixels take half a second of a core and 240 MB, as WebP 640 MB. What
# phones send takes a tenth of both. Decoders leave the interpreter to the others meanwhile. A
# film of 50 MB takes half a second of a core; its child 110 MB, and as much as it weighs here.
AT_ONCE: Final = 1
MOST_WAITING: Final = 16
COME_BACK_SECONDS: Final = 5

T = TypeVar("T")
log = structlog.get_logger(__name__)


class PhotosBusy(errors.Unavailable):
    """Many photos at once; nothing was kept of this one."""

    code = "photos_busy"
    details_type = errors.RetryAfter


class DecoderPool:
    """Pool of a thread for pictures and one for recordings, for each process.

    Its queue limits the memory of the process, and of the child beside it.
    """

    def __init__(self) -> None:
        self._pictures = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="photos")
        self._recordings = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="recordings")
        self._inside = 0

    async def reencode(self, content: bytes) -> Picture:
        """Re-encode a photo in a thread. Raises PhotosBusy, PhotoUnreadable, PhotoTooLarge."""
        return await self._run(self._pictures, reencode, content)

    async def copy(self, content: bytes, family: FileType) -> tuple[Copied, bytes]:
        """Copy a recording in a process of its own. Raises PhotosBusy, Refusal."""
        try:
            return await self._run(self._recordings, process.copy, content, family)
        except process.CopierStopped as error:
            log.warning("recording_copier_stopped", because=str(error))
            raise _busy() from error

    async def _run(
        self, pool: ThreadPoolExecutor, work: Callable[..., T], *given: bytes | FileType
    ) -> T:
        if self._inside >= MOST_WAITING:
            raise _busy()
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work, *given)
        finally:
            self._inside -= 1


def _busy() -> PhotosBusy:
    message = "上传照片的人太多,请稍后再试"
    return PhotosBusy(message, retry_after_seconds=COME_BACK_SECONDS)


DECODER_POOL: Final = DecoderPool()
