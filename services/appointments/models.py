"""Appointments: a role at a place for a term; what is kept, sent and seen."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.documents import ONE_LINE
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.people.models import PersonName


class Visibility(StrEnum):
    """Who may see a head's number on the public page."""

    NOBODY = auto()
    RESIDENTS = auto()  # of the home that asks, signed in
    EVERYONE = auto()


class Appointment(Struct, kw_only=True):
    """A role at a place for a term, given by somebody.

    `substitute_for`: the head's appointment this one stands in for. `firm`: whose contract the
    role hangs on. Rows are ended, not removed.
    """

    id: str = field(name="_id")
    role: Role
    place: str
    phone_sealed: str
    phone_index: str
    person: str | None = None
    name_sealed: str | None = None
    phone_visible_to: Visibility = Visibility.NOBODY
    from_day: Day
    to_day: Day | None = None
    substitute_for: str = ""
    firm: str = ""
    appointed_by: str
    appointed_at: datetime
    resigned_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    ended_because: str = ""


class Appoint(Struct, forbid_unknown_fields=True, kw_only=True):
    """Give somebody a role at a place. They need not have signed in yet.

    `to_day`: heads and committee members are appointed for a term. `name`: what residents are
    told of a head. `firm_id`: of the firm whose people the roles of a firm are given to.
    """

    role: Role
    place: PlacePath
    phone: Annotated[str, Meta(min_length=5, max_length=20)]
    name: PersonName | None = None
    firm_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    from_day: Day | None = None
    to_day: Day | None = None


class AppointmentView(Struct, kw_only=True):
    appointment_id: str
    role: Role
    place: str
    phone_masked: str
    name_masked: str | None
    firm_id: str | None
    substitute_for: str | None
    from_day: Day
    to_day: Day | None


Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Phone = Annotated[str, Meta(min_length=5, max_length=20)]


class Substitute(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who acts for a head from a day to a day, both within the head's term."""

    name: PersonName
    phone: Phone
    from_day: Day
    to_day: Day


class Resign(Struct, forbid_unknown_fields=True, kw_only=True):
    """`last_day`: today at the earliest; the day after, the office is empty."""

    reason: Reason
    last_day: Day


class ChooseContact(Struct, forbid_unknown_fields=True):
    """Who may see my number on the page of the heads: my own choice."""

    phone_visible_to: Visibility


class MyAppointment(Struct, kw_only=True):
    """`buildings`: of a grid. `acting`: the role is in force today."""

    appointment_id: str
    role: Role
    place: str
    address: str
    buildings: list[str]
    from_day: Day
    to_day: Day | None
    acting: bool
    is_substitute: bool
    resigned: bool
    phone_visible_to: Visibility
