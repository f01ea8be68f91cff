"""Endpoints of invitations into a home: made and revoked by owners, accepted by the invited."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.homes.models import Bound
from services.invitations import acceptance
from services.invitations import actions as invitations
from services.invitations.models import (
    AcceptInvitation,
    InvitationView,
    Invite,
    Invitee,
    NewInvitation,
)
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.limits.models import Rate

InvitationId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the invitation.")
]


class InvitationsHandler(ApiHandler):
    @endpoint(
        "createInvitation",
        needs=Permission.MANAGE_HOME,
        status=201,
        errors=("consent_needed", "too_many_invitations", "tenancy_needs_end", "bad_days"),
        example=Invite(relation=Invitee.FAMILY, name="李小梅"),
    )
    async def post(self, home: HomePath, body: Invite) -> NewInvitation:
        """Invite family, a tenant or a payer into my home; the token is shown this once."""
        return await invitations.invite(self.deps, self.actor, home, body)

    @endpoint("listInvitations", needs=Permission.MANAGE_HOME)
    async def get(self, home: HomePath, query: ListQuery) -> Page[InvitationView]:
        """Invitations of my home that may still be accepted, newest first."""
        return await invitations.listing(self.deps, self.actor, home, query)


class InvitationHandler(ApiHandler):
    @endpoint("revokeInvitation", needs=Permission.MANAGE_HOME, errors=("invitation_used",))
    async def delete(self, home: HomePath, invitation_id: InvitationId) -> None:
        """Take an invitation back."""
        await invitations.revoke(self.deps, self.actor, home, invitation_id)


class AcceptHandler(ApiHandler):
    @endpoint(
        "acceptInvitation",
        needs=Access.SIGNED_IN,
        errors=(
            "consent_needed",
            "invitation_unknown",
            "invitation_used",
            "invitation_over",
            "already_bound",
        ),
        example=AcceptInvitation(token="Qm9…"),  # noqa: S106  # an example
        rate=Rate.GUESS,
    )
    async def post(self, body: AcceptInvitation) -> Bound:
        """Accept an invitation: the home is mine to see from the next request on."""
        return await acceptance.accept(self.deps, self.actor, body)


ROUTES = [
    Route("/api/v1/homes/{home}/invitations", InvitationsHandler),
    Route("/api/v1/homes/{home}/invitations/{invitation_id}", InvitationHandler),
    Route("/api/v1/invitations/accept", AcceptHandler),
]
