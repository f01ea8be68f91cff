"""One's own account: what clients send and see of it."""

from msgspec import Struct

from services.kernel.days import Day
from services.kernel.permissions import Role
from services.people.models import WeChatCode
from services.residencies.models import Relation

# What clients send and see


class GivePhone(Struct, forbid_unknown_fields=True):
    """The code of the phone-number button (getPhoneNumber), not of wx.login()."""

    code: WeChatCode


class HomeView(Struct, kw_only=True):
    place: str
    address: str
    relation: Relation


class RoleView(Struct, kw_only=True):
    role: Role
    place: str
    until_day: Day | None


class Me(Struct, kw_only=True):
    person_id: str
    phone_masked: str | None
    homes: list[HomeView]
    roles: list[RoleView]
