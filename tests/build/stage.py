"""World of a test, opened: the product on a real socket, an empty database, a reset WeChat."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from shutil import rmtree
from typing import Final

import msgspec
from tornado.web import RequestHandler

from server.app import make_app, make_operator_app
from server.connections import answering
from server.dependencies import open_dependencies, open_mongo
from server.serving import address_of, finish_requests, listen
from server.settings import Settings
from tests.build.documents import empty
from tests.build.query_recorder import QueryRecorder
from tests.build.world import Api, Clock, WeChat, World

# A client lives for one test: it needs no connection that listens for a new primary.
BRIEF: Final = {"serverMonitoringMode": "poll"}


@asynccontextmanager
async def open_world(
    base_settings: Settings,
    clock: Clock,
    log_function: Callable[[RequestHandler], None] | None = None,
) -> AsyncIterator[World]:
    """Fail at the end when the product asked something that no index serves."""
    recorder = QueryRecorder()
    wechat = WeChat(base_settings.wx_api_base, clock)
    await wechat.reset()
    public, operator = (listen(Settings(port=0)) for _ in range(2))
    base = address_of(public)
    settings = msgspec.structs.replace(base_settings, public_url=base)
    options = {"event_listeners": [recorder], **BRIEF}
    async with (
        open_dependencies(settings, clock, mongo_options=options) as deps,
        open_mongo(settings, **BRIEF) as mongo,  # looks without being recorded
    ):
        app = make_app(deps, settings, log_function)
        for_operator = make_operator_app(deps, settings, log_function)
        await deps.redis.flushdb()
        db = mongo[settings.mongodb_database]
        try:
            async with (
                answering(app, public, finish_requests),
                answering(for_operator, operator, finish_requests),
            ):
                yield World(deps, db, clock, wechat, Api(base), Api(address_of(operator)), app)
        finally:
            try:
                scans = await recorder.scans(deps.db)
            finally:  # what one test leaves behind would fail all that follow
                await empty(db)
                rmtree(deps.photos, ignore_errors=True)
    assert not scans, "a query without an index"
