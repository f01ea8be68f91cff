"""HTTP client for calls to the product; loopback addresses only."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest

from sandbox.clock import Clock
from sandbox.journal import Entry, Journal

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK


@dataclass(slots=True)
class Reply:
    status: int  # 0: refused, broken or too late
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Outbound:
    def __init__(self, clock: Clock, journal: Journal) -> None:
        self._clock, self._journal = clock, journal
        self._http = AsyncHTTPClient(force_instance=True, max_clients=1000)

    async def send(
        self,
        url: str,
        body: bytes | None,
        headers: dict[str, str],
        *,
        timeout_seconds: float,
        fault: str = "",
    ) -> Reply:
        """POST `body` (GET when None). Status 0: no answer, or none in time."""
        number, at = self._journal.next_number(), self._clock.now()
        method, parts = "GET" if body is None else "POST", urlsplit(url)
        reply = Reply(0, b"not a loopback address")
        if is_loopback(url):
            reply = await self._fetch(url, method, body, headers, timeout_seconds)
        entry = Entry(
            n=number,
            at=at,
            direction="out",
            method=method,
            path=parts.path,
            query=parts.query,
            url=url,
            headers=headers,
            body=body or b"",
            status=reply.status,
            answer=reply.body,
            fault=fault,
        )
        self._journal.add(entry)
        return reply

    async def _fetch(
        self, url: str, method: str, body: bytes | None, headers: dict[str, str], seconds: float
    ) -> Reply:
        request = HTTPRequest(
            url,
            method=method,
            body=body,
            headers=headers,
            connect_timeout=seconds,
            request_timeout=seconds,
            follow_redirects=False,
            decompress_response=False,
            user_agent="Mozilla/4.0",
        )
        try:
            response = await self._http.fetch(request, raise_error=False)
        except (HTTPError, OSError) as error:
            return Reply(0, str(error).encode())
        return Reply(response.code, response.body or b"")
