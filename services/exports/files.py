"""Files of exports: written in sealed parts under a key of their own, and opened whole."""

import secrets
from base64 import b64decode, b64encode
from typing import Final

from services.dependencies import Dependencies
from services.exports import store
from services.exports.models import CONTENT, KEY, Export, missing, part_id
from services.exports.states import ExportAction
from services.kernel.vault import KEY_BYTES, Unreadable, seal_bytes, unseal_bytes

PART_BYTES: Final = 1024 * 1024
MOST_BYTES: Final = 32 * 1024 * 1024


class Writer:
    """File of an export that is being written. Every try writes parts of its own.

    A worker that was thought dead may still write: its parts are never those of another try,
    and the first that finishes is the file.
    """

    def __init__(self, deps: Dependencies, export: Export) -> None:
        self.deps = deps
        self.export = export
        self.attempt = deps.new_id()
        self._key = secrets.token_bytes(KEY_BYTES)
        self._waiting = bytearray()
        self._parts = 0
        self.bytes = 0

    async def write(self, content: bytes) -> None:
        """Add to the file."""
        self.bytes += len(content)
        self._waiting += content
        while len(self._waiting) >= PART_BYTES:
            await self._store(bytes(self._waiting[:PART_BYTES]))
            del self._waiting[:PART_BYTES]

    def has_room(self, content: bytes) -> bool:
        """Tell whether this may be added: who fetches a file holds all of it in memory."""
        return self.bytes + len(content) <= MOST_BYTES

    async def progress(self, rows: int) -> None:
        """Say how many rows are written, for whoever waits.

        Raises NotFound when nobody waits any more: the account was closed, or another try done.
        """
        if not await store.note_rows(self.deps.db, self.export.id, rows):
            raise missing()

    async def finish(self, *, rows: int, complete: bool) -> None:
        """Hand the file out, unless another try was first."""
        if self._waiting:
            await self._store(bytes(self._waiting))
        await store.move(
            self.deps.db,
            self.export.id,
            ExportAction.FINISH,
            attempt=self.attempt,
            key_sealed=KEY.seal(self.deps.vault, self.export.id, b64encode(self._key).decode()),
            rows=rows,
            complete=complete,
            bytes=self.bytes,
            parts=self._parts,
        )

    async def _store(self, content: bytes) -> None:
        part = part_id(self.export, self.attempt, self._parts)
        sealed = seal_bytes(content, key=self._key, place=CONTENT.place(part))
        await store.insert_part(self.deps.db, self.export, self.attempt, self._parts, sealed)
        self._parts += 1


async def content_of(deps: Dependencies, export: Export) -> bytes:
    """Return a file that is ready. Raises Unreadable when it was changed or a part is gone."""
    key = b64decode(KEY.open(deps.vault, export.id, export.key_sealed))
    sealed = await store.parts(deps.db, export)
    if len(sealed) != export.parts:
        raise Unreadable(f"{export.id} has {len(sealed)} of {export.parts} parts")
    found = bytearray()
    for number, content in enumerate(sealed):
        part = part_id(export, export.attempt, number)
        found += unseal_bytes(content, key=key, place=CONTENT.place(part))
    return bytes(found)
