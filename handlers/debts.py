"""Endpoints of debts: who owes what of a home, also of who sold it."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.bills.certificates import actions as certificates
from services.bills.certificates.models import (
    CertificatePurpose,
    CertificatesQuery,
    CertificateView,
    Certify,
)
from services.bills.debts import actions as debts
from services.bills.debts.models import DebtView, FormerDebtsQuery, HomeDebts
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.ownership import disclosures
from services.ownership.models import Disclose


class HomeDebtsHandler(ApiHandler):
    @endpoint("getHomeDebts", needs=Access.SIGNED_IN)
    async def get(self, home: HomePath) -> HomeDebts:
        """What is owed of a home, by whom and since when; to residents only what is theirs."""
        return await debts.of_home(self.deps, self.actor, home)


class FormerDebtsHandler(ApiHandler):
    @endpoint("listFormerDebts", needs=Permission.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: FormerDebtsQuery) -> Page[DebtView]:
        """What is owed by who sold a home under a place: it is not the new owner's."""
        return await debts.former(self.deps, self.actor, place, query)


class DebtCertificatesHandler(ApiHandler):
    @endpoint("listDebtCertificates", needs=Access.SIGNED_IN, errors=("forbidden",))
    async def get(self, home: HomePath, query: CertificatesQuery) -> Page[CertificateView]:
        """Certificates of what was owed of a home, the latest first."""
        return await certificates.listing(self.deps, self.actor, home, query)

    @endpoint(
        "createDebtCertificate",
        needs=Permission.VIEW_DEBTORS,
        status=201,
        errors=("own_home", "other_payee"),
        example=Certify(purpose=CertificatePurpose.SALE),
    )
    async def post(self, home: HomePath, body: Certify) -> CertificateView:
        """Certify what is owed of a home now: whether, and how much, and nothing more."""
        return await certificates.issue(self.deps, self.actor, home, body)


class DebtDisclosureHandler(ApiHandler):
    @endpoint(
        "setDebtDisclosure",
        needs=Access.SIGNED_IN,
        status=204,
        example=Disclose(disclosed=True),
    )
    async def put(self, home: HomePath, body: Disclose) -> None:
        """Let who bought my home see what I owe of it, or no longer."""
        await disclosures.disclose(self.deps, self.actor, home, body)


ROUTES = [
    Route("/api/v1/homes/{home}/debts", HomeDebtsHandler),
    Route("/api/v1/homes/{home}/debt-certificates", DebtCertificatesHandler),
    Route("/api/v1/homes/{home}/debt-disclosure", DebtDisclosureHandler),
    Route("/api/v1/places/{place}/former-debts", FormerDebtsHandler),
]
