"""Check of failures against the contract: an operation fails with codes that it declares."""

from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from handlers.http.contract import Route
from handlers.http.statuses import codes_by_status
from server.app import ROUTES

Declared = set[tuple[int, str]]


@cache
def _declared(route: Route) -> dict[str, Declared]:
    """Return verb → the statuses and codes that its contract names."""
    return {
        verb: {
            (status, code)
            for status, codes in codes_by_status(route.path, verb, contract).items()
            for code in codes
        }
        for verb, contract in route.contracts().items()
    }


def check(method: str, url: str, status: int, body: Any) -> None:
    """Raise when an operation fails with a code that its contract does not name.

    What is not ours to shape, e.g. the answer to WeChat's notices, has no `request_id`; and no
    contract names 500, which tests bring about on purpose.
    """
    if status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return
    if not isinstance(body, dict) or "request_id" not in body:
        return
    path, verb = urlsplit(url).path, method.lower()
    route = next((route for route in ROUTES if route.pattern.fullmatch(path)), None)
    if route is not None and verb in _declared(route):
        told = (status, body["code"])
        assert told in _declared(route)[verb], (method, route.path, *told)
