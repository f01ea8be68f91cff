"""Command line of the stand-in: python -m sandbox --port 8100 --data DIR."""

import argparse
import asyncio
import fcntl
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import IO

import uvloop
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from sandbox.app import App
from sandbox.world import World

MOST_BODY_BYTES = 1024 * 1024
CANNOT_START = 2


class CannotStart(Exception):
    """Failure to start, reported as one line on standard error."""


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


def _claim(folder: Path) -> IO[str]:
    """Lock the data folder against a second process. The lock ends with the process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "sandbox.lock").open("w", encoding="ascii")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(
            f"Another stand-in runs in {folder}: stop it or choose another folder with --data"
        ) from None
    except OSError as error:
        raise CannotStart(f"Cannot write to {folder}: {error.strerror}") from None
    return lock


def _listen(port: int) -> list[socket.socket]:
    try:
        return bind_sockets(port, "127.0.0.1")
    except (OSError, OverflowError) as error:
        # The error text of the operating system: `run` recognises it and tries another port.
        reason = getattr(error, "strerror", None) or error
        raise CannotStart(
            f"Cannot listen on 127.0.0.1:{port} ({reason}): choose another --port"
        ) from None


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if arguments.die_with_parent:
        _watch_parent(stop)
    lock, sockets = _claim(arguments.data), _listen(arguments.port)
    world = World(arguments.data)
    server = HTTPServer(App(world), max_body_size=MOST_BODY_BYTES)
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
    lock.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_serve(_arguments()))
        except CannotStart as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(CANNOT_START)
