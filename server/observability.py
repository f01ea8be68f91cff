"""Logging without personal data, Prometheus metrics, liveness and readiness."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Mapping, MutableMapping
from datetime import datetime, timedelta
from functools import partialmethod
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import msgspec
import pymongo
import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError
from tornado.web import RequestHandler

from server.embedded.children import LOG_BYTES
from server.settings import LogFormat, Settings
from services.kernel.redaction import redacted

# Keys whose values never reach a log, whatever they hold.
HIDDEN_KEYS: Final = frozenset(
    {"phone", "mobile", "id_number", "id_card", "real_name", "full_name", "person_name"}
    | {"address", "openid", "unionid", "session_key", "token", "access_token"}
    | {"refresh_token", "authorization", "password", "secret", "api_v3_key"}
    | {"private_key_pem", "body"}
)
# At debug the driver logs commands and replies, which are what the database holds; Pillow what
# a phone wrote into a photo, e.g. where it was taken.
TALKATIVE: Final = ("pymongo", "PIL")

disable_created_metrics()  # type: ignore[no-untyped-call]  # a line more for each series, which nobody reads
REQUEST_SECONDS: Final = Histogram(
    "http_request_seconds",
    "Time to answer, by route",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.8, 1, 2, 4, 8),
)
REQUESTS: Final = Counter("http_requests", "Answers, by route", ["method", "route", "status"])
WECHAT_CALLS: Final = Counter("wechat_calls", "Calls to WeChat", ["api", "outcome"])
OUTBOX_DEPTH: Final = Gauge("outbox_jobs", "Jobs in the outbox", ["state"])
WORKLIST: Final = Gauge("waiting_for_a_person", "Money that waits for a decision", ["what"])
OUTBOX_AGE: Final = Gauge("outbox_oldest_ready_seconds", "How late the oldest due job is")
LANE_DEPTH: Final = Gauge("outbox_lane_jobs", "Due jobs, by lane", ["lane"])
LANE_AGE: Final = Gauge("outbox_lane_oldest_seconds", "How late a lane's oldest is", ["lane"])
LOOP_LAG: Final = Gauge("event_loop_lag_seconds", "How late the event loop was last time")

OUTCOMES: Final[set[str]] = set()  # told so far
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
UNMATCHED: Final = "unmatched"
PROBED_ROUTES: Final = frozenset({"/healthz", "/readyz", "/metrics"})  # every few seconds
SERVER_ERROR: Final = 500
BUSY: Final = 503
MOST_OUTCOMES: Final = 200
LAG_SECONDS: Final = 0.5
PROBE_SECONDS: Final = 1.0
WORKER_SILENCE: Final = timedelta(seconds=90)  # a lease and a half

access = structlog.get_logger("access")


def configure_logging(settings: Settings, file: Path | None = None) -> None:
    """Send structlog's and the standard library's logs to stderr in one format.

    With a file everything goes there, and only what is wrong to stderr as well.
    """
    render = _renderer(settings)
    structlog.configure(
        processors=[*SHARED, render],
        logger_factory=Lines,
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=False,
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if file:
        handlers[0].setLevel(logging.WARNING)
        handlers.append(RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=2))
    for handler in handlers:
        handler.setFormatter(LineFormatter(render, foreign_pre_chain=SHARED))
    logging.basicConfig(handlers=handlers, level=settings.log_level.upper(), force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)


def _renderer(settings: Settings) -> structlog.typing.Processor:
    if settings.log_format is LogFormat.JSON:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False)


class Line(logging.LogRecord):
    """Record of an entry of ours, whose message is the whole line."""


class Lines:
    """Logger behind structlog's: hands each line to the standard library's handlers.

    Not a logger of the library's, which looks for the code that called for each entry and
    fills a record with what no line shows: with it an entry took twice the time.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name

    def _write(self, level: int, text: str) -> None:
        logging.root.callHandlers(Line(self.name, level, "", 0, text, (), None))

    debug = partialmethod(_write, logging.DEBUG)
    info = partialmethod(_write, logging.INFO)
    warning = partialmethod(_write, logging.WARNING)
    error = partialmethod(_write, logging.ERROR)
    critical = partialmethod(_write, logging.CRITICAL)


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Formatter of both: lines of ours are ready, records of libraries become such lines."""

    def format(self, record: logging.LogRecord) -> str:
        return str(record.msg) if isinstance(record, Line) else super().format(record)


def redact(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take personal data out of a log entry: a processor for structlog."""
    for key, value in event.items():
        event[key] = "<hidden>" if key in HIDDEN_KEYS else _clean(value)
    return event


