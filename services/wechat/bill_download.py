"""Download of a daily bill, in constant memory: unpacked, hashed, bounded as it arrives."""

import asyncio
import hashlib
import io
import zlib
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Final, TypeVar
from urllib.parse import urlsplit

from services.wechat.bills import BillError
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay_session import PaySession
from services.wechat.pay_wire import BillPlace, convert

T = TypeVar("T")

# A day of half a million trades; what is larger is not a bill.
MAX_BYTES: Final = 256 << 20
# What is larger lies in a file without a name, which ends with the process.
MEMORY_BYTES: Final = 1 << 20
SECONDS: Final = 60.0
GZIP: Final = zlib.MAX_WBITS | 16


class BillDownload:
    """Feed it chunks, then read `lines`. It never raises while the network is feeding it."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(GZIP)
        self._plain = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115  # closed by its reader
        self._digest = hashlib.sha1(usedforsecurity=False)
        self._room = MAX_BYTES
        self._broken = False

    def feed(self, chunk: bytes) -> None:
        try:
            if not self._broken and not self._unpacker.eof:
                self._keep(self._unpacker.decompress(chunk, max(1, self._room)))
            self._broken |= bool(self._unpacker.unconsumed_tail)  # a bomb
        except (zlib.error, OSError):
            self._broken = True

    def _keep(self, plain: bytes) -> None:
        self._plain.write(plain)
        self._digest.update(plain)
        self._room -= len(plain)

    def close(self) -> None:
        """Forget a bill that did not arrive."""
        self._plain.close()

    def lines(self, sha1_hex: str) -> io.TextIOWrapper:
        """Return the text, checked against WeChat's SHA1 of the unpacked file. Close it."""
        if self._broken or not self._unpacker.eof:
            self.close()
            raise PayError(200, "BILL_TRUNCATED", "the bill did not arrive whole")
        if self._digest.hexdigest() != sha1_hex.lower():
            self.close()
            raise PayError(200, "BILL_HASH", "the bill is not the one announced")
        self._plain.seek(0)
        return io.TextIOWrapper(self._plain, encoding="utf-8", newline="\n")


async def fetch_bill(
    session: PaySession, target: str, parse: Callable[[Iterable[str]], T]
) -> T | None:
    """Ask where a bill lies, fetch it, check it, read it. None: nothing was traded."""
    lines = await _open(session, target)
    if lines is None:
        return None
    with lines:
        return await _read(parse, lines)


async def batches(
    session: PaySession, target: str, rows_of: Callable[[Iterable[str]], Iterator[T]], size: int
) -> AsyncGenerator[list[T], None]:
    """Yield a bill's rows, so many at a time, once the whole bill was read and checked.

    Nothing for a day without trades. Raises PayError.
    """
    lines = await _open(session, target)
    if lines is None:
        return
    with lines:
        await _read(lambda kept: _check(rows_of(kept)), lines)
        lines.seek(0)
        rows = rows_of(lines)
        while batch := await asyncio.to_thread(lambda: list(islice(rows, size))):
            yield batch


def _check(rows: Iterator[object]) -> None:
    """Read a bill to its end, where its totals are compared. Raises BillError."""
    for _ in rows:
        pass


async def _read(parse: Callable[[Iterable[str]], T], lines: io.TextIOWrapper) -> T:
    try:
        # Aside: a large bill would hold up everybody else on the loop.
        return await asyncio.to_thread(parse, lines)
    except ValueError as error:
        why = str(error) if isinstance(error, BillError) else type(error).__name__
        raise PayError(200, "BILL_UNREADABLE", why) from None


async def _open(session: PaySession, target: str) -> io.TextIOWrapper | None:
    """Ask where a bill lies and fetch it. None: nothing was traded."""
    try:
        place = convert(await session.call("GET", target), BillPlace)
    except PayError as refusal:
        if refusal.reaction is PayReaction.NO_BILL:
            return None
        raise
    return await _download(session, place)


async def _download(session: PaySession, place: BillPlace) -> io.TextIOWrapper:
    """Fetch a bill at once: its address lives for seconds. The answer itself is not signed."""
    address = urlsplit(place.download_url)
    bill = BillDownload()
    # Path and query exactly as given, because they are signed; the host stays ours.
    target = f"{address.path}?{address.query}"
    try:
        await session.exchange("GET", target, on_chunk=bill.feed, seconds=SECONDS)
    except PayError as refusal:
        bill.close()
        raise PayError(
            refusal.status, "BILL_DOWNLOAD", refusal.code, refusal.request_id
        ) from None
    except BaseException:
        bill.close()
        raise
    return bill.lines(place.hash_value)
