"""Endpoints of personal data: policies, consents, reveals, export."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import AppointmentId, ResidencyId
from services.consents import actions as consents
from services.consents.models import ConsentView, GiveConsent, PolicyView, Withdrawal
from services.consents.policies import PolicyKey
from services.exports.models import ExportView
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.privacy import export
from services.reveals import actions as reveals
from services.reveals.models import Field, Reason, Reveal, Revealed

PolicyPath = Annotated[PolicyKey, Meta(description="Key of the text.")]
EXAMPLE = Reveal(fields=[Field.PHONE], reason=Reason.URGENT_REPAIR)


class PoliciesHandler(ApiHandler):
    @endpoint("listPolicies", needs=Access.PUBLIC)
    async def get(self) -> Page[PolicyView]:
        """The texts that people are asked to agree to, in the versions of today."""
        return consents.published()


class ConsentsHandler(ApiHandler):
    @endpoint("listMyConsents", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[ConsentView]:
        """What I agreed to and withdrew, the newest first."""
        return await consents.listing(self.deps, self.actor, query)

    @endpoint(
        "giveConsent",
        needs=Access.SIGNED_IN,
        status=201,
        errors=("policy_not_current",),
        example=GiveConsent(policy=PolicyKey.PRIVACY, version=2),
    )
    async def post(self, body: GiveConsent) -> ConsentView:
        """Agree to a text, in the version I was shown."""
        return await consents.give(self.deps, self.actor, body)


class WithdrawalHandler(ApiHandler):
    @endpoint("withdrawConsent", needs=Access.SIGNED_IN, errors=("consent_not_given",))
    async def post(self, policy: PolicyPath) -> Withdrawal:
        """Agree no longer: nothing more is collected from now on."""
        return await consents.withdraw(self.deps, self.actor, policy)


class RevealResidencyHandler(ApiHandler):
    @endpoint(
        "revealResidency",
        needs=Permission.REVEAL,
        errors=("own_home",),
        rate=Rate.REVEAL,
        asks_again=True,
        example=EXAMPLE,
    )
    async def post(self, residency_id: ResidencyId, body: Reveal) -> Revealed:
        """Show what is masked elsewhere of somebody who belongs to a home, for a reason."""
        return await reveals.residency(self.deps, self.actor, residency_id, body)


class RevealAppointmentHandler(ApiHandler):
    @endpoint(
        "revealAppointment",
        needs=Permission.REVEAL,
        rate=Rate.REVEAL,
        asks_again=True,
        example=EXAMPLE,
    )
    async def post(self, appointment_id: AppointmentId, body: Reveal) -> Revealed:
        """Show what is masked elsewhere of somebody who holds a role, for a reason."""
        return await reveals.appointment(self.deps, self.actor, appointment_id, body)


class ExportHandler(ApiHandler):
    @endpoint(
        "exportMyData",
        needs=Access.SIGNED_IN,
        status=202,
        rate=Rate.EXPORT,
        errors=("exports_under_way", "exports_full"),
        asks_again=True,
    )
    async def post(self) -> ExportView:
        """Ask for everything that is held about me, as a file: getExport says when."""
        return await export.ask(self.deps, self.actor)


ROUTES = [
    Route("/api/v1/privacy/policies", PoliciesHandler),
    Route("/api/v1/me/consents", ConsentsHandler),
    Route("/api/v1/me/consents/{policy}/withdrawal", WithdrawalHandler),
    Route("/api/v1/me/export", ExportHandler),
    Route("/api/v1/residencies/{residency_id}/reveal", RevealResidencyHandler),
    Route("/api/v1/appointments/{appointment_id}/reveal", RevealAppointmentHandler),
]
