"""Invitations into a home: what is kept, sent and seen."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from services.invitations.states import InvitationState
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.types import Secret
from services.kernel.vault import Sealed, Vault
from services.people.models import PersonName
from services.residencies.models import Relation

INVITATION_LIFE: Final = timedelta(days=7)
NAME: Final = Sealed("home_invitations", "name")


class Invitation(Struct, kw_only=True):
    """Invitation of an owner into their home. The token itself is not kept."""

    id: str = field(name="_id")
    home: str
    relation: Relation
    name_sealed: str
    to_day: Day | None = None
    token_index: str
    person: str  # who invited
    state: InvitationState = InvitationState.OPEN
    created_at: datetime
    expires_at: datetime
    used_by: str | None = None
    used_at: datetime | None = None
    residency: str | None = None
    erased: bool = False  # one of the two left the product: the name is gone


def token_index(vault: Vault, token: str) -> str:
    """Keyed fingerprint of a token: all that is kept of it."""
    return vault.blind(token, purpose="home-invitation")


# What clients send and see


class Invitee(Labelled):
    """Relations an owner may invite; owners are the community's to write."""

    FAMILY = "family", Relation.FAMILY.label
    TENANT = "tenant", Relation.TENANT.label
    PAYER = "payer", Relation.PAYER.label


class Invite(Struct, forbid_unknown_fields=True, kw_only=True):
    """Invitation to make.

    `relation`: What the home will be to who accepts.
    `name`: Name of who is invited, for the owner to tell invitations apart.
    `to_day`: Last day of the relation, e.g. of a tenancy.
    """

    relation: Invitee
    name: PersonName
    to_day: Day | None = None


class NewInvitation(Struct, kw_only=True):
    """Invitation that was made. The token is shown this once: hand it on in WeChat.

    `invitation_id`: Opaque id of the invitation.
    `token`: Secret that who is invited sends to accept.
    `expires_at`: When it can be accepted no longer.
    """

    invitation_id: str
    token: str
    expires_at: datetime


class InvitationView(Struct, kw_only=True):
    """Invitation that may still be accepted.

    `invitation_id`: Opaque id of the invitation.
    `relation`: What the home will be to who accepts.
    `name`: Name of who is invited, as the owner wrote it.
    `to_day`: Last day of the relation; null for none.
    `created_at`: When the invitation was made.
    `expires_at`: When it can be accepted no longer.
    """

    invitation_id: str
    relation: Relation
    name: str
    to_day: Day | None
    created_at: datetime
    expires_at: datetime


class AcceptInvitation(Struct, forbid_unknown_fields=True):
    """Acceptance of an invitation.

    `token`: Token of the invitation, as the owner handed it on.
    """

    token: Secret
