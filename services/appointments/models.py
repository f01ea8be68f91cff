"""Appointments: a role at a place for a term; what is kept, sent and seen."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath, ancestors
from services.kernel.permissions import Role
from services.kernel.types import Id, Phone, Reason
from services.kernel.vault import Sealed
from services.people.models import PersonName

NAME: Final = Sealed("appointments", "name")
PHONE: Final = Sealed("appointments", "phone")
BECAUSE: Final = Sealed("appointments", "because")


class Visibility(Labelled):
    """Visibility of a head's number on the public page."""

    NOBODY = "nobody", "不公开"
    RESIDENTS = "residents", "本楼住户"  # of the home that asks, signed in
    EVERYONE = "everyone", "所有人"


class Appointment(Struct, kw_only=True):
    """A role at a place for a term, given by somebody.

    `under`: the place and all above it, so that a list of some places is one equality.
    `substitute_for`: the head's appointment this one stands in for. `firm`: whose contract the
    role hangs on. `end_noted`: the last day that the holder said they know of. Rows are ended,
    not removed.
    """

    id: str = field(name="_id")
    role: Role
    place: str
    under: list[str] = []
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
    end_noted: Day | None = None

    def __post_init__(self) -> None:
        self.under = ancestors(self.place)


class Appoint(Struct, forbid_unknown_fields=True, kw_only=True):
    """Give somebody a role at a place. They need not have signed in yet.

    `role`: Role to give.
    `place`: Path of the place where the role holds, with everything under it.
    `phone`: Mobile number by which the person will be known, Chinese or with country code.
    `name`: Name of the person; what residents are told of a head.
    `firm_id`: Id of the firm whose people the roles of a firm are given to.
    `from_day`: First day of the role; today without it.
    `to_day`: Last day of the role; heads and committee members need one.
    """

    role: Role
    place: PlacePath
    phone: Phone
    name: PersonName | None = None
    firm_id: Id | None = None
    from_day: Day | None = None
    to_day: Day | None = None


class AppointmentSort(Labelled):
    OLDEST = "oldest", "最早任命在前"
    NEWEST = "newest", "最新任命在前"
    PLACE = "place", "按地点"


class AppointmentsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which roles to list, of those held today or to be held.

    `role`: Role that the appointment gives.
    `place`: Path of a place that I appoint for: there and below.
    `firm_id`: Id of the firm the holder works for.
    `ends_from`: First of the last days: whose term ends then or later.
    `ends_to`: Last of the last days: whose term ends by then.
    `sort`: Order of the list.
    """

    role: Role | None = None
    place: PlacePath | None = None
    firm_id: Id | None = None
    ends_from: Day | None = None
    ends_to: Day | None = None
    sort: AppointmentSort = AppointmentSort.OLDEST


class AppointmentView(Struct, kw_only=True):
    """Role that somebody holds at a place.

    `appointment_id`: Opaque id of the appointment.
    `role`: Role that the appointment gives.
    `place`: Path of the place of the role.
    `address`: Address of the place, as people say it.
    `phone_masked`: Number of the holder with the middle digits masked.
    `name_masked`: Name of the holder with all but the first character masked; null when not
    known.
    `firm_id`: Id of the firm the holder works for; null for none.
    `firm_name`: Name of that firm; null for none.
    `substitute_for`: Id of the head's appointment the holder stands in for; null for none.
    `from_day`: First day of the role.
    `to_day`: Last day of the role; null for none.
    """

    appointment_id: str
    role: Role
    place: str
    address: str
    phone_masked: str
    name_masked: str | None
    firm_id: str | None
    firm_name: str | None
    substitute_for: str | None
    from_day: Day
    to_day: Day | None


class Substitute(Struct, forbid_unknown_fields=True, kw_only=True):
    """Substitute who acts for a head from a day to a day, both within the head's term.

    `name`: Name of the substitute, as residents are told.
    `phone`: Mobile number of the substitute, Chinese or with country code.
    `from_day`: First day of the substitute.
    `to_day`: Last day of the substitute.
    """

    name: PersonName
    phone: Phone
    from_day: Day
    to_day: Day


class Resign(Struct, forbid_unknown_fields=True, kw_only=True):
    """Resignation from an office.

    `reason`: Why, for the community to read.
    `last_day`: Last day in office, today at the earliest; the day after, the office is empty.
    """

    reason: Reason
    last_day: Day


class ChooseContact(Struct, forbid_unknown_fields=True):
    """Choice of who may see my number on the page of the heads.

    `phone_visible_to`: Who is shown the number.
    """

    phone_visible_to: Visibility


class MyAppointment(Struct, kw_only=True):
    """Role of mine, as I see it.

    `appointment_id`: Opaque id of the appointment.
    `role`: Role that the appointment gives.
    `place`: Path of the place of the role.
    `address`: Address of the place, as people say it.
    `buildings`: Paths of the buildings of a grid; empty for other places.
    `from_day`: First day of the role.
    `to_day`: Last day of the role; null for none.
    `acting`: Whether the role is in force today.
    `is_substitute`: Whether the person stands in for the head who was appointed.
    `resigned`: Whether the person has resigned.
    `phone_visible_to`: Who is shown the person's number on the page of the heads.
    """

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
