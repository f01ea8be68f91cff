"""Account of the person who asks: what clients send and see of it."""

from msgspec import Struct

from services.kernel.days import Day
from services.kernel.permissions import Role
from services.people.models import WeChatCode
from services.places.models import BuildingView
from services.residencies.models import Relation

# What clients send and see


class GivePhone(Struct, forbid_unknown_fields=True):
    """Proof of a phone number.

    `code`: Code of the phone-number button (getPhoneNumber), not of wx.login().
    """

    code: WeChatCode


class HomeView(Struct, kw_only=True):
    """Home that the person belongs to.

    `place`: Path of the home.
    `address`: Address of the home, as people say it.
    `relation`: What the home is to the person.
    """

    place: str
    address: str
    relation: Relation


class RoleView(Struct, kw_only=True):
    """Role that the person holds today.

    `role`: Role that was given.
    `title`: Office as people say it, in Chinese, e.g. 单元长.
    `place`: Path of the place where the role holds, with everything under it.
    `address`: Address of the place, as people say it.
    `buildings`: Buildings of a grid, which are what its head asks for; empty for other places.
    `until_day`: Last day of the role; null for none.
    """

    role: Role
    title: str
    place: str
    address: str
    buildings: list[BuildingView]
    until_day: Day | None


class Me(Struct, kw_only=True):
    """Person who is signed in.

    `person_id`: Opaque id of the person.
    `phone_masked`: Proved number with the middle digits masked; null before one is proved.
    `homes`: Homes that the person belongs to today.
    `roles`: Roles that the person holds today.
    """

    person_id: str
    phone_masked: str | None
    homes: list[HomeView]
    roles: list[RoleView]
