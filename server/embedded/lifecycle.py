"""Lifecycle of the embedded servers: start, restart after a crash, attach from outside."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from server.embedded.children import Child
from server.embedded.occupancy import last_address, require_run
from server.embedded.ports import answers
from server.embedded.servers import Mongo, RedisServer, Sandbox
from server.errors import StartError
from server.settings import Settings

WATCH_SECONDS: Final = 1.0
log = structlog.get_logger()


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Settings]:
    """Run what the settings leave open; yields settings that lack nothing.

    Blocks the loop while starting and stopping: there is nothing else to do then, and threads
    must not start children (see LAUNCH). Raises StartError or SettingsError.
    """
    with ExitStack() as stack:
        children: list[Child] = []
        for kind in wanted(settings):
            children.append(child := kind(settings.data_dir / kind.folder))
            stack.callback(child.stop)
        for child in children:
            child.wait()
        complete = fill_in(settings, children)
        complete.require_all()
        guard = asyncio.create_task(keep_alive(children))
        try:
            yield complete
        finally:
            guard.cancel()


def attached(settings: Settings) -> Settings:
    """Return the settings of the `run` that is up on this data folder. Raises StartError."""
    children = [kind.running_in(settings.data_dir / kind.folder) for kind in wanted(settings)]
    for child in children:
        if not answers(child.port):
            require_run(settings.data_dir)
            raise StartError(f"{child.title} does not answer; its log: {child.log}")
    address = settings.public_url or last_address(settings.data_dir) or ""
    complete = fill_in(settings.replace(public_url=address), children)
    complete.require_all()
    return complete


def stand_in(settings: Settings) -> str:
    """Return the address of the WeChat stand-in of the `run` that is up. Raises StartError."""
    complete = attached(settings)
    if not complete.wx_api_base.startswith("http://127.0.0.1"):
        raise StartError("Only beside the WeChat stand-in: real WeChat has real users")
    return complete.wx_api_base


def wanted(settings: Settings) -> list[type[Child]]:
    return [
        kind
        for kind, configured in (
            (Mongo, settings.mongodb_uri),
            (RedisServer, settings.redis_url),
            (Sandbox, settings.wx_appid),
        )
        if not configured
    ]


def fill_in(settings: Settings, children: list[Child]) -> Settings:
    found: dict[str, Any] = {
        "public_url": settings.public_url or f"http://127.0.0.1:{settings.port}"
    }
    for child in children:
        match child:
            case Mongo():
                found["mongodb_uri"] = child.uri
                found["secret_keys"] = settings.secret_keys or own_keys(settings.data_dir)
            case RedisServer():
                found["redis_url"] = child.uri
            case Sandbox():
                found |= {"wx_api_base": child.uri, "wxpay_api_base": child.uri}
                found |= child.settings()
    return settings.replace(**found)


def own_keys(data_dir: Path) -> dict[str, bytes]:
    """Keys for the data in this folder, made once and kept beside it."""
    file = data_dir / "secret_keys.json"
    if not file.exists():
        keys = {"own-1": secrets.token_bytes(32)}
        with open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as new:
            new.write(msgspec.json.encode(keys))
    return msgspec.json.decode(file.read_bytes(), type=dict[str, bytes])


async def keep_alive(children: list[Child]) -> None:
    """Start a part again when it dies: memory runs out on small machines."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        for child in children:
            if child.process.poll() is not None:
                log.error("part died, starting it again", part=child.title, log=str(child.log))
                try:
                    child.spawn(child.port)
                except OSError:  # e.g. no room for its log; the next round tries again
                    log.exception("cannot start it", part=child.title)
