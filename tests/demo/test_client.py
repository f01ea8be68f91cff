"""The demo's HTTP client: what it asks again, and what it says when it is refused."""

from collections.abc import AsyncIterator

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from demo.client import Unexpected, fetch


class Doorstep(RequestHandler):
    """Answers with one status after the other; 0 is no answer."""

    def initialize(self, coming: list[int]) -> None:
        self.coming = coming

    def post(self) -> None:
        status = self.coming.pop(0)
        if not status:
            self.detach().close()
            return
        self.set_status(status)
        self.set_header("Retry-After", "0")
        self.set_header("Content-Type", "application/json")
        self.write(b"{}")


@pytest.fixture
def coming() -> list[int]:
    return []


@pytest.fixture
async def url(coming: list[int]) -> AsyncIterator[str]:
    [socket] = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([("/", Doorstep, {"coming": coming})]))
    server.add_socket(socket)
    yield f"http://127.0.0.1:{socket.getsockname()[1]}/"
    server.stop()
    await server.close_all_connections()


async def test_it_asks_again_when_it_is_told_to(url: str, coming: list[int]) -> None:
    coming += [503, 503, 201]
    assert await fetch("POST", url, {"n": 1}) == {}
    assert coming == []


async def test_a_server_that_ends_before_it_answers_is_one_line(
    url: str, coming: list[int]
) -> None:
    coming.append(0)
    with pytest.raises(Unexpected, match=rf"^POST {url}: no answer \(Stream closed\)$") as cut:
        await fetch("POST", url)
    assert cut.value.status == 0


@pytest.mark.parametrize("status", [400, 409, 500])
async def test_a_refusal_is_final(status: int, url: str, coming: list[int]) -> None:
    coming += [status, 201]
    with pytest.raises(Unexpected) as refused:
        await fetch("POST", url)
    assert refused.value.status == status
    assert coming == [201]
