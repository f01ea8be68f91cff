"""Who may do what, and where: one table, one function that decides."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.errors import Forbidden, NotFound
from services.kernel.paths import covers, outermost


class Role(StrEnum):
    """What somebody is at a place: by living there, or by being appointed."""

    OWNER = auto()
    RESIDENT = auto()  # family
    TENANT = auto()
    PAYER = auto()  # a relative who pays and sees nothing else
    UNIT_HEAD = auto()
    BUILDING_HEAD = auto()
    GRID_HEAD = auto()
    FIRM_MANAGER = auto()
    DISPATCHER = auto()
    REPAIRER = auto()
    CASHIER = auto()
    COMMITTEE_MEMBER = auto()
    COMMUNITY_STAFF = auto()
    SUBDISTRICT_STAFF = auto()
    DISTRICT_STAFF = auto()
    CITY_STAFF = auto()
    ADMINISTRATOR = auto()
    AUDITOR = auto()


class Permission(StrEnum):
    PAY_BILLS = auto()  # see and pay what a home owes
    VIEW_HOME = auto()  # the home's own cases, notices and heads
    MANAGE_HOME = auto()  # see who belongs to it, invite, end
    VIEW_PLACES = auto()
    VIEW_UNPAID = auto()
    VIEW_RATES = auto()
    VIEW_RESIDENTS = auto()  # who lives where, masked
    ADVISE_HOMES = auto()  # say what one knows about somebody who wants to be bound
    DECIDE_HOMES = auto()  # decide who belongs to a home; print codes
    REVEAL = auto()  # see a whole phone, name or identity number, with a reason
    MANAGE_PLACES = auto()
    IMPORT_REGISTER = auto()
    MANAGE_FEES = auto()
    RUN_BILLS = auto()
    APPOINT = auto()
    MANAGE_FIRMS = auto()  # firms and their contracts
    OPERATE = auto()  # dead jobs, suspense, the health of the system
    READ_AUDIT = auto()


P = Permission
LIVES_THERE: Final = frozenset({P.PAY_BILLS, P.VIEW_HOME})
SUPERVISOR: Final = frozenset({P.VIEW_PLACES, P.VIEW_RATES})
BOOKKEEPER: Final = SUPERVISOR | {P.VIEW_UNPAID}
HEAD: Final = BOOKKEEPER | {P.VIEW_RESIDENTS, P.ADVISE_HOMES}
STAFF: Final = HEAD | {
    P.DECIDE_HOMES,
    P.REVEAL,
    P.MANAGE_PLACES,
    P.IMPORT_REGISTER,
    P.MANAGE_FEES,
    P.RUN_BILLS,
    P.APPOINT,
    P.MANAGE_FIRMS,
}

# Who runs the system does not read its audit, and who reads it changes nothing
# (GB/T 22239-2019: system, security and audit administrators are different people).
PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.OWNER: LIVES_THERE | {P.MANAGE_HOME},
    Role.RESIDENT: LIVES_THERE,
    Role.TENANT: LIVES_THERE,
    Role.PAYER: frozenset({P.PAY_BILLS}),
    Role.UNIT_HEAD: HEAD,
    Role.BUILDING_HEAD: HEAD,
    Role.GRID_HEAD: HEAD,
    Role.FIRM_MANAGER: BOOKKEEPER | {P.RUN_BILLS},
    Role.DISPATCHER: frozenset({P.VIEW_PLACES}),
    Role.REPAIRER: frozenset({P.VIEW_PLACES}),
    Role.CASHIER: BOOKKEEPER,
    Role.COMMITTEE_MEMBER: SUPERVISOR,
    Role.COMMUNITY_STAFF: STAFF,
    Role.SUBDISTRICT_STAFF: SUPERVISOR,
    Role.DISTRICT_STAFF: SUPERVISOR,
    Role.CITY_STAFF: SUPERVISOR,
    Role.ADMINISTRATOR: STAFF | {P.OPERATE},
    Role.AUDITOR: frozenset({P.READ_AUDIT}),
}


# Where a role can be held: an appointment on another rung of the ladder would see too much.
# A grid is a list of buildings: its head's grants are those buildings, read on every request.
# Only the rungs above the compound are governed from.
# Roles that are not here come from belonging to a home and cannot be given by appointment.
RUNGS: Final[dict[Role, frozenset[str]]] = {
    Role.UNIT_HEAD: frozenset({"unit"}),
    Role.BUILDING_HEAD: frozenset({"building"}),
    Role.GRID_HEAD: frozenset({"grid"}),
    Role.FIRM_MANAGER: frozenset({"compound"}),
    Role.DISPATCHER: frozenset({"compound"}),
    Role.REPAIRER: frozenset({"compound"}),
    Role.CASHIER: frozenset({"compound"}),
    Role.COMMITTEE_MEMBER: frozenset({"compound"}),
    Role.COMMUNITY_STAFF: frozenset({"community", "compound"}),
    Role.SUBDISTRICT_STAFF: frozenset({"subdistrict"}),
    Role.DISTRICT_STAFF: frozenset({"district"}),
    Role.CITY_STAFF: frozenset({"city"}),
    Role.ADMINISTRATOR: frozenset({"city", "district", "subdistrict", "community"}),
    Role.AUDITOR: frozenset({"city", "district", "subdistrict", "community"}),
}
HEADS: Final = (Role.UNIT_HEAD, Role.BUILDING_HEAD, Role.GRID_HEAD)
# Offices are held for a term; others may be appointed without an end.
WITH_A_TERM: Final = (*HEADS, Role.COMMITTEE_MEMBER)
FIRM_ROLES: Final = (Role.FIRM_MANAGER, Role.DISPATCHER, Role.REPAIRER, Role.CASHIER)
# Who works here rather than lives here: may sign in at a browser.
STAFF_ROLES: Final = frozenset(RUNGS) - frozenset(HEADS)


# How long after proving who one is a sensitive act does not ask again.
FRESH: Final = timedelta(minutes=10)


class Grant(Struct, frozen=True):
    """One role at one place and everything under it.

    `since`: the first day of a relation to a home; what was settled before is others' history.
    """

    role: Role
    place: str
    since: str = ""


class Actor(Struct, frozen=True):
    """The person behind a request, with what they hold at this moment.

    `confirmed_at`: when they last proved in WeChat that it is they who hold the phone.
    `request_id`, `address`: of the request, for the audit; empty for the command line.
    """

    person_id: str
    session_id: str
    grants: tuple[Grant, ...] = ()
    confirmed_at: datetime | None = None
    request_id: str = ""
    address: str = ""

    def places(self, permission: Permission) -> tuple[str, ...]:
        """Return the outermost places where the actor holds `permission`.

        The one function that decides; `may` and the filters of every query come from it.
        """
        return outermost(g.place for g in self.grants if permission in PERMISSIONS[g.role])

    def may(self, permission: Permission, place: str) -> bool:
        return any(covers(held, place) for held in self.places(permission))

    def since(self, permission: Permission) -> dict[str, str]:
        """Return place → the earliest first day of the relations that give `permission`."""
        found: dict[str, str] = {}
        for grant in self.grants:
            if permission in PERMISSIONS[grant.role]:
                earlier = found.get(grant.place, grant.since)
                found[grant.place] = min(earlier, grant.since)
        return found


class ConfirmationNeeded(Forbidden):
    """A sensitive act: prove in WeChat once more that it is you, then ask again."""

    code = "confirmation_needed"


def require_fresh(actor: Actor, now: datetime) -> None:
    """Raise ConfirmationNeeded unless the actor proved who they are a moment ago."""
    if actor.confirmed_at is None or now - actor.confirmed_at > FRESH:
        raise ConfirmationNeeded("为了安全,请在微信里再确认一次")


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless the actor holds `permission` somewhere."""
    if not actor.places(permission):
        raise Forbidden("您没有此操作的权限", needs=permission)


