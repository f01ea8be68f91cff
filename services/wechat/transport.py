"""Outgoing HTTP to WeChat, on Tornado's client: an answer, or NoAnswer."""

import errno
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest
from tornado.httputil import HTTPHeaders, HTTPInputError
from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import HTTPTimeoutError

from services import deadlines

# Tornado's default of 10 would queue, and the time in the queue counts as waiting.
MAX_CLIENTS: Final = 100
CONNECT_SECONDS: Final = 3.0
# Bodies we keep in memory are small; bills are streamed and bounded by their reader.
MAX_BODY_BYTES: Final = 256 << 20

_NEVER_SENT: Final = frozenset(
    {errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}
)


# Told of every call: the interface, without numbers of ours in it, and "ok", WeChat's code
# or "no_answer".
Observe = Callable[[str, str], None]


def ignore(_api: str, _outcome: str) -> None:
    """Observe nothing."""


class Reply(NamedTuple):
    status: int
    headers: HTTPHeaders
    body: bytes


class NoAnswer(Exception):
    """No usable answer. `unknown`: the request may have arrived and taken effect."""

    def __init__(self, detail: str, *, unknown: bool) -> None:
        super().__init__(detail)
        self.unknown = unknown


class Transport:
    """Requests to one host. Neither urls nor headers ever get into an exception's text."""

    def __init__(self, base: str, *, timeout_seconds: float) -> None:
        self._base = base.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._client: AsyncHTTPClient | None = None

    async def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        on_chunk: Callable[[bytes], None] | None = None,
        seconds: float | None = None,
    ) -> Reply:
        """Send `target` (path and query, exactly as given); whatever the status, return it.

        `seconds`: the most that it may take, when not as usual; in any case bounded by the
        deadline of the request that needs it. Raises NoAnswer.
        """
        most = deadlines.left(seconds or self._timeout_seconds)
        if not most:
            raise NoAnswer("no time left to ask", unknown=False)
        request = HTTPRequest(
            self._base + target,
            method=method,
            headers=HTTPHeaders(headers),
            body=body,
            connect_timeout=min(CONNECT_SECONDS, most),
            request_timeout=most,
            follow_redirects=False,
            decompress_response=False,  # signatures cover the bytes as they travel
            streaming_callback=on_chunk,
        )
        try:
            answer = await self._http().fetch(request, raise_error=False)
        except (HTTPError, HTTPInputError, StreamClosedError, OSError) as silence:
            raise NoAnswer(_describe(silence), unknown=_may_have_arrived(silence)) from None
        return Reply(answer.code, answer.headers, answer.body)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _http(self) -> AsyncHTTPClient:
        if self._client is None:  # made late: it belongs to the loop that runs us
            self._client = AsyncHTTPClient(
                force_instance=True, max_clients=MAX_CLIENTS, max_body_size=MAX_BODY_BYTES
            )
        return self._client


def _describe(silence: Exception) -> str:
    return f"{type(silence).__name__}: {silence}"


def _may_have_arrived(silence: Exception) -> bool:
    if isinstance(silence, HTTPTimeoutError):  # its text alone tells the phase
        return "during request" in str(silence)
    if isinstance(silence, socket.gaierror | ssl.SSLCertVerificationError):
        return False
    return not (isinstance(silence, OSError) and silence.errno in _NEVER_SENT)
