import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from server import observability
from server.embedded.ports import free_port
from server.settings import LogFormat, Settings
from services.dependencies import Dependencies
from tests.deadlines import SAFETY_NET

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PHONE, IDENTITY, OPENID = "13812345678", "22010119490101123X", "o" + "A1b2-_" * 4 + "xyz"

Written = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """What was logged since, line by line."""
    lines = io.StringIO()
    monkeypatch.setattr(sys, "stderr", lines)
    before, level = logging.root.handlers[:], logging.root.level
    observability.configure_logging(Settings(log_format=LogFormat.JSON, log_level="info"))
    yield lambda: [json.loads(line) for line in lines.getvalue().splitlines()]
    logging.root.handlers[:], logging.root.level = before, level
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "value",
    [
        PHONE,
        int(PHONE),
        f"call +86{PHONE}!",
        f"电话{PHONE}，谢谢",
        IDENTITY,
        IDENTITY.lower(),
        "6222021234567890123",
        OPENID,
        {"to": [PHONE, {"deep": (IDENTITY,)}]},
        PHONE.encode(),
        ValueError(f"dup key: {{ openid: '{OPENID}' }}"),
    ],
    ids=str,
)
def test_personal_data_never_reaches_a_log(value: Any, written: Written) -> None:
    structlog.get_logger("a").info("happened", anything=value)
    structlog.get_logger("a").info(f"happened {value}")
    logging.getLogger("b").warning("happened %s", value)
    assert len(written()) == 3
    for secret in (PHONE, IDENTITY[:17], "6222021234567890123", OPENID):
        assert secret not in json.dumps(written(), ensure_ascii=False)


@pytest.mark.parametrize("key", sorted(observability.HIDDEN_KEYS))
def test_some_keys_are_hidden_whatever_they_hold(key: str, written: Written) -> None:
    structlog.get_logger().info("happened", **{key: "李桂兰"}, inner={key: ["李桂兰"]})
    assert "李桂兰" not in json.dumps(written(), ensure_ascii=False)


def test_what_operators_need_stays_readable(written: Written) -> None:
    known = {
        "amount_fen": 12_000_000_000,
        "at": "2026-11-23T04:00:00.123456Z",
        "job": "cron:bill:2026-12:cc.chaoyang.c07",
        "order": "6561f0c2a1b2c3d4e5f60718",
        "ms": 1.5,
        "ok": True,
        "none": None,
    }
    structlog.get_logger().info("happened", **known)
    assert written()[0].items() >= known.items()


def test_failures_are_written_whole_but_for_personal_data(written: Written) -> None:
    try:
        int(f"no such phone {PHONE}")
    except ValueError:
        logging.getLogger("library").exception("failed")
        structlog.get_logger("own").exception("failed")
    for line in written():
        assert "no such phone <phone>" in line["exception"]
        assert "test_observability.py" in line["exception"]


def test_every_line_says_when_who_and_which_request(written: Written) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        logging.getLogger("library").info("happened")
        structlog.get_logger("own").info("happened")
    for line, logger in zip(written(), ("library", "own"), strict=True):
        assert line["request_id"] == "r1"
        assert line["logger"] == logger
        assert line["level"] == "info"
        assert line["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_left_out(written: Written) -> None:
    structlog.get_logger().debug("detail")
    assert written() == []


@pytest.mark.usefixtures("written")
def test_with_a_file_only_what_is_wrong_is_shown_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    file = tmp_path / "log.txt"
    observability.configure_logging(Settings(log_format=LogFormat.JSON), file)
    structlog.get_logger().info("usual", phone=PHONE)
    logging.getLogger("library").warning("wrong %s", PHONE)
    for handler in logging.root.handlers:
        handler.close()
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["event"] for line in kept] == ["usual", "wrong <phone>"]
    assert [json.loads(shown.getvalue())["event"]] == ["wrong <phone>"]
    assert PHONE not in file.read_text()


class Item(RequestHandler):
    pattern = "/items/{item_id}/lines"

    def contract(self) -> bool | None:
        return self.request.method in {"GET", "HEAD"} or None

    async def get(self, *, item_id: str) -> None:
        self.set_status(500 if item_id == "broken" else 200)


class Unknown(RequestHandler):
    async def prepare(self) -> None:
        self.set_status(404)
        self.finish()


async def ask(path: str, method: str = "GET") -> None:
    application = Application(
        [(r"/items/(?P<item_id>[^/]+)/lines", Item), (r"/healthz", Unknown)],
        default_handler_class=Unknown,
        log_function=observability.log_request,
    )
    server = HTTPServer(application)
    [socket] = bind_sockets(0, "127.0.0.1")
    server.add_sockets([socket])
    request = HTTPRequest(
        f"http://127.0.0.1:{socket.getsockname()[1]}{path}",
        method=method,
        allow_nonstandard_methods=True,
    )
    await AsyncHTTPClient().fetch(request, raise_error=False)
    server.stop()
    await server.close_all_connections()


