"""Connections that never finish what they began, and more of them than there is room for."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs
from tornado.web import Application, RequestHandler

from handlers.http.base import SMALL_BODY_BYTES
from server import connections
from server.serving import address_of, finish_requests, listen
from server.settings import Settings
from tests.build.wire import answered, connected, everything, head
from tests.deadlines import SAFETY_NET

SOON = 0.05  # seconds; on a loaded machine it only comes later


class HelloHandler(RequestHandler):
    def get(self) -> None:
        connection: Any = self.request.connection
        connection.params.header_timeout = SOON  # for what comes next on this connection
        self.write("hello")

    def post(self) -> None:
        self.write("heard")


@asynccontextmanager
async def answering(listening: socket.socket) -> AsyncIterator[str]:
    app = Application([("/", HelloHandler)])
    address = address_of(listening)
    async with connections.answering(app, listening, finish_requests):
        yield address


@pytest.mark.parametrize(
    ("limit", "sent"),
    [
        ("HEADER_SECONDS", b"GET / HTTP/1.1\r\nHost: a\r\nX-Half: "),
        ("HEADER_SECONDS", b""),
        ("BODY_SECONDS", head("POST", "/", {"Content-Length": 10}) + b"half"),
    ],
    ids=["half a header", "nothing", "half a body"],
)
async def test_who_sends_half_is_not_waited_for(
    limit: str, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, limit, SOON)
    async with answering(listen(Settings(port=0))) as address:
        assert await answered(address, sent) == b""


async def test_a_connection_that_is_idle_between_two_requests_is_closed() -> None:
    async with answering(listen(Settings(port=0))) as address:
        said = await answered(address, head("GET", "/", {}))
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert said.endswith(b"hello")


async def test_a_header_without_end_is_refused() -> None:
    async with answering(listen(Settings(port=0))) as address:
        long = head("GET", "/", {"X-Long": "x" * connections.LONGEST_HEADER_BYTES})
        said = await answered(address, long)
    assert said in {b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"}


async def test_a_body_in_pieces_is_bounded_too() -> None:
    announced = b"%x\r\n" % (SMALL_BODY_BYTES + 1)
    request = head("POST", "/", {"Transfer-Encoding": "chunked"}) + announced
    async with answering(listen(Settings(port=0))) as address:
        assert await answered(address, request) == b"HTTP/1.1 400 Bad Request\r\n\r\n"


async def test_who_does_not_read_the_answer_is_given_up_by_the_kernel() -> None:
    listening = listen(Settings(port=0))
    async with answering(listening) as address, connected(address):
        there = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert there == connections.UNREAD_MILLISECONDS


class ShortSocket(socket.socket):
    """A listening socket of a process that has no descriptor left, a few times."""

    refusals = 3
    asked = 0
    was_asked = asyncio.Event()

    def accept(self) -> tuple[socket.socket, object]:
        self.asked += 1
        self.was_asked.set()
        if self.asked <= self.refusals:
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


async def test_running_out_of_descriptors_is_survived_and_said_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "PAUSE_SECONDS", 0.01)
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, seen: failures.append(seen))
    taken = listen(Settings(port=0))
    with ShortSocket(fileno=taken.detach()) as listening:
        listening.settimeout(0)
        with capture_logs() as lines:
            async with answering(listening) as address, connected(address) as (reader, writer):
                writer.write(head("GET", "/", {"Connection": "close"}))
                assert (await everything(reader)).endswith(b"hello")
    assert [line["event"] for line in lines] == ["no_more_connections"]
    assert lines[0]["error"] == "EMFILE"
    assert failures == []


async def test_without_descriptors_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or all of the processor goes into failing."""
    monkeypatch.setattr(connections, "PAUSE_SECONDS", SAFETY_NET)
    monkeypatch.setattr(ShortSocket, "was_asked", asyncio.Event())
    taken = listen(Settings(port=0))
    with ShortSocket(fileno=taken.detach()) as listening:
        listening.settimeout(0)
        async with answering(listening) as address, connected(address):
            await asyncio.wait_for(listening.was_asked.wait(), SAFETY_NET)
            for _ in range(100):
                await asyncio.sleep(0)
            assert listening.asked == 1
