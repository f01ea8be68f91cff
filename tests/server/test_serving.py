import asyncio
import dataclasses
import os
import signal
import socket
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.web import Application, RequestHandler

from server import serving
from server.embedded.ports import free_port
from server.errors import StartError
from server.serving import listen, stop_signals, working
from server.settings import Settings
from server.worker import ClockSkew
from services.dependencies import Dependencies
from services.kernel.days import wall_clock
from tests.deadlines import SAFETY_NET


class SlowHandler(RequestHandler):
    """Answers when it is allowed to."""

    started = asyncio.Event()
    allowed = asyncio.Event()

    async def get(self) -> None:
        self.started.set()
        await self.allowed.wait()
        self.write("done")


async def test_at_the_end_requests_are_finished_and_no_more_are_taken(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    SlowHandler.started, SlowHandler.allowed = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(serving, "make_app", lambda *_: Application([("/", SlowHandler)]))
    listening = listen(Settings(port=0))
    port = listening.getsockname()[1]
    web = serving.serving(deps, Settings(), listening)
    await web.__aenter__()
    answer = asyncio.ensure_future(AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/"))
    await asyncio.wait_for(SlowHandler.started.wait(), SAFETY_NET)

    end = asyncio.create_task(web.__aexit__(None, None, None))
    async with asyncio.timeout(SAFETY_NET):
        while await can_connect(port):
            pass  # it begins to end
    assert not end.done()
    SlowHandler.allowed.set()
    assert (await answer).body == b"done"
    await end


async def can_connect(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.close()
    return True


async def test_who_never_finishes_is_cut_off(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    SlowHandler.started, SlowHandler.allowed = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(serving, "make_app", lambda *_: Application([("/", SlowHandler)]))
    monkeypatch.setattr(serving, "FINISH_SECONDS", 0.01)
    listening = listen(Settings(port=0))
    async with serving.serving(deps, Settings(), listening):
        port = listening.getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.wait_for(SlowHandler.started.wait(), SAFETY_NET)
    writer.close()
    SlowHandler.allowed.set()


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"Cannot listen on 127.0.0.1:{port} \(.*PORT$"):
            listen(Settings(port=port))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(StartError, match="Cannot listen on 192"):
        listen(Settings(listen_address="192.0.2.1"))


@pytest.mark.parametrize("number", serving.STOP_SIGNALS)
async def test_the_first_signal_asks_the_second_one_ends(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    stop = stop_signals()
    os.kill(os.getpid(), number)
    await asyncio.wait_for(stop.wait(), SAFETY_NET)
    assert signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}
    signal.signal(number, before)


async def test_the_worker_works_until_the_end(deps: Dependencies) -> None:
    stop, here = asyncio.Event(), dataclasses.replace(deps, now=wall_clock)
    async with working(here, Settings(), stop):
        assert not stop.is_set()
    assert stop.is_set()


class Broken:
    """A worker that fails as it starts."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    async def run(self, _: asyncio.Event) -> None:
        raise ClockSkew("this clock is 9 s off")


async def test_a_worker_that_fails_ends_the_process(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "Worker", Broken)
    stop, noticed = asyncio.Event(), False
    with pytest.raises(StartError, match="this clock is 9 s off"):
        async with working(deps, Settings(), stop):
            noticed = await asyncio.wait_for(stop.wait(), SAFETY_NET)
    assert noticed


async def swallow_first(attempts: list[int]) -> None:
    """Do what asyncio.wait_for() does at times before Python 3.12."""
    while len(attempts) < 3:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            attempts.append(1)
    await asyncio.Event().wait()


async def test_work_under_way_is_dropped_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CANCEL_SECONDS", 0.01)
    stop, attempts = asyncio.Event(), list[int]()
    dropped = asyncio.create_task(serving.done_unless(stop, swallow_first(attempts)))
    stop.set()
    assert await asyncio.wait_for(dropped, SAFETY_NET) is False
    assert len(attempts) == 3


async def test_work_that_is_done_or_fails_says_so() -> None:
    stop = asyncio.Event()
    assert await serving.done_unless(stop, asyncio.sleep(0)) is True
    with pytest.raises(StartError, match="no luck"):
        await serving.done_unless(stop, fail())


async def fail() -> None:
    raise StartError("no luck")
