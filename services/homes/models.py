"""Invitations, printed codes and the people of a home: what is kept, sent and seen."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.accounts.models import PersonName, Relation, Way
from services.kernel.days import Day
from services.kernel.documents import ONE_LINE

Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Phone = Annotated[str, Meta(min_length=5, max_length=20)]
IdNumber = Annotated[str, Meta(min_length=18, max_length=18)]
Secret = Annotated[str, Meta(min_length=1, max_length=100)]

INVITATION_LIFE: Final = timedelta(days=7)
CODE_LIFE: Final = timedelta(days=30)


class SlipState(StrEnum):
    """Of an invitation or a printed code; that it ran out is told by its time."""

    OPEN = auto()
    USED = auto()
    REVOKED = auto()


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


class HomeCode(Struct, kw_only=True):
    """The one code that opens a residency; printing again replaces it."""

    residency: str = field(name="_id")
    home: str
    code_index: str
    state: SlipState = SlipState.OPEN
    printed_by: str
    printed_at: datetime
    expires_at: datetime
    used_by: str | None = None
    used_at: datetime | None = None


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


class UseCode(Struct, forbid_unknown_fields=True):
    """A printed code, however it is typed: capitals, blanks and dashes do not matter."""

    code: Secret


class Bound(Struct, kw_only=True):
    """The home that is mine now."""

    residency_id: str
    home: str
    address: str
    relation: Relation
    to_day: Day | None


class PrintedCode(Struct, kw_only=True):
    address: str
    name_masked: str
    relation: Relation
    code: str


class PrintedCodes(Struct, kw_only=True):
    """Shown this once: only a fingerprint of each code is kept."""

    expires_at: datetime
    codes: list[PrintedCode]


class AddResident(Struct, forbid_unknown_fields=True, kw_only=True):
    """Somebody the community knows to belong to a home, with or without a phone."""

    name: PersonName
    relation: Relation
    phone: Phone | None = None
    id_number: IdNumber | None = None
    from_day: Day | None = None
    to_day: Day | None = None
    reason: Reason


class ChangePhone(Struct, forbid_unknown_fields=True, kw_only=True):
    """The register's phone of somebody from now on; null for none."""

    phone: Phone | None
    reason: Reason


class EndResidency(Struct, forbid_unknown_fields=True, kw_only=True):
    """`last_day`: inclusive, today or later; without it, the relation ends at once."""

    reason: Reason
    last_day: Day | None = None


class Transfer(Struct, forbid_unknown_fields=True, kw_only=True):
    """The home's new owner, from `day` on."""

    name: PersonName
    phone: Phone | None = None
    id_number: IdNumber | None = None
    day: Day
    reason: Reason


class Transferred(Struct, kw_only=True):
    residency_id: str
    bound: bool
    ended: int
    invitations_revoked: int
    requests_withdrawn: int


class ResidentView(Struct, kw_only=True):
    """`name`: whole for the owners of the home, masked for everybody else."""

    residency_id: str
    relation: Relation
    name: str
    phone_masked: str | None
    bound: bool
    bound_by: Way | None
    from_day: Day
    to_day: Day | None
    recorded_by_staff: bool


class DirectoryEntry(Struct, kw_only=True):
    """`kind`: of the rung; a home is what a request names."""

    path: str
    kind: str
    name: str
