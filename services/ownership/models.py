"""Changes of who owns a home or belongs to it: what clients send and see."""

from msgspec import Struct

from services.home_requests.models import Settlement
from services.homes.models import IdNumber, Phone, Reason
from services.kernel.days import Day
from services.people.models import PersonName


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


class Settle(Struct, forbid_unknown_fields=True, kw_only=True):
    """`day`: the new owner's first, when the home changes hands; today unless said."""

    outcome: Settlement
    reason: Reason
    day: Day | None = None
