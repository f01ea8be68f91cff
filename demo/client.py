"""HTTP client of the demo: one JSON request, one decoded answer."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

LONGEST_SECONDS: Final = 30.0
UNAVAILABLE: Final = 503


class Unexpected(Exception):
    """Answer other than it should be, in one line: the request and what came of it.

    `status`: of an answer that was a refusal, else 0.
    """

    def __init__(self, line: str, status: int = 0) -> None:
        super().__init__(line)
        self.status = status


async def fetch(
    method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> Any:
    """Return the decoded answer, or its bytes when it is not JSON. Raises Unexpected.

    503 says that nothing was done and when to ask again: asked again until LONGEST_SECONDS.
    """
    deadline = asyncio.get_running_loop().time() + LONGEST_SECONDS
    reply = await _send(method, url, body, headers or {})
    while reply.code == UNAVAILABLE and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(float(reply.headers.get("Retry-After", "1")))
        reply = await _send(method, url, body, headers or {})
    if reply.code >= 300:  # noqa: PLR2004  # anything but success
        line = f"{method} {url}: {reply.code} {reply.body.decode()[:300]}"
        raise Unexpected(line, reply.code)
    is_json = "json" in reply.headers.get("Content-Type", "")
    return msgspec.json.decode(reply.body) if is_json and reply.body else reply.body


async def _send(method: str, url: str, body: Any, headers: Mapping[str, str]) -> HTTPResponse:
    raw = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
    request = HTTPRequest(
        url,
        method=method,
        body=raw if raw is not None or method in {"GET", "DELETE"} else b"",
        headers=dict(headers),
        request_timeout=LONGEST_SECONDS,
    )
    try:
        return await AsyncHTTPClient().fetch(request, raise_error=False)
    except (OSError, HTTPClientError) as error:  # also: it was ended before it answered
        raise Unexpected(f"{method} {url}: no answer ({error})") from None
