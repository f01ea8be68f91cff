"""What clients send and see of appointments, beside the appointment itself in models.py."""

from typing import Annotated

from msgspec import Meta, Struct

from services.accounts.models import PersonName, Visibility
from services.kernel.days import Day
from services.kernel.documents import ONE_LINE
from services.kernel.permissions import Role

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
