"""Endpoints of places: read and created, listed by the rungs below them."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.places import actions
from services.places.models import (
    ContactLine,
    HeadsSeeDebts,
    Kind,
    NewPlace,
    PlacesQuery,
    PlaceView,
)


class PlacesHandler(ApiHandler):
    @endpoint(
        "createPlace",
        needs=Permission.MANAGE_PLACES,
        status=201,
        errors=("not_found", "place_exists", "place_wrong_step"),
        example=NewPlace(
            path="cc.chaoyang.guilin.xincheng.c07", kind=Kind.COMPOUND, name="春光小区"
        ),
    )
    async def post(self, body: NewPlace) -> PlaceView:
        """Add a place of the ladder, down to the unit."""
        return await actions.add(self.deps, self.actor, body)


class PlaceHandler(ApiHandler):
    @endpoint("getPlace", needs=Permission.VIEW_PLACES)
    async def get(self, place: PlacePath) -> PlaceView:
        """One place."""
        found = await actions.access_place(self.deps, self.actor, place, Permission.VIEW_PLACES)
        return actions.view(found)


class PlaceContactHandler(ApiHandler):
    @endpoint(
        "updatePlaceContact",
        needs=Permission.MANAGE_PLACES,
        errors=("contact_wrong_place",),
        example=ContactLine(phone="0431-81234567", hours="工作日 8:30-16:30"),
    )
    async def post(self, place: PlacePath, body: ContactLine) -> PlaceView:
        """Write the line of a community's or compound's office, for its residents to call."""
        return await actions.set_contact(self.deps, self.actor, place, body)


class HeadsSeeDebtsHandler(ApiHandler):
    @endpoint(
        "setHeadsSeeDebts",
        needs=Permission.MANAGE_PLACES,
        errors=("debts_wrong_place",),
        example=HeadsSeeDebts(allowed=False),
    )
    async def post(self, place: PlacePath, body: HeadsSeeDebts) -> PlaceView:
        """Say whether the heads of a community see which homes owe; without a word they do."""
        return await actions.let_heads_see_debts(
            self.deps, self.actor, place, allowed=body.allowed
        )


class PlacesUnderHandler(ApiHandler):
    @endpoint("listPlaces", needs=Permission.VIEW_PLACES)
    async def get(self, place: PlacePath, query: PlacesQuery) -> Page[PlaceView]:
        """Places of one kind under a place, by path."""
        return await actions.listing(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/places", PlacesHandler),
    Route("/api/v1/places/{place}", PlaceHandler),
    Route("/api/v1/places/{place}/places", PlacesUnderHandler),
    Route("/api/v1/places/{place}/contact", PlaceContactHandler),
    Route("/api/v1/places/{place}/heads-see-debts", HeadsSeeDebtsHandler),
]
