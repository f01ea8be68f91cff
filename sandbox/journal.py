"""Journal of all calls in and out; secrets are redacted when it is read."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from sandbox.clock import rfc3339

KEPT = 20_000
SECRET_NAMES = frozenset({
    "access_token", "secret", "js_code", "code", "session_key", "signature", "token",
})  # fmt: skip
STRUCK = "***"
AUTHORIZATION_SIGNATURE = re.compile(r'signature="[^"]*"')


@dataclass(slots=True)
class Entry:
    n: int
    at: float
    direction: str
    method: str
    path: str
    query: str
    url: str  # whole, for calls out
    headers: Mapping[str, str]
    body: bytes
    status: int  # 0: no answer
    answer: bytes
    fault: str


def _is_secret(name: str, value: Any) -> bool:
    # A payment error's "code" is public, a login's is a secret.
    is_word = name == "code" and isinstance(value, str) and value.isupper()
    return name in SECRET_NAMES and isinstance(value, str) and not is_word


def _strike(value: Any) -> Any:
    match value:
        case dict():
            return {
                name: STRUCK if _is_secret(name, inner) else _strike(inner)
                for name, inner in value.items()
            }
        case list():
            return [_strike(inner) for inner in value]
    return value


def _readable(body: bytes) -> Any:
    try:
        return _strike(msgspec.json.decode(body)) if body else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body[:2000].decode("utf-8", "replace")


def _shown(entry: Entry) -> dict[str, Any]:
    headers = dict(entry.headers)
    if "Authorization" in headers:
        headers["Authorization"] = AUTHORIZATION_SIGNATURE.sub(
            f'signature="{STRUCK}"', headers["Authorization"]
        )
    return {
        "n": entry.n,
        "at": rfc3339(entry.at),
        "direction": entry.direction,
        "method": entry.method,
        "path": entry.path,
        "query": _strike(dict(parse_qsl(entry.query))),
        "headers": headers,
        "body": _readable(entry.body),
        "status": entry.status,
        "answer": _readable(entry.answer),
        "fault": entry.fault,
    }


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def next_number(self) -> int:
        self._count += 1
        return self._count

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()

    def find(self, number: int) -> Entry | None:
        return next((entry for entry in self._entries if entry.n == number), None)

    def latest(self, direction: str) -> Entry | None:
        return next((e for e in reversed(self._entries) if e.direction == direction), None)

    def matching(self, path: str, since: int) -> list[Entry]:
        """Entries whose path starts with `path`, numbered above `since`."""
        return [e for e in self._entries if e.n > since and e.path.startswith(path)]

    def read(self, path: str, since: int) -> list[dict[str, Any]]:
        return [_shown(entry) for entry in self.matching(path, since)]
