"""Tornado application made of the routes of every handler module."""

from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any, Final

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler, url

from handlers import (
    appointments,
    audit,
    bill_runs,
    bills,
    browser,
    directory,
    discrepancies,
    fees,
    firms,
    grids,
    hand_overs,
    heads,
    home_codes,
    home_corrections,
    home_requests,
    homes,
    invitations,
    ledger,
    me,
    messages,
    ownership,
    payees,
    payments,
    photos,
    places,
    privacy,
    refunds,
    register,
    sessions,
    statistics,
)
from handlers.http.admission import Admission
from handlers.http.base import SMALL_BODY_BYTES, NotFoundHandler
from handlers.http.body_length import declared_length
from handlers.http.contract import Route
from handlers.http.upload_budget import UploadBudget
from handlers.http.uploads import TooLargeHandler
from handlers.wechat import pay_notices, pushes
from server import ops
from server.features import FEATURES  # noqa: F401  # their errors are in the contract
from server.settings import Settings
from services.dependencies import Dependencies

ROUTES: Final[list[Route]] = [
    *sessions.ROUTES,
    *browser.ROUTES,
    *me.ROUTES,
    *messages.ROUTES,
    *places.ROUTES,
    *appointments.ROUTES,
    *grids.ROUTES,
    *heads.ROUTES,
    *hand_overs.ROUTES,
    *directory.ROUTES,
    *home_requests.ROUTES,
    *homes.ROUTES,
    *ownership.ROUTES,
    *home_corrections.ROUTES,
    *home_codes.ROUTES,
    *invitations.ROUTES,
    *firms.ROUTES,
    *register.ROUTES,
    *payees.ROUTES,
    *fees.ROUTES,
    *bill_runs.ROUTES,
    *bills.ROUTES,
    *statistics.ROUTES,
    *payments.ROUTES,
    *discrepancies.ROUTES,
    *refunds.ROUTES,
    *pay_notices.ROUTES,
    *ledger.ROUTES,
    *pushes.ROUTES,
    *photos.ROUTES,
    *audit.ROUTES,
    *privacy.ROUTES,
    *ops.ROUTES,
]


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
        most = getattr(target_class, "max_body_bytes", SMALL_BODY_BYTES)
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
        **logged,
    )
