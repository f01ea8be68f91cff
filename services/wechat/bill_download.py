"""Download of a daily bill: unpacked, hashed and bounded while it arrives."""

import asyncio
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from services.wechat.bills import BillError
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay_session import PaySession
from services.wechat.pay_wire import BillPlace, convert

T = TypeVar("T")

# A day of half a million trades; what is larger is not a bill.
MAX_BYTES: Final = 256 << 20
GZIP: Final = zlib.MAX_WBITS | 16


class BillDownload:
    """Feed it chunks, then read `lines`. It never raises while the network is feeding it."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(GZIP)
        self._plain = bytearray()
        self._broken = False

    def feed(self, chunk: bytes) -> None:
        try:
            room = MAX_BYTES - len(self._plain)
            if not self._broken and not self._unpacker.eof:
                self._plain += self._unpacker.decompress(chunk, max(1, room))
            self._broken |= bool(self._unpacker.unconsumed_tail)  # a bomb
        except zlib.error:
            self._broken = True

    def lines(self, sha1_hex: str) -> io.TextIOWrapper:
        """Return the text, checked against WeChat's SHA1 of the unpacked file."""
        if self._broken or not self._unpacker.eof:
            raise PayError(200, "BILL_TRUNCATED", "the bill did not arrive whole")
        digest = hashlib.sha1(self._plain, usedforsecurity=False).hexdigest()
        if digest != sha1_hex.lower():
            raise PayError(200, "BILL_HASH", "the bill is not the one announced")
        return io.TextIOWrapper(io.BytesIO(self._plain), encoding="utf-8", newline="\n")


async def fetch_bill(
    session: PaySession, target: str, parse: Callable[[Iterable[str]], T]
) -> T | None:
    """Ask where a bill lies, fetch it, check it, read it. None: nothing was traded."""
    try:
        place = convert(await session.call("GET", target), BillPlace)
    except PayError as refusal:
        if refusal.reaction is PayReaction.NO_BILL:
            return None
        raise
    lines = await _download(session, place)
    try:
        # Aside: a large bill would hold up everybody else on the loop.
        return await asyncio.to_thread(parse, lines)
    except ValueError as error:
        why = str(error) if isinstance(error, BillError) else type(error).__name__
        raise PayError(200, "BILL_UNREADABLE", why) from None


async def _download(session: PaySession, place: BillPlace) -> io.TextIOWrapper:
    """Fetch a bill at once: its address lives for seconds. The answer itself is not signed."""
    address = urlsplit(place.download_url)
    bill = BillDownload()
    # Path and query exactly as given, because they are signed; the host stays ours.
    target = f"{address.path}?{address.query}"
    try:
        await session.exchange("GET", target, on_chunk=bill.feed)
    except PayError as refusal:
        raise PayError(
            refusal.status, "BILL_DOWNLOAD", refusal.code, refusal.request_id
        ) from None
    return bill.lines(place.hash_value)
