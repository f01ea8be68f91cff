"""Endpoints of corrections: a home corrected, retired, merged, restored; the list of them."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.ids import HomePath
from services.home_corrections import actions, retirement
from services.home_corrections.models import (
    CorrectHome,
    CorrectionsQuery,
    HomeCorrectionView,
    RestoreHome,
    RetireHome,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission


class CorrectionHandler(ApiHandler):
    @endpoint(
        "correctHome",
        needs=Permission.IMPORT_REGISTER,
        status=201,
        errors=(
            "own_home",
            "bad_first_day",
            "bad_home_name",
            "nothing_corrected",
            "home_name_taken",
        ),
        example=CorrectHome(
            from_day="2026-01-01",
            area=8800,
            document="不动产权证第12345号",
            reason="登记时面积抄错",
        ),
    )
    async def post(self, home: HomePath, body: CorrectHome) -> HomeCorrectionView:
        """Correct the area, use or room number of a home; later bills follow."""
        return await actions.correct(self.deps, self.actor, home, body)


class RetirementHandler(ApiHandler):
    @endpoint(
        "retireHome",
        needs=Permission.IMPORT_REGISTER,
        status=201,
        errors=("own_home", "bad_first_day", "home_inhabited", "cannot_merge", "owners_differ"),
        example=RetireHome(
            from_day="2026-01-01", document="现场核查记录", reason="没有这套房屋"
        ),
    )
    async def post(self, home: HomePath, body: RetireHome) -> HomeCorrectionView:
        """Retire a home that does not exist, or merge it into the one that it really is."""
        return await retirement.retire(self.deps, self.actor, home, body)


class RestorationHandler(ApiHandler):
    @endpoint(
        "restoreHome",
        needs=Permission.IMPORT_REGISTER,
        status=201,
        errors=("not_retired", "home_name_taken"),
        example=RestoreHome(document="现场核查记录", reason="注销时看错了楼号"),
    )
    async def post(self, home: HomePath, body: RestoreHome) -> HomeCorrectionView:
        """Let a home that was retired by mistake stand again."""
        return await retirement.restore(self.deps, self.actor, home, body)


class CorrectionsHandler(ApiHandler):
    @endpoint("listHomeCorrections", needs=Permission.IMPORT_REGISTER)
    async def get(self, place: PlacePath, query: CorrectionsQuery) -> Page[HomeCorrectionView]:
        """Corrections of the homes under a place, by home and time."""
        return await actions.listing(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/homes/{home}/correction", CorrectionHandler),
    Route("/api/v1/homes/{home}/retirement", RetirementHandler),
    Route("/api/v1/homes/{home}/restoration", RestorationHandler),
    Route("/api/v1/places/{place}/home-corrections", CorrectionsHandler),
]
