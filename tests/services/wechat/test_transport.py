"""Silence has two kinds: certainly nothing happened, or it may have."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest

from services.wechat import transport
from services.wechat.transport import NoAnswer, Transport
from tests.deadlines import SAFETY_NET

ANSWERS = {
    "too long": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "nonsense": b"nonsense\r\n\r\n",
    "nothing": b"",
    "reset": None,
}
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a close that resets


@pytest.fixture
async def broken(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A server that reads the request and then breaks down."""
    answer = ANSWERS[request.param]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


async def silence(base: str) -> NoAnswer:
    client = Transport(base, timeout_seconds=SAFETY_NET)
    with pytest.raises(NoAnswer) as refused:
        await client.send("POST", "/x?secret=1", headers={"Key": "secret"}, body=b"secret")
    client.close()
    assert "secret" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("broken", list(ANSWERS), indirect=True)
async def test_a_server_that_broke_down_may_have_obeyed(broken: str) -> None:
    assert (await silence(broken)).unknown


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "https://127.0.0.1:1"])
async def test_a_server_never_reached_has_done_nothing(base: str) -> None:
    assert not (await silence(base)).unknown


async def test_a_request_still_in_our_queue_has_done_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "MAX_CLIENTS", 1)
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Transport(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=1)
        calls = [client.send("GET", "/", headers={}) for _ in range(2)]
        asked, queued = await asyncio.gather(*calls, return_exceptions=True)
        client.close()
    assert isinstance(asked, NoAnswer)
    assert isinstance(queued, NoAnswer)
    assert (asked.unknown, queued.unknown) == (True, False)
