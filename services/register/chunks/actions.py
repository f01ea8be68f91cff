"""Chunks of an import: its file, and later its rows, sealed in MongoDB until they have served.

Documents of our own rather than GridFS: sealed piece by piece, deleted in one range, and
removed by a TTL index if a crash leaves them behind. The rows that the reading kept are what is
applied: what people confirmed is what is written, whatever became of the code between.
"""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from services.dependencies import Dependencies
from services.register.chunks import store
from services.register.sheet.models import ListedHome

FILE_CHUNK_BYTES: Final = 1024 * 1024
# Longer than the seven days a preview waits to be confirmed.
CHUNKS_LIVE: Final = timedelta(days=30)
ROWS: Final = msgspec.json.Decoder(list[ListedHome])


class ChunkGone(Exception):
    """A piece of the file or of its rows is no longer there."""


async def keep_file(deps: Dependencies, file_id: str, content: bytes) -> None:
    """Seal and keep a file, in pieces of 1 MiB."""
    for number, start in enumerate(range(0, len(content), FILE_CHUNK_BYTES)):
        piece = content[start : start + FILE_CHUNK_BYTES]
        await _put(deps, f"{file_id}:{number:04d}", b64encode(piece).decode())


async def pieces_of_file(
    deps: Dependencies, file_id: str, size_bytes: int
) -> AsyncIterator[bytes]:
    """Yield the pieces of a file, in order. Raises ChunkGone."""
    for number in range(-(-size_bytes // FILE_CHUNK_BYTES)):
        yield b64decode(await _get(deps, f"{file_id}:{number:04d}"))


async def remove_file(deps: Dependencies, file_id: str) -> None:
    await store.remove(deps.db, file_id)


async def keep_rows(
    deps: Dependencies, run: str, number: int, homes: Sequence[ListedHome]
) -> None:
    """Seal and keep some homes of a file as chunk `number` of the reading `run`."""
    await _put(deps, f"{run}:{number:05d}", msgspec.json.encode(homes).decode())


async def get_rows(deps: Dependencies, run: str, number: int) -> list[ListedHome]:
    """Homes of one chunk. Raises ChunkGone."""
    return ROWS.decode(await _get(deps, f"{run}:{number:05d}"))


async def remove_rows(deps: Dependencies, run: str) -> None:
    await store.remove(deps.db, run)


async def _put(deps: Dependencies, chunk_id: str, text: str) -> None:
    sealed = store.CHUNK.seal(deps.vault, chunk_id, text)
    await store.put(deps.db, chunk_id, sealed, deps.now() + CHUNKS_LIVE)


async def _get(deps: Dependencies, chunk_id: str) -> str:
    sealed = await store.find(deps.db, chunk_id)
    if sealed is None:
        raise ChunkGone(chunk_id)
    return store.CHUNK.open(deps.vault, chunk_id, sealed)
