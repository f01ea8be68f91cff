"""Calls, answers and routes on Tornado's HTTP/1 connection."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote

import msgspec
from tornado.httputil import HTTPHeaders, HTTPServerRequest

JSON = "application/json; charset=utf-8"
H = TypeVar("H")


class NotJson(Exception):
    pass


@dataclass(slots=True)
class Call:
    method: str
    uri: str  # path and query exactly as they were sent: they are what is signed
    path: str
    query: dict[str, str]
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    params: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HTTPServerRequest) -> "Call":
        return cls(
            method=request.method or "",
            uri=request.uri or "",
            path=request.path,
            query=dict(parse_qsl(request.query, keep_blank_values=True)),
            query_string=request.query,
            headers=request.headers,
            body=request.body,
        )

    @property
    def authorization(self) -> str:
        return self.headers.get("Authorization", "")

    @property
    def base_url(self) -> str:
        return f"http://{self.headers.get('Host', '127.0.0.1')}"

    def json(self) -> Any:
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotJson(str(error)) from error


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200) -> "Answer":
        return cls(status, msgspec.json.encode(value), {"Content-Type": JSON})

    def to_headers(self) -> HTTPHeaders:
        headers = HTTPHeaders(self.headers)
        if self.status != 204:  # noqa: PLR2004 - "No Content" carries no length
            headers["Content-Length"] = str(len(self.body))
        return headers


class Router(Generic[H]):
    """Router by path; `{name}` in a template is one path segment."""

    def __init__(self, routes: Iterable[tuple[str, str, H]]) -> None:
        self._exact: dict[str, dict[str, H]] = {}
        self._patterns: dict[str, tuple[re.Pattern[str], dict[str, H]]] = {}
        for method, template, target in routes:
            if "{" not in template:
                self._exact.setdefault(template, {})[method] = target
                continue
            regex = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
            compiled: tuple[re.Pattern[str], dict[str, H]] = (re.compile(regex), {})
            self._patterns.setdefault(template, compiled)[1][method] = target

    @property
    def listed(self) -> list[str]:
        """Return every route as "METHOD /path"."""
        tables = [*self._exact.items(), *((t, p[1]) for t, p in self._patterns.items())]
        return sorted(f"{method} {path}" for path, targets in tables for method in targets)

    def find(self, call: Call) -> dict[str, H]:
        """Return the targets of a path by method (empty: no such path); fills call.params."""
        if (found := self._exact.get(call.path)) is not None:
            return found
        for pattern, targets in self._patterns.values():
            if match := pattern.fullmatch(call.path):
                call.params = {k: unquote(v) for k, v in match.groupdict().items()}
                return targets
        return {}
