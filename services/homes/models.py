"""Homes and their residents: what clients send and see."""

from msgspec import Struct

from services.kernel.days import Day
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import IdNumber, Phone, Reason
from services.people.models import PersonName
from services.residencies.models import Relation, Way


class Bound(Struct, kw_only=True):
    """Home that is mine now.

    `residency_id`: Id of the relation to the home.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `relation`: What the home is to me.
    `to_day`: Last day of the relation; null for none.
    """

    residency_id: str
    home: str
    address: str
    relation: Relation
    to_day: Day | None


class AddResident(Struct, forbid_unknown_fields=True, kw_only=True):
    """Person the community knows to belong to a home, with or without a phone.

    `name`: Name as on the identity card.
    `relation`: What the home is to the person.
    `phone`: Mobile number, Chinese or with country code; none without it.
    `id_number`: Identity number, 18 characters.
    `from_day`: First day of the relation; today without it.
    `to_day`: Last day of the relation; none without it.
    `reason`: Why it is written down, e.g. which papers were shown.
    """

    name: PersonName
    relation: Relation
    phone: Phone | None = None
    id_number: IdNumber | None = None
    from_day: Day | None = None
    to_day: Day | None = None
    reason: Reason


class ResidentView(Struct, kw_only=True):
    """Person who belongs to a home.

    `residency_id`: Id of the relation to the home.
    `relation`: What the home is to the person.
    `name`: Name, whole for the owners of the home and masked for everybody else.
    `phone_masked`: Registered number with the middle digits masked; null for none.
    `bound`: Whether the person is bound to the home and sees it.
    `bound_by`: How the person came to be bound; null when not bound.
    `from_day`: First day of the relation.
    `to_day`: Last day of the relation; null for none.
    `recorded_by_staff`: Whether staff wrote it down for the person.
    """

    residency_id: str
    relation: Relation
    name: str
    phone_masked: str | None
    bound: bool
    bound_by: Way | None
    from_day: Day
    to_day: Day | None
    recorded_by_staff: bool


class DirectoryQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of the directory to list.

    `under`: Path of the place whose children to list; the cities without it.
    """

    under: PlacePath | None = None


class DirectoryEntry(Struct, kw_only=True):
    """Place of the directory, to be found by its address.

    `path`: Path of the place.
    `kind`: Kind of the place; a home is what a request names.
    `name`: Name of the place, e.g. 3栋.
    """

    path: str
    kind: str
    name: str
