"""Endpoints of home codes: printed by the community, redeemed by residents."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.home_codes import actions as home_codes
from services.home_codes.models import PrintedCodes, UseCode
from services.homes.models import Bound
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.limits.models import Rate


class CodesHandler(ApiHandler):
    @endpoint(
        "createHomeCodes",
        needs=Permission.DECIDE_HOMES,
        status=201,
        errors=("confirmation_needed", "own_home", "too_many_codes"),
        asks_again=True,
    )
    async def post(self, place: PlacePath) -> PrintedCodes:
        """Print codes for all who are registered under a place and not bound; shown once."""
        return await home_codes.print_codes(self.deps, self.actor, place)


class UseCodeHandler(ApiHandler):
    @endpoint(
        "redeemHomeCode",
        needs=Access.SIGNED_IN,
        errors=("consent_needed", "home_code_unknown", "home_code_over", "own_home"),
        example=UseCode(code="7K3QM-X9D2T"),
        rate=Rate.GUESS,
    )
    async def post(self, body: UseCode) -> Bound:
        """Bind myself to a home with the code the community printed for me."""
        return await home_codes.use(self.deps, self.actor, body)


ROUTES = [
    Route("/api/v1/places/{place}/home-codes", CodesHandler),
    Route("/api/v1/me/homes/code", UseCodeHandler),
]
