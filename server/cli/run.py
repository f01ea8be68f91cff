"""Everything in one process: for trying out, development and one small installation."""

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path

import msgspec
import pymongo
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

import demo
import mongo_indexes
from server import observability
from server.dependencies import open_dependencies
from server.embedded.folders import writing_to
from server.embedded.lifecycle import embedded
from server.serving import (
    INDEX_SECONDS,
    done_unless,
    listen,
    run_async,
    serving,
    stop_signals,
    working,
)
from server.settings import Settings
from services.days import wall_clock
from services.dependencies import Dependencies

NAME = "run"
HELP = "web server, worker, MongoDB, Redis and a WeChat stand-in in one go"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="instead of PORT (8000)")
    parser.add_argument("--data", type=Path, help="instead of DATA_DIR (.data)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(serve(settings.replace(port=arguments.port, data_dir=arguments.data)))


async def serve(settings: Settings) -> None:
    """Run until a signal comes. The first line printed is the address, once it answers."""
    progress = partial(print, file=sys.stderr, flush=True)
    listening = listen(settings)
    with writing_to(settings.data_dir):
        observability.configure_logging(settings, settings.data_dir / "log.txt")
    settings = settings.replace(port=listening.getsockname()[1])
    async with embedded(settings) as complete, open_dependencies(complete) as deps:
        with pymongo.timeout(INDEX_SECONDS):
            await mongo_indexes.apply(deps.db)
        stop = stop_signals()
        async with serving(deps, listening, settings.trusted_proxies):
            if not settings.wx_appid:
                await prepare_stand_in(complete)
            # The demo's residents pay by WeChat, whose notices come to this server.
            if await done_unless(stop, demo.load_if_empty(deps, complete, progress)):
                await work(settings, complete, deps, stop)
            progress("Stopping …")


async def work(
    given: Settings, complete: Settings, deps: Dependencies, stop: asyncio.Event
) -> None:
    async with working(deps, complete, stop):
        (given.data_dir / "address").write_text(f"http://127.0.0.1:{given.port}")
        sys.stdout.write(about(given, complete))
        sys.stdout.flush()
        await stop.wait()


async def prepare_stand_in(settings: Settings) -> None:
    """Tell it where its messages to us go, as one does at mp.weixin.qq.com, and the time.

    It remembers a clock that somebody moved, and would refuse every signature of ours.
    """
    push = {"url": f"{settings.public_url}/wx/push", "format": "json", "mode": "safe"}
    for path, wish in (("push", push), ("clock", {"now": wall_clock(), "frozen": False})):
        request = HTTPRequest(
            f"{settings.wx_api_base}/__ctl/{path}",
            method="POST",
            body=msgspec.json.encode(wish),
            request_timeout=INDEX_SECONDS,  # what fell due meanwhile is delivered first
        )
        await AsyncHTTPClient().fetch(request)


def about(given: Settings, complete: Settings) -> str:
    data = given.data_dir.absolute()
    lines = [
        f"http://127.0.0.1:{given.port}",
        f"data: {data}",
        f"logs: {data}/log.txt, and log.txt in mongo, redis and wechat there",
    ]
    if not given.wx_appid:
        lines.append(f"WeChat stand-in: {complete.wx_api_base}/__ctl")
    return "\n".join([*lines, demo.who_is_who(complete), ""])
