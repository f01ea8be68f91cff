"""Endpoints of demands: who owes since when, how they are asked for it, and the proof."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.downloads import Download
from handlers.http.ids import HomePath
from services.bills.arrears import actions as arrears
from services.bills.arrears.models import AgesQuery, ArrearsByAge, ArrearsQuery, HomeArrears
from services.demands import actions, limitations
from services.demands.letters import actions as letters
from services.demands.letters import sheets
from services.demands.letters.models import DeliverLetter, DemandLettersQuery, DemandLetterView
from services.demands.models import DemandsQuery, DemandView, LetterHandedTo, Limitations
from services.demands.pauses import actions as pauses
from services.demands.pauses.models import (
    DemandPauseKind,
    DemandPausesQuery,
    DemandPauseView,
    SetDemandPause,
)
from services.demands.rounds import actions as rounds
from services.demands.rounds.models import (
    DemandRoundsQuery,
    DemandRoundView,
    DemandSkipsQuery,
    DemandSkipView,
    StartDemandRound,
)
from services.demands.rules import actions as rules
from services.demands.rules.models import DemandRuleView, SetDemandRule
from services.exports.models import ExportView
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.kernel.sheets import PDF
from services.limits.models import Rate

P = Permission
RoundId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the round, as lists show it.")
]
LetterId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the letter; it stands on it.")
]
PauseId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the pause, as lists show it.")
]


class ArrearsHandler(ApiHandler):
    @endpoint("listArrears", needs=P.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: ArrearsQuery) -> Page[HomeArrears]:
        """What each home under a place owes, by who owes it and since when."""
        return await arrears.listing(self.deps, self.actor, place, query)


class ArrearsByAgeHandler(ApiHandler):
    @endpoint("getArrearsByAge", needs=P.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: AgesQuery) -> ArrearsByAge:
        """What is owed under a place by age, and the same of each place directly below it."""
        return await arrears.by_age(self.deps, self.actor, place, query)


class DemandsHandler(ApiHandler):
    @endpoint("listDemands", needs=P.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: DemandsQuery) -> Page[DemandView]:
        """Demands to homes under a place, or to one home, each with its proof."""
        return await actions.listing(self.deps, self.actor, place, query)


class LimitationsHandler(ApiHandler):
    @endpoint("getLimitations", needs=P.VIEW_DEBTORS)
    async def get(self, home: HomePath) -> Limitations:
        """Until when each debt of a home may be claimed, computed of the last demand for it."""
        return await limitations.of_home(self.deps, self.actor, home)


class DemandRoundsHandler(ApiHandler):
    @endpoint("listDemandRounds", needs=P.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: DemandRoundsQuery) -> Page[DemandRoundView]:
        """Rounds of demands under a place, the latest first."""
        return await rounds.listing(self.deps, self.actor, place, query)

    @endpoint(
        "startDemandRound",
        needs=P.SEND_DEMANDS,
        status=202,
        errors=("demand_threat", "other_payee"),
        example=StartDemandRound(note="周六上午物业在小区门口办理。"),
    )
    async def post(self, place: PlacePath, body: StartDemandRound) -> DemandRoundView:
        """Ask the homes of a place whose due day is over, by message or by letter."""
        return await rounds.start(self.deps, self.actor, place, body)


class DemandRoundHandler(ApiHandler):
    @endpoint("getDemandRound", needs=P.VIEW_DEBTORS)
    async def get(self, round_id: RoundId) -> DemandRoundView:
        """How far a round of demands is."""
        return await rounds.get(self.deps, self.actor, round_id)


class DemandSkipsHandler(ApiHandler):
    @endpoint("listDemandSkips", needs=P.VIEW_DEBTORS)
    async def get(self, round_id: RoundId, query: DemandSkipsQuery) -> Page[DemandSkipView]:
        """Homes that a round left out, each with its reason."""
        return await rounds.skipped(self.deps, self.actor, round_id, query)


class DemandSheetsHandler(ApiHandler):
    @endpoint(
        "getDemandSheets",
        needs=P.VIEW_DEBTORS,
        media_type=PDF,
        errors=("no_demand_letters", "paper_too_long"),
    )
    async def get(self, round_id: RoundId) -> Download:
        """The letters of a round to print, one page each; of a large round see the export."""
        made = await sheets.printed(self.deps, self.actor, round_id)
        return Download(made, PDF, f"{sheets.TITLE}.pdf")


class DemandSheetsExportHandler(ApiHandler):
    @endpoint(
        "exportDemandSheets",
        needs=P.VIEW_DEBTORS,
        status=202,
        errors=("no_demand_letters", "exports_under_way", "exports_full"),
        rate=Rate.EXPORT_LIST,
    )
    async def post(self, round_id: RoundId) -> ExportView:
        """Ask for all letters of a round as one file of PDFs."""
        return await sheets.export(self.deps, self.actor, round_id)


class DemandLettersHandler(ApiHandler):
    @endpoint("listDemandLetters", needs=P.VIEW_UNPAID)
    async def get(self, place: PlacePath, query: DemandLettersQuery) -> Page[DemandLetterView]:
        """Reminder letters to homes under a place, and what became of them."""
        return await letters.listing(self.deps, self.actor, place, query)


class DemandLetterDeliveryHandler(ApiHandler):
    @endpoint(
        "reportDemandLetterDelivery",
        needs=P.VIEW_UNPAID,
        errors=(
            "own_home",
            "demand_delivery_unproved",
            "demand_letter_moved_on",
            "demand_letter_settled",
        ),
        example=DeliverLetter(handed_to=LetterHandedTo.DEBTOR),
    )
    async def post(self, letter_id: LetterId, body: DeliverLetter) -> DemandLetterView:
        """Record who took a letter, where it was left, or that nobody took it."""
        return await letters.deliver(self.deps, self.actor, letter_id, body)


class DemandPausesHandler(ApiHandler):
    @endpoint("listDemandPauses", needs=P.PAUSE_DEMANDS)
    async def get(self, place: PlacePath, query: DemandPausesQuery) -> Page[DemandPauseView]:
        """Where nobody is asked for what they owe: at a place and below it."""
        return await pauses.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createDemandPause",
        needs=P.PAUSE_DEMANDS,
        status=201,
        errors=("bad_pause_day", "own_home"),
        example=SetDemandPause(kind=DemandPauseKind.MISTAKE, reason="公摊水费正在核对"),
    )
    async def post(self, place: PlacePath, body: SetDemandPause) -> DemandPauseView:
        """Ask nobody at a place, a home or a whole city, for what they owe, until a day."""
        return await pauses.pause(self.deps, self.actor, place, body)


class DemandPauseLiftHandler(ApiHandler):
    @endpoint(
        "liftDemandPause",
        needs=P.PAUSE_DEMANDS,
        errors=("demand_pause_lifted", "own_home"),
    )
    async def post(self, pause_id: PauseId) -> DemandPauseView:
        """End a pause: homes there may be asked again."""
        return await pauses.lift(self.deps, self.actor, pause_id)


class DemandRuleHandler(ApiHandler):
    @endpoint("getDemandRule", needs=P.SEND_DEMANDS, errors=("other_payee",))
    async def get(self, place: PlacePath) -> DemandRuleView:
        """The days on which homes of a compound are reminded by themselves."""
        return await rules.get(self.deps, self.actor, place)

    @endpoint(
        "setDemandRule",
        needs=P.SEND_DEMANDS,
        errors=("demand_rule_place", "other_payee"),
        example=SetDemandRule(days_after=[3, 30]),
    )
    async def put(self, place: PlacePath, body: SetDemandRule) -> DemandRuleView:
        """Remind who has not paid by themselves, some days after each due day."""
        return await rules.set_rule(self.deps, self.actor, place, body)


ROUTES = [
    Route("/api/v1/places/{place}/arrears", ArrearsHandler),
    Route("/api/v1/places/{place}/arrears-by-age", ArrearsByAgeHandler),
    Route("/api/v1/places/{place}/demands", DemandsHandler),
    Route("/api/v1/homes/{home}/limitations", LimitationsHandler),
    Route("/api/v1/places/{place}/demand-rounds", DemandRoundsHandler),
    Route("/api/v1/demand-rounds/{round_id}", DemandRoundHandler),
    Route("/api/v1/demand-rounds/{round_id}/skipped", DemandSkipsHandler),
    Route("/api/v1/demand-rounds/{round_id}/sheets", DemandSheetsHandler),
    Route("/api/v1/demand-rounds/{round_id}/sheets-export", DemandSheetsExportHandler),
    Route("/api/v1/places/{place}/demand-letters", DemandLettersHandler),
    Route("/api/v1/demand-letters/{letter_id}/delivery", DemandLetterDeliveryHandler),
    Route("/api/v1/places/{place}/demand-pauses", DemandPausesHandler),
    Route("/api/v1/demand-pauses/{pause_id}/lift", DemandPauseLiftHandler),
    Route("/api/v1/places/{place}/demand-rule", DemandRuleHandler),
]
