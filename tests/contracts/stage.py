"""Fixtures: a started stand-in, its control API, and a server that receives notices."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.deadlines import SAFETY_NET

PROJECT = Path(__file__).resolve().parents[2]


class Silence(Exception):
    """No answer, or none in time."""


@dataclass
class Process:
    """A running process of the stand-in."""

    popen: subprocess.Popen[bytes]
    url: str
    credentials: dict[str, Any]

    def merchant(self, key: str) -> dict[str, Any]:
        return next(m for m in self.credentials["merchants"] if m["key"] == key)


@contextmanager
def started(data: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data)]
    with subprocess.Popen(
        [*command, "--die-with-parent"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as popen:
        assert popen.stdout is not None
        ready = json.loads(popen.stdout.readline())
        credentials = json.loads(Path(ready["credentials"]).read_bytes())
        try:
            yield Process(popen, ready["url"], credentials)
        finally:
            popen.terminate()
            popen.wait()


async def fetch(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    seconds: float = SAFETY_NET,
) -> HTTPResponse:
    client = AsyncHTTPClient(force_instance=True)
    try:
        return await client.fetch(
            HTTPRequest(
                url,
                method=method,
                body=body,
                headers=headers or {},
                allow_nonstandard_methods=True,
                connect_timeout=seconds,
                request_timeout=seconds,
                decompress_response=False,
            ),
            raise_error=False,
        )
    except (HTTPError, OSError) as error:
        raise Silence(url) from error
    finally:
        client.close()


@dataclass
class Control:
    """Client of the control API of one stand-in."""

    process: Process

    async def _ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        reply = await fetch(f"{self.process.url}/__ctl/{path}", method, raw, seconds=60)
        assert reply.code == status, (path, reply.code, reply.body)
        return json.loads(reply.body)

    async def get(self, where: str, **query: Any) -> Any:
        return await self._ask("GET", f"{where}?{urlencode(query)}" if query else where)

    async def post(self, path: str, **body: Any) -> Any:
        return await self._ask("POST", path, body)

    async def refusal(self, path: str, **body: Any) -> str:
        return str((await self._ask("POST", path, body, status=400))["error"])

    async def fault(
        self, path: str, *, match: dict[str, Any] | None = None, **action: Any
    ) -> str:
        made = await self.post("faults", match={"path": path, **(match or {})}, action=action)
        return str(made["id"])

    async def advance(self, seconds: float) -> None:
        await self.post("clock", advance_seconds=seconds)

    async def openid(self, name: str) -> str:
        return str((await self.post(f"users/{name}"))["openid"])

    async def calls(self, path: str, since: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.get("journal", path=path, since=since)
        return found


@dataclass
class Delivery:
    headers: dict[str, str]
    body: bytes
    path: str
    query: dict[str, str]


@dataclass
class Receiver:
    """HTTP server for notices and pushes: records each, answers as configured."""

    url: str = ""
    answers: list[int] = field(default_factory=list)  # used up first; 0: hang up
    deliveries: list[Delivery] = field(default_factory=list)
    judge: Callable[[Delivery], Awaitable[tuple[int, bytes]]] | None = None

    async def take(self, request: HTTPServerRequest) -> tuple[int, bytes]:
        query = {name: values[-1].decode() for name, values in request.arguments.items()}
        delivery = Delivery(dict(request.headers), request.body, request.path, query)
        self.deliveries.append(delivery)
        judged = await self.judge(delivery) if self.judge else (204, b"")
        return (self.answers.pop(0), b"") if self.answers else judged


def listening(receiver: Receiver) -> HTTPServer:
    class Door(RequestHandler):
        async def post(self) -> None:
            status, body = await receiver.take(self.request)
            if not status:
                self.detach().close()
                return
            self.set_status(status)
            if body:
                self.write(body)

        async def get(self) -> None:
            self.write("a picture")

    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([(r".*", Door)]))
    server.add_sockets(sockets)
    receiver.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/notify"
    return server
