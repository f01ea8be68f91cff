"""Tornado application made of the routes of every handler module, found as features are."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_network
from typing import Any, Final

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler, url

import handlers
from handlers.http.admission import Admission
from handlers.http.base import SMALL_BODY_BYTES, ApiHandler, NotFoundHandler
from handlers.http.body_length import declared_length
from handlers.http.contract import Route
from handlers.http.streams import Streams
from handlers.http.upload_budget import UploadBudget
from handlers.http.uploads import TooLargeHandler
from server import ops
from server.features import FEATURES  # noqa: F401  # their errors are in the contract
from server.settings import Settings
from services.dependencies import Dependencies


def _found() -> Iterator[Route]:
    """Yield the routes of each module of handlers/, in the order of the modules' names.

    What stands in handlers/http/ is the machinery, which has none.
    """
    for found in pkgutil.walk_packages(handlers.__path__, "handlers."):
        if not found.ispkg and not found.name.startswith("handlers.http."):
            yield from importlib.import_module(found.name).ROUTES


ROUTES: Final[list[Route]] = [*_found(), *ops.ROUTES]


class ProductApplication(Application):
    """Application that bounds each body by what its route takes, before any of it is read."""

    def get_handler_delegate(
        self,
        request: HTTPServerRequest,
        target_class: type[RequestHandler],
        target_kwargs: dict[str, Any] | None = None,
        path_args: list[bytes] | None = None,
        path_kwargs: dict[str, bytes] | None = None,
    ) -> Any:
        most = SMALL_BODY_BYTES
        if issubclass(target_class, ApiHandler):
            most = target_class.most_bytes(request)
        connection: Any = request.connection
        connection.set_max_body_size(most)
        declared = declared_length(request.headers)
        # Anything but one number is left to Tornado, which refuses it.
        if declared is not None and declared > most:
            target_kwargs = {**(target_kwargs or {}), "route": target_class}
            target_class = TooLargeHandler
            connection.set_max_body_size(declared)  # the handler says what becomes of it
        return super().get_handler_delegate(
            request, target_class, target_kwargs, path_args, path_kwargs
        )


def make_app(
    deps: Dependencies,
    settings: Settings,
    log_function: Callable[[RequestHandler], None] | None = None,
) -> Application:
    """Make what people and WeChat meet."""
    return _make(ROUTES, deps, settings, log_function)


def make_operator_app(
    deps: Dependencies,
    settings: Settings,
    log_function: Callable[[RequestHandler], None] | None = None,
) -> Application:
    """Make what only the operator meets, on OPS_PORT."""
    return _make(ops.OPERATOR_ROUTES, deps, settings, log_function)


def _make(
    routes: Sequence[Route],
    deps: Dependencies,
    settings: Settings,
    log_function: Callable[[RequestHandler], None] | None,
) -> Application:
    given: dict[str, Any] = {"deps": deps}
    logged: dict[str, Any] = {"log_function": log_function} if log_function else {}
    patterns = [(route.pattern, route.handler, route.path) for route in routes]
    return ProductApplication(
        [url(regex, kind, {**given, "pattern": path}) for regex, kind, path in patterns],
        default_handler_class=NotFoundHandler,
        default_handler_args=given,
        routes=routes,
        trusted_proxies=[ip_network(proxy) for proxy in settings.trusted_proxies],
        admission=Admission(settings.requests_at_once, settings.requests_per_person),
        uploads=UploadBudget(settings.uploads_mb << 20),
        streams=Streams(),
        **logged,
    )
