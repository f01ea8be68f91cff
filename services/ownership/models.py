"""Changes of who owns a home or belongs to it: what clients send and see."""

from msgspec import Struct

from services.home_requests.models import Settlement
from services.kernel.days import Day
from services.kernel.types import IdNumber, Phone, Reason
from services.people.models import PersonName


class ChangePhone(Struct, forbid_unknown_fields=True, kw_only=True):
    """The register's phone of somebody from now on.

    `phone`: New mobile number, Chinese or with country code; null for none.
    `reason`: Why it is changed, for the audit.
    """

    phone: Phone | None
    reason: Reason


class EndResidency(Struct, forbid_unknown_fields=True, kw_only=True):
    """End of a relation to a home.

    `reason`: Why it ends, for the audit.
    `last_day`: Last day, today or later; without it, the relation ends at once.
    """

    reason: Reason
    last_day: Day | None = None


class Transfer(Struct, forbid_unknown_fields=True, kw_only=True):
    """New owner of a home.

    `name`: Name of the new owner as on the deed.
    `phone`: Mobile number, Chinese or with country code; none without it.
    `id_number`: Identity number, 18 characters.
    `day`: First day of the new owner.
    `reason`: Why, e.g. which papers were shown.
    """

    name: PersonName
    phone: Phone | None = None
    id_number: IdNumber | None = None
    day: Day
    reason: Reason


class Transferred(Struct, kw_only=True):
    """Changes made by a transfer.

    `residency_id`: Id of the new owner's relation to the home.
    `bound`: Whether the new owner is bound to the home already.
    `ended`: Number of relations of the old household that ended.
    `invitations_revoked`: Number of invitations that were taken back.
    `requests_withdrawn`: Number of requests that were withdrawn.
    """

    residency_id: str
    bound: bool
    ended: int
    invitations_revoked: int
    requests_withdrawn: int


class Settle(Struct, forbid_unknown_fields=True, kw_only=True):
    """Settlement of a dispute about an owned home.

    `outcome`: Whether the owner stays, shares the home or is replaced.
    `reason`: Why, for those concerned to read.
    `day`: First day of the new owner when the home changes hands; today without it.
    """

    outcome: Settlement
    reason: Reason
    day: Day | None = None


class Disclose(Struct, forbid_unknown_fields=True, kw_only=True):
    """Consent about what I owe of a home.

    `disclosed`: Whether its later owners may see it and pay it.
    """

    disclosed: bool


class TenantPays(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a lease says of the fees of a home.

    `pays`: Whether the tenant owes them, with the owner.
    `reason`: Where it is written, for the audit.
    """

    pays: bool
    reason: Reason