def require_city(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless held for the whole city: for what belongs to no smaller place.

    The merchants' accounts and the books are one for all compounds; who holds the permission
    for a community must not see, or move, the money of the others.
    """
    if not any("." not in place for place in actor.places(permission)):
        raise Forbidden("这项工作由市级管理员办理", needs=permission)


def require_at(actor: Actor, permission: Permission, place: str) -> None:
    """Raise NotFound unless held at `place`: what is forbidden looks missing."""
    if not actor.may(permission, place):
        raise NotFound("没有找到这个地方")


TITLES: Final = {
    Role.UNIT_HEAD: "单元长",
    Role.BUILDING_HEAD: "楼栋长",
    Role.GRID_HEAD: "网格长",
    Role.FIRM_MANAGER: "物业经理",
    Role.DISPATCHER: "物业调度员",
    Role.REPAIRER: "物业维修工",
    Role.CASHIER: "物业收费员",
    Role.COMMITTEE_MEMBER: "业委会委员",
    Role.COMMUNITY_STAFF: "社区工作人员",
    Role.SUBDISTRICT_STAFF: "街道工作人员",
    Role.DISTRICT_STAFF: "区工作人员",
    Role.CITY_STAFF: "市工作人员",
    Role.ADMINISTRATOR: "管理员",
    Role.AUDITOR: "审计员",
}
