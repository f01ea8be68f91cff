"""Serve one question after the other: a line `[task, wish]` in, a line of JSON out."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final, TextIO

import msgspec
import uvloop

import mongo_indexes
from bench.speed.within import (
    compounds,
    messages,
    names,
    notices,
    offices,
    payers,
    raw,
    residents,
)
from bench.speed.within.site import Site
from server import observability
from server.dependencies import open_dependencies
from server.settings import Settings

KEYS: Final = '{"bench": "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU="}'
TASKS: Final[dict[str, Callable[..., Awaitable[Any]]]] = {
    "account": payers.account,
    "city": compounds.write_city,
    "compound": compounds.write,
    "has": names.has,
    "insert_again": raw.insert_again,
    "messages": messages.write,
    "notices": notices.receive,
    "offices": offices.write,
    "payer": payers.write,
    "residents": residents.write,
}


def environment(
    mongo_uri: str, redis_url: str, database: str, *, wechat: Any
) -> dict[str, str]:
    """Return the settings of the product, in the words of its deploy/env.example."""
    made = wechat.settings()
    return {
        **{name.upper(): text(value) for name, value in made.items()},
        "MONGODB_URI": mongo_uri,
        "MONGODB_DATABASE": database,
        "REDIS_URL": redis_url,
        "WX_API_BASE": wechat.uri,
        "WXPAY_API_BASE": wechat.uri,
        "PUBLIC_URL": "http://127.0.0.1:1",
        "SECRET_KEYS": KEYS,
        "PORT": "0",
        "OPS_PORT": "0",
        "DATA_DIR": str(wechat.directory),
    }


def text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


async def serve(settings: Settings, environ: dict[str, str], answers: TextIO) -> None:
    def tell(answer: Any) -> None:
        answers.write(msgspec.json.encode(answer).decode() + "\n")
        answers.flush()

    async with open_dependencies(settings) as deps:
        await mongo_indexes.apply(deps.db)
        site = Site(deps, settings.wx_api_base, environ, {})
        tell(environ)
        while line := await asyncio.to_thread(sys.stdin.readline):
            task, wish = msgspec.json.decode(line)
            tell(await TASKS[task](site, **wish))


def main() -> None:
    # What the product prints is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    embedded = names.module("server.embedded.servers", "server.embedded")
    wechat = embedded.start_sandbox()
    try:
        environ = environment(*sys.argv[1:4], wechat=wechat)
        settings = Settings.read(environ).replace(mongodb_timeout_ms=60_000)
        observability.configure_logging(settings.replace(log_level="error"))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings, environ, answers))
    finally:
        wechat.stop()


main()