def answered(**labels: str) -> float:
    return REGISTRY.get_sample_value("http_requests_total", labels) or 0


async def test_requests_are_counted_by_route_not_by_path(written: Written) -> None:
    route = "/items/{item_id}/lines"
    before = answered(method="GET", route=route, status="200")
    await ask(f"/items/{PHONE}/lines?q={PHONE}")
    await ask("/items/a%20b/lines")
    assert answered(method="GET", route=route, status="200") == before + 2
    line = written()[0]
    assert (line["event"], line["route"], line["status"]) == ("request", route, 200)
    assert line["ms"] >= 0


@pytest.mark.parametrize(
    ("path", "method", "route"),
    [
        ("/wp-login.php", "GET", "unmatched"),
        (f"/items/{PHONE}%ff/lines", "GET", "/items/{item_id}/lines"),
        (f"/items/{PHONE}/lines", "BREW", "/items/{item_id}/lines"),
    ],
)
async def test_what_was_sent_is_no_label(
    written: Written, path: str, method: str, route: str
) -> None:
    await ask(path, method)
    assert [line["route"] for line in written() if line["event"] == "request"] == [route]
    figures = (await observability.metrics())[0].decode()
    assert not {word for word in ("wp-login", PHONE, "BREW") if word in figures}


async def test_a_verb_that_no_route_has_is_one_series(written: Written) -> None:
    before = len((await observability.metrics())[0].splitlines())
    for verb in ("BREW", "PUT", "PATCH", "OPTIONS"):
        await ask(f"/items/{verb}/lines", verb)
    assert len(written()) >= 4
    after = len((await observability.metrics())[0].splitlines())
    assert after - before < 40  # one histogram, and a counter for each status


async def test_our_failures_are_errors(written: Written) -> None:
    await ask("/items/broken/lines")
    assert written()[0]["level"] == "error"


def test_what_answers_in_wechats_place_cannot_fill_the_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(observability, "OUTCOMES", set())
    monkeypatch.setattr(observability, "MOST_OUTCOMES", 2)
    for outcome in ("ok", "-1", "made-up", "ok"):
        observability.count_wechat_call("/bounded", outcome)
    asked = {"api": "/bounded", "outcome": "other"}
    assert REGISTRY.get_sample_value("wechat_calls_total", asked) == 1
    assert REGISTRY.get_sample_value("wechat_calls_total", asked | {"outcome": "ok"}) == 2


async def test_figures_of_calls_and_outbox() -> None:
    observability.count_wechat_call("/wxa/media_check_async", "45009")
    observability.show_outbox({"due": 3, "dead": 1}, 12.5)
    observability.show_lane("money", 2, 1.5)
    body, content_type = await observability.metrics()
    text = body.decode()
    assert content_type.startswith("text/plain")
    assert 'wechat_calls_total{api="/wxa/media_check_async",outcome="45009"}' in text
    assert 'outbox_jobs{state="due"} 3.0' in text
    assert "outbox_oldest_ready_seconds 12.5" in text
    assert 'outbox_lane_jobs{lane="money"} 2.0' in text
    assert 'outbox_lane_oldest_seconds{lane="money"} 1.5' in text


async def test_a_blocked_loop_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: asyncio.Queue[float] = asyncio.Queue()
    monkeypatch.setattr(observability.LOOP_LAG, "set", measured.put_nowait)
    monkeypatch.setattr(observability, "LAG_SECONDS", 0.01)
    watch = asyncio.create_task(observability.watch_loop_lag())
    await asyncio.wait_for(measured.get(), SAFETY_NET)
    sum(range(10_000_000))  # somebody computes on the loop
    assert await asyncio.wait_for(measured.get(), SAFETY_NET) > 0.02
    watch.cancel()


async def beat(at: datetime | None) -> datetime | None:
    return at


async def test_ready_with_everything_there(deps: Dependencies) -> None:
    found = await observability.readiness(deps.mongo, deps.redis, beat(NOON), NOON)
    assert found == observability.Readiness(ready=True, mongodb="ok", redis="ok", worker="ok")


@pytest.mark.parametrize("at", [None, NOON - timedelta(minutes=2)])
async def test_a_silent_worker_is_told_but_does_not_stop_the_web(
    deps: Dependencies, at: datetime | None
) -> None:
    found = await observability.readiness(deps.mongo, deps.redis, beat(at), NOON)
    assert (found.ready, found.worker) == (True, "silent")


async def test_without_redis_we_are_ready_without_mongo_we_are_not(deps: Dependencies) -> None:
    async with Redis(port=free_port(), retry=Retry(NoBackoff(), 0)) as nobody:
        found = await observability.readiness(deps.mongo, nobody, beat(NOON), NOON)
    assert (found.ready, found.redis) == (True, "away")
    closed = AsyncMongoClient[Any]()  # asked too late; a refusing port would leak a socket
    await closed.close()
    found = await observability.readiness(closed, deps.redis, beat(NOON), NOON)
    assert (found.ready, found.mongodb) == (False, "away")
