"""Command `run`: everything in one process, for trials and one small installation."""

import argparse
import shlex
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import pymongo
import structlog
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

import mongo_indexes
from demo import foundation, history
from demo.people import ROLES
from demo.site import Site
from server import observability
from server.dependencies import open_dependencies
from server.embedded.folders import writing_to
from server.embedded.lifecycle import embedded
from server.embedded.occupancy import Occupancy, occupied
from server.errors import StartError
from server.serving import (
    INDEX_SECONDS,
    address_of,
    done_unless,
    listen,
    listen_for_operator,
    run_async,
    serving,
    stop_signals,
    working,
)
from server.settings import Settings
from services.dependencies import Dependencies
from services.kernel.days import wall_clock

NAME = "run"
HELP = "web server, worker, MongoDB, Redis and a WeChat stand-in in one go"

log = structlog.get_logger()
progress: Final = partial(print, file=sys.stderr, flush=True)
GRANT: Final = (
    ".venv/bin/python -m server grant --phone 19900030001 --role administrator "
    "--place jl --new-city 吉林市"
)
WIDTH: Final = max(len(person.name) for person in ROLES) + 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="instead of PORT (8000)")
    parser.add_argument("--data-dir", type=Path, help="instead of DATA_DIR (.data)")
    parser.add_argument("--empty", action="store_true", help="without the demo's compound")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    given = settings.replace(port=arguments.port, data_dir=arguments.data_dir)
    return run_async(start(given, empty=arguments.empty))


async def start(settings: Settings, *, empty: bool = False) -> None:
    """Run until a signal comes. The first line printed is the address, once it answers."""
    with (
        occupied(settings.data_dir) as occupancy,
        listen(settings) as listening,
        listen_for_operator(settings) as operator,
    ):
        with writing_to(settings.data_dir):
            observability.configure_logging(settings, settings.data_dir / "log.txt")
        given = settings.replace(port=listening.getsockname()[1])
        progress(f"Starting on {given.data_dir.absolute()} …")
        async with embedded(given) as complete, open_dependencies(complete) as deps:
            with pymongo.timeout(INDEX_SECONDS):
                await mongo_indexes.apply(deps.db)
            sockets = (listening, operator)
            await serve(deps, given, complete, sockets, occupancy=occupancy, empty=empty)


async def serve(
    deps: Dependencies,
    given: Settings,
    complete: Settings,
    sockets: tuple[socket.socket, socket.socket],
    *,
    occupancy: Occupancy,
    empty: bool,
) -> None:
    """Answer, lay the demo's foundation, print the address; then work and make its history."""
    stop = stop_signals()
    site = Site(deps, deps.features.jobs, complete.wx_api_base, given.data_dir, progress)
    async with serving(deps, given, *sockets):
        if not given.wx_appid:
            await prepare_stand_in(complete)
        if empty or await done_unless(stop, lay_foundation(site)):
            async with working(deps, complete, stop):
                occupancy.announce(address(given))
                has_people = not empty or site.mark.is_founded
                sys.stdout.write(
                    about(given, complete, address_of(sockets[1]), has_people=has_people)
                )
                sys.stdout.flush()
                # The demo's residents pay by WeChat, whose notices come to this server.
                if not empty:
                    await done_unless(stop, make_history(site))
                await stop.wait()
        progress("Stopping …")


async def lay_foundation(site: Site) -> None:
    try:
        await foundation.lay(site)
    except foundation.NotPublished as error:
        raise StartError(str(error)) from error


async def make_history(site: Site) -> None:
    """Make the demo's history. When that fails the product serves on, and the log says why."""
    try:
        await history.make(site)
    except Exception:
        log.exception("demo_history_failed")
        site.tell("The demo's history stopped (see log.txt); the next start goes on with it.")


async def prepare_stand_in(settings: Settings) -> None:
    """Tell it where its messages to us go, as one does at mp.weixin.qq.com, and the time.

    It remembers a clock that somebody moved, and would refuse every signature of ours.
    """
    push = {"url": f"{settings.public_url}/wx/push", "format": "json", "mode": "safe"}
    wishes = {
        "push": push,
        "service-account/push": {**push, "url": f"{push['url']}/service-account"},
        "settings": {"open_platform": True},  # to which both apps are bound
        "clock": {"now": wall_clock(), "frozen": False},
    }
    for path, wish in wishes.items():
        request = HTTPRequest(
            f"{settings.wx_api_base}/__ctl/{path}",
            method="POST",
            body=msgspec.json.encode(wish),
            request_timeout=INDEX_SECONDS,  # what fell due meanwhile is delivered first
        )
        await AsyncHTTPClient().fetch(request)


def address(given: Settings) -> str:
    return f"http://127.0.0.1:{given.port}"


def about(given: Settings, complete: Settings, operator: str, *, has_people: bool) -> str:
    """Tell where what is. `has_people`: the demo's people are there, to sign in as."""
    data = given.data_dir.absolute()
    lines = [
        address(given),
        f"data: {data}",
        f"logs: {data}/log.txt, and log.txt in mongo, redis and wechat there",
        f"health and figures, for the operator: {operator}/readyz, {operator}/metrics",
    ]
    if not given.wx_appid:
        lines.append(f"WeChat stand-in: {complete.wx_api_base}/__ctl")
        lines += sign_ins(given) if has_people else first_acts(given)
    return "\n".join([*lines, ""])


def sign_ins(given: Settings) -> list[str]:
    """Tell how to sign in as whom, in commands that work as they stand."""
    folder = f" {chosen}" if (chosen := folder_of(given)) else ""
    token = f'"Authorization: Bearer $(make -s token AS=resident{folder})"'
    return [
        f"sign in as one of these with: make token AS=unit{folder}",
        *[f"  {person.name:<{WIDTH}}{person.title}" for person in ROLES],
        f"for example: curl -s -H {token} {address(given)}/api/v1/me",
        f"see the main job from end to end, in another terminal: make tour{folder}",
    ]


def first_acts(given: Settings) -> list[str]:
    """Tell how an empty installation gets its first person, in commands that work in bash."""
    folder = folder_of(given)
    lines = [
        "without the demo. docs/how-to/set-up-a-city.md says how to begin; first of all",
        *([f"  export {folder}"] if folder else []),
        "  . docs/guide.sh",
        f"  {GRANT}",
        "  ADMIN=$(sign_in mayor 19900030001)",
        "  call $ADMIN /me",
    ]
    return [*lines, f"for example: curl -s {address(given)}/api/v1/privacy/policies"]


def folder_of(given: Settings) -> str:
    """Return the setting by which other commands find this data folder; "" for the default."""
    folder = given.data_dir.absolute()
    is_default = folder == Settings().data_dir.absolute()
    return "" if is_default else f"DATA_DIR={shlex.quote(str(folder))}"