# What every entry passes through, ours and the libraries'. What is added last is nobody's.
SHARED: Final[list[structlog.typing.Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.format_exc_info,
    redact,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _clean(value: Any) -> Any:
    match value:
        case str():
            return redacted(value)
        case int() if (text := str(value)) != redacted(text):
            return redacted(text)
        case Mapping():
            return redact(None, "", dict(value))
        case list() | tuple() | set() | frozenset():
            return [_clean(item) for item in value]
        case bytes() | BaseException():
            return redacted(repr(value))
    return value


def log_request(handler: RequestHandler) -> None:
    """Log and measure one answered request: Application's `log_function`.

    What we expect to happen, "busy" for one, is told by this line alone: its `code`, and the
    `cause` when the database did not answer in time.
    """
    status, seconds = handler.get_status(), handler.request.request_time()
    method = handler.request.method if handler.request.method in METHODS else "other"
    route = getattr(handler, "pattern", "") or UNMATCHED
    labels = labels_of(handler)
    REQUEST_SECONDS.labels(*labels).observe(seconds)
    REQUESTS.labels(*labels, str(status)).inc()
    write = access.debug if route in PROBED_ROUTES else access.info
    if status >= SERVER_ERROR:
        write = access.warning if status == BUSY else access.error
    problem, cause = getattr(handler, "problem", None), getattr(handler, "cause", "")
    why = {"code": problem.code} if problem else {}
    why |= {"cause": cause} if cause else {}
    ms = round(seconds * 1000, 1)
    write("request", method=method, route=route, status=status, ms=ms, **why)


def labels_of(handler: RequestHandler) -> tuple[str, str]:
    """Return method and pattern of the endpoint: of those there are, whatever was sent.

    Never the path, which holds ids, phones and guesses: each would be a series for ever.
    """
    contract = getattr(handler, "contract", None)
    if contract is None or contract() is None:
        return "other", UNMATCHED
    method = handler.request.method or ""
    return ("GET" if method == "HEAD" else method), getattr(handler, "pattern", UNMATCHED)


def count_wechat_call(api: str, outcome: str) -> None:
    """Count one call; `outcome`: ok, an errcode or code of WeChat's, or no_answer.

    Whoever answers in WeChat's place may say anything: after MOST_OUTCOMES it is "other".
    """
    known = outcome in OUTCOMES or len(OUTCOMES) < MOST_OUTCOMES
    OUTCOMES.update({outcome} if known else ())
    WECHAT_CALLS.labels(api, outcome if known else "other").inc()


def show_outbox(depth_by_state: Mapping[str, int], oldest_ready_seconds: float) -> None:
    for state, depth in depth_by_state.items():
        OUTBOX_DEPTH.labels(state).set(depth)
    OUTBOX_AGE.set(oldest_ready_seconds)


def show_lane(lane: str, depth: int, oldest_seconds: float) -> None:
    LANE_DEPTH.labels(lane).set(depth)
    LANE_AGE.labels(lane).set(oldest_seconds)


def show_worklist(waiting: Mapping[str, int]) -> None:
    for what, count in waiting.items():
        WORKLIST.labels(what).set(count)


async def metrics() -> tuple[bytes, str]:
    """Return what Prometheus reads, written in a thread, and its content type."""
    return await asyncio.to_thread(generate_latest), CONTENT_TYPE_LATEST


async def watch_loop_lag() -> None:
    """Measure, until cancelled, how long ready tasks wait for the loop."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_SECONDS
        await asyncio.sleep(LAG_SECONDS)
        LOOP_LAG.set(max(0.0, loop.time() - due))


class Readiness(msgspec.Struct, frozen=True):
    """Readiness of this process to serve.

    It follows MongoDB alone: without Redis or a worker we are slower, not down. Taking every
    web server out of service because Redis is away would make a loss of comfort a loss of
    service.

    `ready`: Whether requests can be answered.
    `mongodb`: `ok`, or `away` when MongoDB does not answer.
    `redis`: `ok`, or `away` when Redis does not answer.
    `worker`: `ok`, or `silent` when no worker was heard of for a while.
    """

    ready: bool
    mongodb: str
    redis: str
    worker: str


async def is_alive() -> dict[str, str]:
    """Answer /healthz: the event loop runs. Asks nobody else."""
    return {"status": "ok"}


async def readiness(
    mongo: AsyncMongoClient[Any],
    redis: Redis,
    last_beat: Awaitable[datetime | None],
    now: datetime,
) -> Readiness:
    """Answer /readyz within about a second. `last_beat`: when a worker was last seen."""
    with pymongo.timeout(PROBE_SECONDS):
        (mongodb, _), (cache, _), (_, beat_at) = await asyncio.gather(
            _probe(mongo.admin.command("ping")), _probe(redis.ping()), _probe(last_beat)
        )
    silent = beat_at is None or now - beat_at > WORKER_SILENCE
    return Readiness(mongodb == "ok", mongodb, cache, "silent" if silent else "ok")


async def _probe(question: Awaitable[Any]) -> tuple[str, Any]:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return "ok", await question
    except (PyMongoError, RedisError, OSError, TimeoutError):
        return "away", None
