"""python -m sandbox --port 8100 --data DIR: start, say where, serve until told to stop."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

import uvloop
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from sandbox.app import App
from sandbox.world import World

MOST_BODY_BYTES = 1024 * 1024


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="WeChat's mini-program and payment servers, played on 127.0.0.1.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--data", type=Path, required=True, help="keys and state live here")
    parser.add_argument(
        "--die-with-parent", action="store_true", help="stop when standard input closes"
    )
    return parser.parse_args()


def _watch_parent(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, daemon=True).start()


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if arguments.die_with_parent:
        _watch_parent(stop)
    world = World(arguments.data)
    server = HTTPServer(App(world), max_body_size=MOST_BODY_BYTES)
    sockets = bind_sockets(arguments.port, "127.0.0.1")
    server.add_sockets(sockets)
    world.schedule.start()
    ready = {
        "url": f"http://127.0.0.1:{sockets[0].getsockname()[1]}",
        "credentials": str(world.keys.credentials_path),
    }
    print(json.dumps(ready), flush=True)  # noqa: T201 - the starter waits for this line
    await stop.wait()
    server.stop()
    await server.close_all_connections()
    world.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(_arguments()))
