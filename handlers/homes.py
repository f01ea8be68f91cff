"""The people of a home: invited, let in by a code, written down, ended; a new owner."""

from typing import Annotated

from msgspec import Meta, Struct

from handlers.base import ApiHandler
from handlers.contract import Access, Page, Route, endpoint
from services.home_codes import actions as home_codes
from services.home_codes.models import PrintedCodes, UseCode
from services.homes import actions as homes
from services.homes.models import AddResident, Bound, ResidentView
from services.invitations import actions as invitations
from services.invitations.models import (
    AcceptInvitation,
    InvitationView,
    Invite,
    Invitee,
    NewInvitation,
)
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.ownership import departures, phone_changes, transfers
from services.ownership.models import ChangePhone, EndResidency, Transfer, Transferred
from services.residencies.models import Relation

RowId = Annotated[str, Meta(min_length=1, max_length=64)]


class ResidentsQuery(Struct, forbid_unknown_fields=True):
    """`past`: also who belonged to the home before; for the community."""

    past: bool = False


class InvitationsHandler(ApiHandler):
    @endpoint(
        needs=Permission.MANAGE_HOME,
        status=201,
        errors=("consent_needed", "too_many_invitations", "tenancy_needs_end", "bad_days"),
        example=Invite(relation=Invitee.FAMILY, name="李小梅"),
    )
    async def post(self, home: PlacePath, body: Invite) -> NewInvitation:
        """Invite family, a tenant or a payer into my home; the token is shown this once."""
        return await invitations.invite(self.deps, self.actor, home, body)

    @endpoint(needs=Permission.MANAGE_HOME)
    async def get(self, home: PlacePath) -> Page[InvitationView]:
        """Invitations of my home that may still be accepted, newest first."""
        return Page(await invitations.listing(self.deps, self.actor, home))


class InvitationHandler(ApiHandler):
    @endpoint(needs=Permission.MANAGE_HOME, errors=("invitation_used",))
    async def delete(self, home: PlacePath, invitation_id: RowId) -> None:
        """Take an invitation back."""
        await invitations.revoke(self.deps, self.actor, home, invitation_id)


class AcceptHandler(ApiHandler):
    @endpoint(
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
        return await invitations.accept(self.deps, self.actor, body)


class CodesHandler(ApiHandler):
    @endpoint(
        needs=Permission.DECIDE_HOMES,
        status=201,
        errors=("confirmation_needed", "too_many_codes"),
        asks_again=True,
    )
    async def post(self, place: PlacePath) -> PrintedCodes:
        """Print codes for all who are registered under a place and not bound; shown once."""
        return await home_codes.print_codes(self.deps, self.actor, place)


class UseCodeHandler(ApiHandler):
    @endpoint(
        needs=Access.SIGNED_IN,
        errors=("consent_needed", "home_code_unknown", "home_code_over", "own_home"),
        example=UseCode(code="7K3QM-X9D2T"),
        rate=Rate.GUESS,
    )
    async def post(self, body: UseCode) -> Bound:
        """Bind myself to a home with the code the community printed for me."""
        return await home_codes.use(self.deps, self.actor, body)


class ResidentsHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN, errors=("forbidden",))
    async def get(self, home: PlacePath, query: ResidentsQuery) -> Page[ResidentView]:
        """Who belongs to a home; names whole for its owners and masked for heads and staff."""
        return Page(await homes.listing(self.deps, self.actor, home, past=query.past))

    @endpoint(
        needs=Permission.DECIDE_HOMES,
        status=201,
        errors=(
            "home_has_owner",
            "already_listed",
            "own_home",
            "invalid_phone",
            "invalid_id_number",
            "bad_days",
        ),
        example=AddResident(
            name="李桂兰", relation=Relation.FAMILY, reason="老人没有手机,持户口本到窗口登记"
        ),
    )
    async def post(self, home: PlacePath, body: AddResident) -> ResidentView:
        """Write somebody down at the window, also without a phone; my name stays with it."""
        return await homes.add(self.deps, self.actor, home, body)


class ResidencyPhoneHandler(ApiHandler):
    @endpoint(
        needs=Permission.DECIDE_HOMES,
        errors=("invalid_phone", "own_home", "residency_over", "residency_changed"),
        example=ChangePhone(phone="19900000006", reason="本人到窗口更换手机号"),
    )
    async def post(self, residency_id: RowId, body: ChangePhone) -> ResidentView:
        """Change the register's phone: who held the home by the old one loses it at once."""
        return await phone_changes.change_phone(self.deps, self.actor, residency_id, body)


class EndResidencyHandler(ApiHandler):
    @endpoint(
        needs=Access.SIGNED_IN,
        errors=(
            "forbidden",
            "own_home",
            "bad_last_day",
            "residency_over",
            "residency_changed",
        ),
        example=EndResidency(reason="租期已到,已搬走"),
    )
    async def post(self, residency_id: RowId, body: EndResidency) -> None:
        """End a relation to a home, at once or on a day: my own, a guest's, or as staff."""
        await departures.end(self.deps, self.actor, residency_id, body)


class TransferHandler(ApiHandler):
    @endpoint(
        needs=Permission.DECIDE_HOMES,
        status=201,
        errors=(
            "confirmation_needed",
            "already_transferred",
            "own_home",
            "invalid_phone",
            "invalid_id_number",
            "bad_days",
        ),
        example=Transfer(
            name="赵强", phone="19900000007", day="2026-03-02", reason="已办理不动产转移登记"
        ),
        asks_again=True,
    )
    async def post(self, home: PlacePath, body: Transfer) -> Transferred:
        """Write a home's new owner; the old household goes, tenants and arrears stay."""
        return await transfers.transfer(self.deps, self.actor, home, body)


ROUTES = [
    Route("/api/v1/homes/{home}/residents", ResidentsHandler),
    Route("/api/v1/homes/{home}/transfer", TransferHandler),
    Route("/api/v1/homes/{home}/invitations", InvitationsHandler),
    Route("/api/v1/homes/{home}/invitations/{invitation_id}", InvitationHandler),
    Route("/api/v1/invitations/accept", AcceptHandler),
    Route("/api/v1/places/{place}/home-codes", CodesHandler),
    Route("/api/v1/me/homes/code", UseCodeHandler),
    Route("/api/v1/residencies/{residency_id}/phone", ResidencyPhoneHandler),
    Route("/api/v1/residencies/{residency_id}/end", EndResidencyHandler),
]
