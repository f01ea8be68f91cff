"""Endpoints of grids (网格): buildings of a community, each in one grid."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.places import grids
from services.places.models import ChangeGrid, GridsQuery, GridView, NewGrid


class GridsHandler(ApiHandler):
    @endpoint("listGrids", needs=Permission.VIEW_PLACES)
    async def get(self, place: PlacePath, query: GridsQuery) -> Page[GridView]:
        """Grids of a community with their buildings, by path."""
        return await grids.listing(self.deps, self.actor, place, query)

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


ROUTES = [
    Route("/api/v1/places/{place}/grids", GridsHandler),
    Route("/api/v1/grids/{place}/buildings", GridBuildingsHandler),
]
