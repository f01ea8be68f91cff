"""Streams of server-sent events in tests, read as a browser reads them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from tests.build import wire
from tests.build.sign_ins import Member
from tests.build.world import World
from tests.deadlines import SAFETY_NET


class Stream:
    """One stream. `status` and `headers` are those of the answer."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._text = ""
        self.status = 0
        self.headers: dict[str, str] = {}

    async def begin(self) -> None:
        head = (await self._until(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split(" ")[1])
        fields = (line.partition(": ") for line in head[1:] if line)
        self.headers = {name.lower(): value for name, _, value in fields}

    async def _until(self, end: bytes) -> bytes:
        return await asyncio.wait_for(self._reader.readuntil(end), SAFETY_NET)

    async def block(self) -> str | None:
        """Return what stands before the next empty line; None at the end (RFC 9112, 7.1)."""
        while "\n\n" not in self._text:
            size = int(await self._until(b"\r\n"), 16)
            piece = await self._reader.readexactly(size + 2)
            if not size:
                return None
            self._text += piece[:-2].decode()
        found, _, self._text = self._text.partition("\n\n")
        return found

    async def event(self) -> tuple[str, dict[str, Any]] | None:
        """Return id and answer of the next event, whatever stands between; None at the end."""
        while (found := await self.block()) is not None:
            lines = dict(line.split(": ", 1) for line in found.split("\n"))
            if "data" in lines:
                return lines["id"], msgspec.json.decode(lines["data"])
        return None

    async def rest(self) -> list[tuple[str, dict[str, Any]]]:
        """Return all events to the end."""
        found = []
        while (one := await self.event()) is not None:
            found.append(one)
        return found


@asynccontextmanager
async def followed(
    world: World, path: str, who: Member, heard: str = ""
) -> AsyncIterator[Stream]:
    """Follow an answer; closed at the end, as when a page is left."""
    asked = {"Accept": "text/event-stream", "Authorization": f"Bearer {who.token}"}
    if heard:
        asked["Last-Event-ID"] = heard
    async with wire.connected(world.api.base) as (reader, writer):
        writer.write(wire.head("GET", path, asked))
        stream = Stream(reader)
        await stream.begin()
        yield stream
