"""Homes and their residents: what clients send and see."""

from enum import StrEnum, auto
from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.days import Day
from services.kernel.documents import ONE_LINE
from services.people.models import PersonName
from services.residencies.models import Relation, Way

Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Phone = Annotated[str, Meta(min_length=5, max_length=20)]
IdNumber = Annotated[str, Meta(min_length=18, max_length=18)]
Secret = Annotated[str, Meta(min_length=1, max_length=100)]


class SlipState(StrEnum):
    """Of an invitation or a printed code; that it ran out is told by its time."""

    OPEN = auto()
    USED = auto()
    REVOKED = auto()


class Bound(Struct, kw_only=True):
    """The home that is mine now."""

    residency_id: str
    home: str
    address: str
    relation: Relation
    to_day: Day | None


class AddResident(Struct, forbid_unknown_fields=True, kw_only=True):
    """Somebody the community knows to belong to a home, with or without a phone."""

    name: PersonName
    relation: Relation
    phone: Phone | None = None
    id_number: IdNumber | None = None
    from_day: Day | None = None
    to_day: Day | None = None
    reason: Reason


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
