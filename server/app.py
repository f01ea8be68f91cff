"""Tornado application made of the routes of every handler module."""

from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any, Final

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
from handlers.http.base import NotFoundHandler
from handlers.http.contract import Route
from handlers.wechat import pay_notices, pushes
from server import ops
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


def make_app(
    deps: Dependencies,
    log_function: Callable[[RequestHandler], None] | None = None,
    trusted_proxies: Sequence[str] = (),
) -> Application:
    given: dict[str, Any] = {"deps": deps}
    settings: dict[str, Any] = {"log_function": log_function} if log_function else {}
    return Application(
        [
            url(route.pattern, route.handler, {**given, "pattern": route.path})
            for route in ROUTES
        ],
        default_handler_class=NotFoundHandler,
        default_handler_args=given,
        routes=ROUTES,
        trusted_proxies=[ip_network(proxy) for proxy in trusted_proxies],
        **settings,
    )
