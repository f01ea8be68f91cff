"""Who may do what, and where: one table, one function that decides."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.errors import Forbidden, NotFound
from services.paths import covers, outermost


class Role(StrEnum):
    RESIDENT = auto()
    UNIT_HEAD = auto()
    BUILDING_HEAD = auto()
    GRID_HEAD = auto()
    CASHIER = auto()
    FIRM_MANAGER = auto()
    COMMUNITY_STAFF = auto()
    ADMINISTRATOR = auto()


class Permission(StrEnum):
    PAY_BILLS = auto()  # see and pay what a home owes
    VIEW_PLACES = auto()
    VIEW_UNPAID = auto()
    VIEW_RATES = auto()
    MANAGE_PLACES = auto()
    IMPORT_REGISTER = auto()
    MANAGE_FEES = auto()
    RUN_BILLS = auto()
    APPOINT = auto()
    OPERATE = auto()  # dead jobs, suspense, the health of the system


P = Permission
HEAD: Final = frozenset({P.VIEW_PLACES, P.VIEW_UNPAID, P.VIEW_RATES})
STAFF: Final = HEAD | {
    P.MANAGE_PLACES,
    P.IMPORT_REGISTER,
    P.MANAGE_FEES,
    P.RUN_BILLS,
    P.APPOINT,
}

PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.RESIDENT: frozenset({P.PAY_BILLS}),
    Role.UNIT_HEAD: HEAD,
    Role.BUILDING_HEAD: HEAD,
    Role.GRID_HEAD: HEAD,
    Role.CASHIER: HEAD,
    Role.FIRM_MANAGER: HEAD | {P.RUN_BILLS},
    Role.COMMUNITY_STAFF: STAFF,
    Role.ADMINISTRATOR: STAFF | {P.OPERATE},
}


# Where a role can be held: an appointment on another rung of the ladder would see too much.
# A grid is a list of buildings. Only the rungs above the compound are governed from.
RUNGS: Final[dict[Role, frozenset[str]]] = {
    Role.UNIT_HEAD: frozenset({"unit"}),
    Role.BUILDING_HEAD: frozenset({"building"}),
    Role.GRID_HEAD: frozenset({"building"}),
    Role.CASHIER: frozenset({"compound"}),
    Role.FIRM_MANAGER: frozenset({"compound"}),
    Role.COMMUNITY_STAFF: frozenset({"community", "compound"}),
    Role.ADMINISTRATOR: frozenset({"city", "district", "subdistrict", "community"}),
}


class Grant(Struct, frozen=True):
    """One role at one place and everything under it."""

    role: Role
    place: str


class Actor(Struct, frozen=True):
    """The person behind a request, with what they hold at this moment."""

    person_id: str
    session_id: str
    grants: tuple[Grant, ...] = ()

    def places(self, permission: Permission) -> tuple[str, ...]:
        """Return the outermost places where the actor holds `permission`."""
        return outermost(g.place for g in self.grants if permission in PERMISSIONS[g.role])

    def may(self, permission: Permission, place: str) -> bool:
        return any(covers(held, place) for held in self.places(permission))


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless the actor holds `permission` somewhere."""
    if not actor.places(permission):
        raise Forbidden("您没有此操作的权限", needs=permission)


def require_at(actor: Actor, permission: Permission, place: str) -> None:
    """Raise NotFound unless held at `place`: what is forbidden looks missing."""
    if not actor.may(permission, place):
        raise NotFound("没有找到这个地方")
