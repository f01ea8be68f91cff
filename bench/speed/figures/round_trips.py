"""Commands of MongoDB and round trips to Redis of one request, counted by the servers."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tornado.httpclient import HTTPClient, HTTPRequest

from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.stage import Product, Stage

REQUESTS: Final = 20
# What drivers and the server itself send beside the work.
NOT_WORK: Final = frozenset({"hello", "isMaster", "ping", "serverStatus", "endSessions"})
OPENING: Final = ("CLIENT ", "HELLO ", "AUTH ", "SELECT ")  # of a connection, once
LAST: Final = "that was all"


def measure(stage: Stage) -> Found:
    found: dict[str, list[list[float]]] = {"mongo": [], "redis": []}
    with stage.products() as products:
        for product in products.values():
            [token] = product.ask("residents", count=1, owing=3, paid=9)
            with product.web() as web:
                ask(web.address, token)
                mongo, redis = counted(product, lambda: ask(web.address, token))  # noqa: B023
            found["mongo"].append([mongo / REQUESTS])
            found["redis"].append([redis / REQUESTS])
    return Found({name: Sides(*values) for name, values in found.items()})


def ask(address: str, token: str) -> None:
    """Ask so many times, one after the other, on one connection."""
    headers = {"Authorization": f"Bearer {token}"}
    client = HTTPClient()
    for _ in range(REQUESTS):
        client.fetch(HTTPRequest(f"{address}/api/v1/me/bills", headers=headers))
    client.close()


def counted(product: Product, work: Callable[[], None]) -> tuple[int, int]:
    """Return how many commands and round trips came of some work."""
    with product.redis.monitor() as monitor:
        before = commands(product)
        work()
        after = commands(product)
        product.redis.echo(LAST)
        return sum(after.values()) - sum(before.values()), trips(monitor)


def commands(product: Product) -> Mapping[str, int]:
    """Return command → how often the server ran it, of those that are work."""
    found = product.shared.mongo.admin.command("serverStatus")["metrics"]["commands"]
    return {
        name: int(value["total"])
        for name, value in found.items()
        if isinstance(value, dict) and name not in NOT_WORK
    }


def trips(monitor: Any) -> int:
    """Count what clients sent until the end; what a script calls inside is no round trip."""
    count = 0
    for told in monitor.listen():
        if LAST in told["command"]:
            return count
        is_opening = told["command"].upper().startswith(OPENING)
        count += told["client_type"] != "lua" and not is_opening
    return count


FIGURE: Final = Figure(
    name="round-trips",
    title="Round trips of a request",
    about=(
        "What one `GET /api/v1/me/bills` asks of MongoDB and Redis, counted by the servers "
        f"over {REQUESTS} requests: `serverStatus` and `MONITOR`."
    ),
    goals=[
        Goal("mongo", "commands of MongoDB", unit="", at_most=2),
        Goal("redis", "round trips to Redis", unit="", at_most=1),
    ],
    measure=measure,
)
