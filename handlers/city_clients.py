"""Endpoints of city clients: systems that may read and file repairs, each by a key."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.repairs.city_clients import actions as clients
from services.repairs.city_clients.models import (
    AddedCityClient,
    CityClientsQuery,
    CityClientView,
    NewCityClient,
)

ClientId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the client, as lists show it.")
]


class CityClientsHandler(ApiHandler):
    @endpoint("listCityClients", needs=Permission.OPERATE)
    async def get(self, place: PlacePath, query: CityClientsQuery) -> Page[CityClientView]:
        """Systems that read and file repairs at a place and below it."""
        return await clients.listing(self.deps, self.actor, place, query)

    # The answer has a key, and is not kept to be given again: the rate says so.
    @endpoint(
        "createCityClient",
        needs=Permission.OPERATE,
        status=201,
        errors=("city_client_wrong_place",),
        example=NewCityClient(name="城市运行管理平台"),
        rate=Rate.REVEAL,
        asks_again=True,
    )
    async def post(self, place: PlacePath, body: NewCityClient) -> AddedCityClient:
        """Let a system read and file repairs of a place; its key is shown this once."""
        return await clients.add(self.deps, self.actor, place, body)


class CityClientEndHandler(ApiHandler):
    @endpoint("endCityClient", needs=Permission.OPERATE, errors=("city_client_ended",))
    async def post(self, client_id: ClientId) -> CityClientView:
        """End the key of a system: its next request is refused."""
        return await clients.end(self.deps, self.actor, client_id)


ROUTES = [
    Route("/api/v1/places/{place}/city-clients", CityClientsHandler),
    Route("/api/v1/city-clients/{client_id}/end", CityClientEndHandler),
]
