from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.ids import AppointmentId
from handlers.http.lists import ListQuery, Page
from services.appointments import actions as appointments
from services.appointments import endings
from services.appointments.models import Appoint, AppointmentView
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission, Role
from services.places import actions, grids
from services.places.models import ChangeGrid, GridView, Kind, NewGrid, NewPlace, PlaceView


class PlacesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which places to list.

    `kind`: Kind of place, e.g. buildings of a compound.
    """

    kind: Kind


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


class PlacesUnderHandler(ApiHandler):
    @endpoint("listPlaces", needs=Permission.VIEW_PLACES)
    async def get(self, place: PlacePath, query: PlacesQuery) -> Page[PlaceView]:
        """Places of one kind under a place, by path."""
        items = await actions.listing(
            self.deps,
            self.actor,
            place,
            query.kind,
            after=cursors.read(query.cursor),
            limit=query.limit,
        )
        return lists.page(items, query.limit, lambda item: item.path)


class GridsHandler(ApiHandler):
    @endpoint("listGrids", needs=Permission.VIEW_PLACES)
    async def get(self, place: PlacePath, query: ListQuery) -> Page[GridView]:
        """Grids of a community with their buildings, by path."""
        items = await grids.listing(
            self.deps,
            self.actor,
            place,
            after=cursors.read(query.cursor),
            limit=query.limit,
        )
        return lists.page(items, query.limit, lambda item: item.path)

    @endpoint(
        "createGrid",
        needs=Permission.MANAGE_PLACES,
        status=201,
        errors=("place_exists", "building_taken", "not_a_building"),
        example=NewGrid(
            segment="g01",
            name="第一网格",
            buildings=["cc.chaoyang.guilin.xincheng.c07.b3"],
        ),
    )
    async def post(self, place: PlacePath, body: NewGrid) -> GridView:
        """Make a grid of a community: a named list of buildings, of any of its compounds."""
        return await grids.add(self.deps, self.actor, place, body)


class GridBuildingsHandler(ApiHandler):
    @endpoint(
        "replaceGridBuildings",
        needs=Permission.MANAGE_PLACES,
        errors=("building_taken", "not_a_building"),
        example=ChangeGrid(
            buildings=["cc.chaoyang.guilin.xincheng.c07.b3"], reason="4栋划入第二网格"
        ),
    )
    async def post(self, place: PlacePath, body: ChangeGrid) -> GridView:
        """Say which buildings a grid has from now on, all of them."""
        return await grids.change(self.deps, self.actor, place, body)


class AppointmentsHandler(ApiHandler):
    @endpoint("listAppointments", needs=Permission.APPOINT)
    async def get(self, query: ListQuery) -> Page[AppointmentView]:
        """Roles held today, or to be held, in the places I appoint for."""
        items = await appointments.listing(
            self.deps, self.actor, after=cursors.read(query.cursor), limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: item.appointment_id)

    @endpoint(
        "createAppointment",
        needs=Permission.APPOINT,
        status=201,
        errors=(
            "confirmation_needed",
            "not_found",
            "invalid_phone",
            "role_wrong_rung",
            "term_needed",
            "firm_needed",
            "no_contract",
            "office_taken",
            "already_appointed",
            "duties_separate",
        ),
        example=Appoint(
            role=Role.UNIT_HEAD,
            place="cc.chaoyang.guilin.xincheng.c07.b3.u2",
            phone="19900000005",
            name="王秀兰",
            to_day="2027-12-31",
        ),
        asks_again=True,
    )
    async def post(self, body: Appoint) -> AppointmentView:
        """Give somebody a role at a place for a term."""
        return await appointments.appoint(self.deps, self.actor, body)


class AppointmentHandler(ApiHandler):
    @endpoint("endAppointment", needs=Permission.APPOINT)
    async def delete(self, appointment_id: AppointmentId) -> None:
        """End an appointment at once."""
        await endings.end(self.deps, self.actor, appointment_id)


ROUTES = [
    Route("/api/v1/places", PlacesHandler),
    Route("/api/v1/places/{place}", PlaceHandler),
    Route("/api/v1/places/{place}/places", PlacesUnderHandler),
    Route("/api/v1/places/{place}/grids", GridsHandler),
    Route("/api/v1/grids/{place}/buildings", GridBuildingsHandler),
    Route("/api/v1/appointments", AppointmentsHandler),
    Route("/api/v1/appointments/{appointment_id}", AppointmentHandler),
]
