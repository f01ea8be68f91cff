"""Uploads: bodies that go to disk while they come, after sign-in, within a budget.

Forty phones that send 20 MB each, and stop before the last byte, would otherwise hold 800 MB
of memory for as long as they like.
"""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from typing import Any, Final

import structlog
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from tornado.httputil import HTTPInputError, parse_body_arguments
from tornado.web import HTTPError, stream_request_body

from handlers.http.admission import Lane
from handlers.http.base import ApiHandler
from handlers.http.body_length import HEADER, declared_length
from handlers.http.contract import admit
from handlers.http.upload_budget import UploadBudget
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.errors import Busy
from services.kernel.vault import KEY_BYTES

NONCE_BYTES: Final = 16
# How long an accepted file may take to come (10 MB at 80 KB/s), and then to be answered.
BODY_SECONDS: Final = 120.0
UPLOAD_SECONDS: Final = 30.0
PIECE_BYTES: Final = 1024 * 1024
DROPPED_BYTES: Final = 2 * 1024 * 1024
log = structlog.get_logger(__name__)


class Upload:
    """A body on its way, in a file without a name, under a key that only this process has.

    It may be somebody's papers: what is left of it on the disk can be read by nobody.
    """

    def __init__(self) -> None:
        key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        # AES-CTR without a tag (NIST SP 800-38A): nobody can reach the file to change it.
        self._cipher = Cipher(algorithms.AES(key), modes.CTR(nonce))
        self._sealed = self._cipher.encryptor()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the request
        self.size = 0

    async def write(self, piece: bytes) -> None:
        """Append. Raises Busy when the disk is full."""
        try:
            await asyncio.to_thread(self._append, piece)
        except OSError as error:
            log.exception("upload_not_written")
            raise Busy("暂时无法接收文件,请稍后再试", retry_after_seconds=60) from error

    def _append(self, piece: bytes) -> None:
        self.size += self._file.write(self._sealed.update(piece))

    async def read(self) -> bytes:
        return await asyncio.to_thread(self._read)

    def _read(self) -> bytes:
        self._file.seek(0)
        unsealed = self._cipher.decryptor()
        pieces = iter(lambda: self._file.read(PIECE_BYTES), b"")
        return b"".join(unsealed.update(piece) for piece in pieces)

    def close(self) -> None:
        self._file.close()


@stream_request_body
class UploadHandler(ApiHandler):
    """Handler whose body is a file. Nothing is kept of one before its sender may send it.

    A file that is refused is read to its end all the same, and dropped: whoever still writes
    does not read, and a connection closed under him loses the answer.
    """

    lane = Lane.UPLOADS
    _upload: Upload | None = None

    async def prepare(self) -> None:
        try:
            await super().prepare()
            contract = self.contract()
            if contract is not None and contract.body is bytes:
                async with self.deadline():
                    await admit(self, contract)
                self._accept()
        except errors.DomainError as refusal:
            self.turned_away = refusal
            self.held.close()  # its place: from here on it costs nothing but a connection

    def _accept(self) -> None:
        """Make room for the file, and give a phone on a bad line the time to send it."""
        declared = declared_length(self.request.headers)
        if declared is None and HEADER in self.request.headers:
            raise HTTPError(400)
        most = self.most_bytes(self.request)
        size = most if declared is None else declared  # it may come in chunks
        budget: UploadBudget = self.settings["uploads"]
        is_known = bool(self.actor.grants)
        share = budget.share(self.actor.person_id, size, is_known=is_known)
        self.held.enter_context(share)
        self._upload = Upload()
        self.held.callback(self._upload.close)
        connection: Any = self.request.connection
        connection.set_body_timeout(BODY_SECONDS)

    async def data_received(self, chunk: bytes) -> None:
        if self._upload is None or self.turned_away is not None:
            return
        try:
            await self._upload.write(chunk)
        except Busy as refusal:
            self.turned_away = refusal

    def seconds(self) -> float:
        return UPLOAD_SECONDS

    def deadline(self) -> AbstractAsyncContextManager[None]:
        """Begin anew: the time that the file needs to come is not the product's."""
        self.ends_at = monotonic() + self.seconds()
        return super().deadline()

    @asynccontextmanager
    async def body_at_hand(self) -> AsyncIterator[None]:
        async with super().body_at_hand():
            if self._upload is None:
                yield
                return
            budget: UploadBudget = self.settings["uploads"]
            async with budget.memory(self._upload.size):
                await self._read(self._upload)
                try:
                    yield
                finally:
                    self.request.body, self.request.files = b"", {}

    async def _read(self, upload: Upload) -> None:
        """Read the file back, out of its form if it came in one, which goes then."""
        request = self.request
        request.body = await upload.read()
        content_type = request.headers.get("Content-Type", "")
        found = (content_type, request.body, request.body_arguments, request.files)
        try:
            await asyncio.to_thread(parse_body_arguments, *found)
        except HTTPInputError as error:
            raise HTTPError(400) from error
        if request.files:
            request.body = b""


@stream_request_body
class TooLargeHandler(ApiHandler):
    """Handler of every request whose body is longer than its route takes."""

    lane = None
    route: Any  # the handler asked for, whose failures have their own shape

    def initialize(self, deps: Dependencies, pattern: str = "", route: Any = None) -> None:
        super().initialize(deps, pattern)
        self.route = route or ApiHandler

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.route.write_error(self, status_code, **kwargs)

    async def prepare(self) -> None:
        """Refuse: at once what is absurd, else after its end, so that the answer is read."""
        refusal = self.turned_away or errors.TooLarge("内容太大了")
        self.turned_away = refusal
        declared = declared_length(self.request.headers)
        if declared is None or declared > DROPPED_BYTES:
            raise refusal
        connection: Any = self.request.connection
        connection.set_max_body_size(DROPPED_BYTES)

    def data_received(self, chunk: bytes) -> None:
        """Drop it."""

    async def refuse(self, **_: str) -> None:
        raise self.turned_away or errors.TooLarge("内容太大了")

    get = post = put = patch = delete = options = refuse
