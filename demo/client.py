"""HTTP client of the demo: one JSON request, one decoded answer."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

LONGEST_SECONDS: Final = 30.0


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
    """Return the decoded answer, or its bytes when it is not JSON. Raises Unexpected."""
    raw = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
    request = HTTPRequest(
        url,
        method=method,
        body=raw if raw is not None or method in {"GET", "DELETE"} else b"",
        headers=dict(headers or {}),
        request_timeout=LONGEST_SECONDS,
    )
    try:
        reply = await AsyncHTTPClient().fetch(request, raise_error=False)
    except OSError as error:
        raise Unexpected(f"{method} {url}: {error}") from None
    if reply.code >= 300:  # noqa: PLR2004  # anything but success
        line = f"{method} {url}: {reply.code} {reply.body.decode()[:300]}"
        raise Unexpected(line, reply.code)
    is_json = "json" in reply.headers.get("Content-Type", "")
    return msgspec.json.decode(reply.body) if is_json and reply.body else reply.body
