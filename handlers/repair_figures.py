"""Endpoints of figures of repairs."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.figures import actions as figures
from services.repairs.figures.models import FiguresQuery, RepairFiguresView


class RepairFiguresHandler(ApiHandler):
    @endpoint(
        "getRepairFigures",
        needs=Permission.VIEW_RATES,
        errors=(
            "repair_figures_below_compound",
            "repair_figures_bad_months",
            "too_many_repair_figures",
            "repair_figures_not_counted",
        ),
    )
    async def get(self, place: PlacePath, query: FiguresQuery) -> RepairFiguresView:
        """Figures of the repairs of a compound or above, by months of the reports."""
        return await figures.of_place(self.deps, self.actor, place, query)


ROUTES = [Route("/api/v1/places/{place}/repair-figures", RepairFiguresHandler)]
