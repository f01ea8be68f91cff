"""Bytes on a connection, as a client that is slow, broken or hostile sends them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from tests.deadlines import SAFETY_NET

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(base: str) -> AsyncIterator[Connection]:
    """Connect to an address such as http://127.0.0.1:8000."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(base).port)
    try:
        yield reader, writer
    finally:
        writer.close()


def head(method: str, path: str, headers: Mapping[str, object]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode()


async def everything(reader: asyncio.StreamReader) -> bytes:
    """Return what is said until the other side closes."""
    return await asyncio.wait_for(reader.read(), SAFETY_NET)


async def answered(base: str, request: bytes) -> bytes:
    """Send bytes and return the answer, after which the server is to close."""
    async with connected(base) as (reader, writer):
        writer.write(request)
        return await everything(reader)
