"""Commands of MongoDB and round trips to Redis of one request, counted by the servers."""

from typing import Final

from tornado.httpclient import HTTPClient, HTTPRequest

from bench.speed import counters
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.stage import Stage

REQUESTS: Final = 20


def measure(stage: Stage) -> Found:
    found: dict[str, list[list[float]]] = {"mongo": [], "redis": []}
    with stage.products() as products:
        for product in products.values():
            [token] = product.ask("residents", count=1, owing=3, paid=9)
            with product.web() as web:
                ask(web.address, token)
                with counters.trips(product) as trips:
                    began = counters.commands(product.shared)
                    ask(web.address, token)
                    commands = counters.commands(product.shared) - began
            found["mongo"].append([commands / REQUESTS])
            found["redis"].append([trips[0] / REQUESTS])
    return Found({name: Sides(*values) for name, values in found.items()})


def ask(address: str, token: str) -> None:
    """Ask so many times, one after the other, on one connection."""
    headers = {"Authorization": f"Bearer {token}"}
    client = HTTPClient()
    for _ in range(REQUESTS):
        client.fetch(HTTPRequest(f"{address}/api/v1/me/bills", headers=headers))
    client.close()


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
