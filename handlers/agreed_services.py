"""Endpoints of agreed services: a building is asked, homes answer, what is agreed is billed."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.agreed_services import actions as agreed_services
from services.agreed_services import answers
from services.agreed_services.models import (
    AgreedServicesQuery,
    AgreedServiceView,
    AnswerService,
    Counting,
    DecideAgreedService,
    EndAgreedService,
    HomeService,
    HomeServices,
    NewAgreedService,
    PaperAnswer,
    Pricing,
    Rhythm,
    ServiceHomesQuery,
    ServiceHomeView,
    ServicePart,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

PathServiceId = Annotated[
    str, Meta(max_length=64, description="Id of the agreed service, as lists show it.")
]
REFUSED = ("agreed_service_moved_on", "other_payee", "own_home")


class AgreedServicesHandler(ApiHandler):
    @endpoint("listAgreedServices", needs=Permission.RUN_BILLS)
    async def get(
        self, place: PlacePath, query: AgreedServicesQuery
    ) -> Page[AgreedServiceView]:
        """Services that homes are asked about or agreed to; a firm sees its own."""
        return await agreed_services.listing(self.deps, self.actor, place, query)

    @endpoint(
        "proposeAgreedService",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=(
            "bad_agreed_service",
            "agreed_service_area_unknown",
            "unknown_payee",
            "payee_may_not_charge",
            "agreed_service_exists",
            "other_payee",
            "own_home",
            "too_large",
        ),
        example=NewAgreedService(
            title="单元门禁维护",
            description="门禁每月检修一次,坏了24小时内修好",
            pricing=Pricing.HOME,
            amount_fen=1500,
            rhythm=Rhythm.MONTHLY,
            part=ServicePart.ALL,
            from_day="2026-04-01",
            to_day="2026-12-31",
            closing_day="2026-03-20",
            needed_percent=67,
            counting=Counting.HOMES,
            source="2单元业主议事规则第5条",
            payee_id="01kt9a7c4m8q2v5x1z3b6d0e9j",
        ),
    )
    async def post(self, place: PlacePath, body: NewAgreedService) -> AgreedServiceView:
        """Write down a service that homes of a place are asked about; another person opens it.

        What each home would pay is worked out now and kept.
        """
        return await agreed_services.propose(self.deps, self.actor, place, body)


class ServiceHomesHandler(ApiHandler):
    @endpoint("listAgreedServiceHomes", needs=Permission.RUN_BILLS)
    async def get(
        self, service_id: PathServiceId, query: ServiceHomesQuery
    ) -> Page[ServiceHomeView]:
        """What each home would pay for a service, and answered; a firm sees its own."""
        return await agreed_services.homes(self.deps, self.actor, service_id, query)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideAgreedService",
        needs=Permission.RUN_BILLS,
        errors=(*REFUSED, "same_person", "payee_may_not_charge", "unknown_payee"),
        example=DecideAgreedService(approve=True, reason="价格与合同一致"),
    )
    async def post(
        self, service_id: PathServiceId, body: DecideAgreedService
    ) -> AgreedServiceView:
        """Ask the homes about a service that somebody else proposed, or withdraw it."""
        return await agreed_services.decide(self.deps, self.actor, service_id, body)


class EndHandler(ApiHandler):
    @endpoint(
        "endAgreedService",
        needs=Permission.RUN_BILLS,
        errors=(*REFUSED, "agreed_service_billing"),
        example=EndAgreedService(reason="业主要求停止"),
    )
    async def post(
        self, service_id: PathServiceId, body: EndAgreedService
    ) -> AgreedServiceView:
        """Stop asking homes about a service, or bill no further month of it.

        What was billed already stays owed. A month is billed to all homes or to none: while it
        is being billed, the service cannot be ended for some minutes.
        """
        return await agreed_services.end(self.deps, self.actor, service_id, body)


class HomeServicesHandler(ApiHandler):
    @endpoint("listHomeServices", needs=Permission.MANAGE_HOME)
    async def get(self, home: PlacePath) -> HomeServices:
        """Services that a home of mine is or was asked about, and how they stand."""
        return await answers.of_home(self.deps, self.actor, home)


class AnswerHandler(ApiHandler):
    @endpoint(
        "answerAgreedService",
        needs=Permission.MANAGE_HOME,
        errors=("agreed_service_moved_on",),
        example=AnswerService(agree=True),
    )
    async def put(
        self, home: PlacePath, service_id: PathServiceId, body: AnswerService
    ) -> HomeService:
        """Answer for a home of mine; the last answer before the closing day counts."""
        return await answers.give(self.deps, self.actor, home, service_id, body)


class PaperAnswerHandler(ApiHandler):
    @endpoint(
        "submitServicePaper",
        needs=Permission.PLAN_VISITS,
        errors=("agreed_service_moved_on", "answered_by_owner", "own_home"),
        example=PaperAnswer(agree=True, photo_ids=["01kt9a7c4m8q2v5x1z3b6d0e9j"]),
    )
    async def put(
        self, home: PlacePath, service_id: PathServiceId, body: PaperAnswer
    ) -> HomeService:
        """Write down what an owner of a home signed on paper."""
        return await answers.enter(self.deps, self.actor, home, service_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/agreed-services", AgreedServicesHandler),
    Route("/api/v1/agreed-services/{service_id}/homes", ServiceHomesHandler),
    Route("/api/v1/agreed-services/{service_id}/decision", DecisionHandler),
    Route("/api/v1/agreed-services/{service_id}/end", EndHandler),
    Route("/api/v1/homes/{home}/agreed-services", HomeServicesHandler),
    Route("/api/v1/homes/{home}/agreed-services/{service_id}/answer", AnswerHandler),
    Route("/api/v1/homes/{home}/agreed-services/{service_id}/paper-answer", PaperAnswerHandler),
]
