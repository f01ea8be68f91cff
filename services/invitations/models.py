"""Invitations into a home: what is kept, sent and seen."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct, field

from services.homes.models import Secret, SlipState
from services.kernel.days import Day
from services.people.models import PersonName
from services.residencies.models import Relation

INVITATION_LIFE: Final = timedelta(days=7)


class Invitation(Struct, kw_only=True):
    """An owner lets somebody into their home. The token itself is not kept."""

    id: str = field(name="_id")
    home: str
    relation: Relation
    name_sealed: str
    to_day: Day | None = None
    token_index: str
    person: str  # who invited
    state: SlipState = SlipState.OPEN
    created_at: datetime
    expires_at: datetime
    used_by: str | None = None
    used_at: datetime | None = None
    residency: str | None = None


# What clients send and see


class Invitee(StrEnum):
    """Whom an owner may let in; owners are the community's to write."""

    FAMILY = auto()
    TENANT = auto()
    PAYER = auto()


class Invite(Struct, forbid_unknown_fields=True, kw_only=True):
    """`to_day`: the last day, e.g. of a tenancy."""

    relation: Invitee
    name: PersonName
    to_day: Day | None = None


class NewInvitation(Struct, kw_only=True):
    """The token is shown this once: hand it on in WeChat."""

    invitation_id: str
    token: str
    expires_at: datetime


class InvitationView(Struct, kw_only=True):
    invitation_id: str
    relation: Relation
    name: str
    to_day: Day | None
    created_at: datetime
    expires_at: datetime


class AcceptInvitation(Struct, forbid_unknown_fields=True):
    token: Secret
