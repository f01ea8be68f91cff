"""The product in this process, over a city, with somebody who listens to its queries."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct

from bench.city.people import cast_of
from bench.city.reads import Listener, Query, Read, explain
from bench.city.requests import Asker, Step, steps
from bench.city.seed import City
from server.app import make_app
from server.connections import answering
from server.dependencies import open_dependencies, open_mongo
from server.serving import address_of, finish_requests, listen
from server.settings import Settings
from services.dependencies import Database, Dependencies
from services.kernel.days import wall_clock


class Asked(Struct, frozen=True):
    """What the database read for one shape of query. `by`: what was asked first."""

    by: str
    query: Query
    reads: list[Read]


class Served(NamedTuple):
    """Product at an address, with what listens to it. `db`: for looking, not listened to."""

    deps: Dependencies
    address: str
    listener: Listener
    db: Database


@asynccontextmanager
async def served(
    settings: Settings, now: Callable[[], datetime] = wall_clock
) -> AsyncIterator[Served]:
    listener = Listener()
    listening = listen(Settings(port=0))
    address = address_of(listening)
    own = msgspec.structs.replace(settings, public_url=address)  # tests are more patient
    heard = {"event_listeners": [listener]}
    async with (
        open_dependencies(own, now, mongo_options=heard) as deps,
        open_mongo(own) as mongo,
        answering(make_app(deps, own), listening, finish_requests),
    ):
        yield Served(deps, address, listener, mongo[own.mongodb_database])


async def ask_all(product: Served, city: City) -> list[Asked]:
    """Ask for what people and the worker ask for; return what each asks, once by its shape."""
    asker = Asker(product.address, cast_of(city.layout))
    found: dict[tuple[str, str], Asked] = {}
    for step in steps(product.deps, asker):
        who = step[0].partition(":")[0]
        for query in await queries_of(product.listener, step):
            if (who, query.shape) not in found:
                made = Asked(step[0], query, await explain(product.db, query))
                found[who, query.shape] = made
    return [*found.values()]


async def queries_of(listener: Listener, step: Step) -> list[Query]:
    listener.take()
    await step[1]()
    return listener.take()
