"""deploy/nginx.conf agrees with the product: who waits for whom, and what is let through."""

import re
from pathlib import Path

import msgspec

from handlers.http import base, streams, uploads
from handlers.http.base import SMALL_BODY_BYTES
from handlers.http.problems import Problem
from handlers.photos import PhotosHandler
from handlers.register import ImportsHandler
from handlers.wechat import pay_notices
from server import connections
from services.kernel import errors

TEXT = (Path(__file__).parents[2] / "deploy/nginx.conf").read_text("utf-8")
CONF = re.sub(r"#.*", "", TEXT)
UNITS = {"": 1, "s": 1, "k": 1024, "m": 1024 * 1024}
FILES = {
    "= /api/v1/photos": PhotosHandler,
    "~ ^/api/v1/places/[^/]+/register-imports$": ImportsHandler,
}


def part(opening: str) -> str:
    """What stands in a block, without the blocks in it."""
    begin = CONF.index(f"{opening} {{") + len(opening) + 2
    end, depth = begin, 1
    while depth:
        depth += {"{": 1, "}": -1}.get(CONF[end], 0)
        end += 1
    # Where there are quotes there are braces of JSON.
    return re.sub(r"location [^{]*\{([^'}]|'[^']*')*\}", "", CONF[begin : end - 1])


def value(block: str, directive: str) -> int:
    [(figure, unit)] = re.findall(rf"^\s*{directive} (\d+)([a-z]?);", part(block), re.MULTILINE)
    return int(figure) * UNITS[unit]


def test_callers_wait_longer_than_those_they_call() -> None:
    """The figures are the product's own, read from its source: tests put them off."""
    assert value("server", "proxy_read_timeout") > seconds(base, "REQUEST_SECONDS")
    assert seconds(base, "REQUEST_SECONDS") > seconds(pay_notices, "NOTICE_SECONDS")
    silence = seconds(streams, "HEARTBEAT_SECONDS") + seconds(streams, "EVERY_SECONDS")
    assert value("server", "proxy_read_timeout") > silence
    for place in FILES:
        waited = value(f"location {place}", "proxy_read_timeout")
        assert waited > seconds(uploads, "UPLOAD_SECONDS")
    kept = value("upstream sanzhangtong", "keepalive_timeout")
    assert kept < seconds(connections, "HEADER_SECONDS")


def seconds(module: object, name: str) -> float:
    source = Path(str(module.__dict__["__file__"])).read_text("utf-8")
    [figure] = re.findall(rf"^{name}: Final = ([\d.]+)", source, re.MULTILINE)
    return float(figure)


def test_bodies_are_let_through_as_far_as_their_routes_take_them() -> None:
    assert value("server", "client_max_body_size") == SMALL_BODY_BYTES
    for place, handler in FILES.items():
        taken = value(f"location {place}", "client_max_body_size")
        assert taken == handler.max_body_bytes


def test_it_reads_whole_requests_and_says_for_whom() -> None:
    server = part("server")
    assert "proxy_request_buffering on;" in server
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in server
    assert 'proxy_set_header Connection "";' in server


def test_what_it_refuses_itself_has_the_products_shape() -> None:
    answers = re.findall(r"return (\d+) '([^']+)';", CONF)
    told = {int(status): msgspec.json.decode(text, type=Problem) for status, text in answers}
    assert {status: problem.code for status, problem in told.items()} == {
        413: errors.TooLarge.code,
        503: errors.Busy.code,
    }
    assert all(problem.status == status for status, problem in told.items())


def test_no_query_is_logged_and_the_operators_port_is_not_shown() -> None:
    assert not re.search(r"\$request_uri|\$args|\$query_string|\$request\b", CONF)
    assert not re.search(r"metrics|readyz", CONF)
