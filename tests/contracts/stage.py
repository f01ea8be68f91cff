"""Fixtures: a started stand-in, its control API, and a server that receives notices."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.build.world import Clock, WeChat
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


class Control(WeChat):
    """Control API of one started stand-in, in its own time."""

    def __init__(self, process: Process) -> None:
        super().__init__(process.url, Clock())
        self.process = process

    async def refusal(self, path: str, **body: Any) -> str:
        reply = await self.ask("POST", path, body)
        assert reply.status == 400, (path, reply.status, reply.raw)
        return str(reply.body["error"])


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
