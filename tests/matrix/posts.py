"""Positions of the matrix: its places, and who holds a role at each or none."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.kernel.permissions import FIRM_ROLES, PERMISSIONS, Actor, Grant, Permission, Role
from services.residencies.models import Relation

# Other names than the contract's examples have: what everybody may read gives nobody away. And
# each begins with its neighbour's path: who stands there must not be taken for standing here.
CITY: Final = "cc2"
DISTRICT: Final = f"{CITY}.erdao2"
SUBDISTRICT: Final = f"{DISTRICT}.bali2"
COMMUNITY: Final = f"{SUBDISTRICT}.changtong2"
COMPOUND: Final = f"{COMMUNITY}.c070"
BUILDING: Final = f"{COMPOUND}.b30"
UNIT: Final = f"{BUILDING}.u20"
HOME: Final = f"{UNIT}.5020"
GRID: Final = f"{COMMUNITY}.g01"
NEXT_DOOR: Final = f"{UNIT}.502"
NEXT_UNIT: Final = f"{BUILDING}.u2"
NEXT_BUILDING: Final = f"{COMPOUND}.b3"
OTHER_COMPOUND: Final = f"{COMMUNITY}.c07"
OTHER_COMMUNITY: Final = f"{SUBDISTRICT}.changtong"
OTHER_SUBDISTRICT: Final = f"{DISTRICT}.bali"
OTHER_DISTRICT: Final = f"{CITY}.erdao"
OTHER_CITY: Final = "cc"
GRIDS: Final = {
    GRID: (BUILDING,),
    f"{COMMUNITY}.g02": (NEXT_BUILDING,),
    f"{COMMUNITY}.g03": (f"{OTHER_COMPOUND}.b1",),
}
UNITS: Final = (
    UNIT,
    NEXT_UNIT,
    f"{NEXT_BUILDING}.u1",
    f"{OTHER_COMPOUND}.b1.u1",
    f"{OTHER_COMMUNITY}.c09.b1.u1",
    f"{OTHER_SUBDISTRICT}.linhe.c10.b1.u1",
    f"{OTHER_DISTRICT}.minkang.xisi.c11.b1.u1",
    f"{OTHER_CITY}.changyi.xingye.beijinglu.c12.b1.u1",
)
COMPOUNDS: Final = tuple(dict.fromkeys(unit.rsplit(".", 2)[0] for unit in UNITS))
# The register's family names, one for each home: a masked name gives away whose it is.
HOMES: Final = {
    HOME: "欧阳",
    NEXT_DOOR: "单",
    **{f"{unit}.101": name for unit, name in zip(UNITS[1:], "郗麴冼隗亓厍逄", strict=True)},
}


class Position(StrEnum):
    OWN = "own place"
    NEXT_DOOR = "next door"
    NEXT_UNIT = "next unit"
    NEXT_BUILDING = "next building"
    OTHER_COMPOUND = "other compound"
    TWO_HATS = "head here, staff elsewhere"
    FORMER = "former occupant"
    EXPIRED = "expired head"
    FUTURE = "head of tomorrow"
    DISMISSED = "firm without contract"
    REVOKED = "revoked session"
    STRANGER = "signed in, nothing else"
    NOBODY = "nobody"


P = Position
FOUR: Final = (P.OWN, P.NEXT_UNIT, P.NEXT_BUILDING, P.OTHER_COMPOUND)
HOME_PLACES: Final = dict(
    zip(FOUR, (HOME, *(f"{unit}.101" for unit in UNITS[1:4])), strict=True)
)
COMPOUND_PLACES: Final = {P.OWN: COMPOUND, P.OTHER_COMPOUND: OTHER_COMPOUND}
RELATIONS: Final = {
    Role.OWNER: Relation.OWNER,
    Role.RESIDENT: Relation.FAMILY,
    Role.TENANT: Relation.TENANT,
    Role.PAYER: Relation.PAYER,
    Role.DEBTOR: Relation.OWNER,
}
LIVES_THERE: Final = tuple(role for role in RELATIONS if role is not Role.DEBTOR)
LIVED_THERE: Final = tuple(role for role in RELATIONS if role is not Role.OWNER)
# Where a role cannot be held at a position (RUNGS), its holder stands at the nearest place
# where it can: the "next unit" of a building head is the next building.
WHERE: Final[dict[Role, dict[Position, str]]] = {
    **dict.fromkeys(LIVES_THERE, HOME_PLACES),  # read only
    Role.DEBTOR: {},  # the former occupant who owned the home
    Role.UNIT_HEAD: dict(zip(FOUR, UNITS[:4], strict=True)),
    Role.BUILDING_HEAD: {
        P.OWN: BUILDING,
        P.NEXT_BUILDING: NEXT_BUILDING,
        P.OTHER_COMPOUND: f"{OTHER_COMPOUND}.b1",
    },
    Role.GRID_HEAD: dict(zip((P.OWN, *FOUR[2:]), GRIDS, strict=True)),
    **dict.fromkeys((*FIRM_ROLES, Role.COMMITTEE_MEMBER), COMPOUND_PLACES),
    Role.COMMUNITY_STAFF: {P.OWN: COMMUNITY, P.OTHER_COMPOUND: OTHER_COMPOUND},
    Role.MEDIATION_MEMBER: {P.OWN: COMMUNITY, P.OTHER_COMPOUND: OTHER_COMMUNITY},
    Role.SUBDISTRICT_STAFF: {P.OWN: SUBDISTRICT, P.OTHER_COMPOUND: OTHER_SUBDISTRICT},
    Role.DISTRICT_STAFF: {P.OWN: DISTRICT, P.OTHER_COMPOUND: OTHER_DISTRICT},
    Role.CITY_STAFF: {P.OWN: CITY, P.OTHER_COMPOUND: OTHER_CITY},
    Role.ADMINISTRATOR: {P.OWN: CITY, P.OTHER_COMPOUND: OTHER_COMMUNITY},
    Role.AUDITOR: {P.OWN: CITY, P.OTHER_COMPOUND: OTHER_COMMUNITY},
}
HEADS: Final = (Role.UNIT_HEAD, Role.BUILDING_HEAD, Role.GRID_HEAD)


def lies_in(place: str, held: str) -> bool:
    """Tell whether a place is another one or lies in it: rung by rung, not by paths.covers."""
    rungs = held.split(".")
    return place.split(".")[: len(rungs)] == rungs


@dataclass(frozen=True)
class Post:
    """Somebody of the matrix: the roles they hold or held, and where."""

    position: Position
    roles: tuple[tuple[Role, str], ...] = ()

    @property
    def name(self) -> str:
        roles = "+".join(role for role, _ in self.roles)
        return f"{roles} {self.position}".strip()

    @property
    def signed_in(self) -> bool:
        return self.position not in {P.NOBODY, P.REVOKED}

    @property
    def held(self) -> tuple[tuple[Role, str], ...]:
        """What they hold today: who sold a home owes what it was charged till then."""
        if self.position is P.FORMER:
            return tuple(held for held in self.roles if held[0] is Role.DEBTOR)
        over = {P.EXPIRED, P.FUTURE, P.DISMISSED, P.REVOKED}
        return () if self.position in over else self.roles

    def places(self, permission: Permission) -> tuple[str, ...]:
        """Return where they hold a permission: by the table, and not by Actor.places."""
        grants = self.actor.grants
        return tuple(g.place for g in grants if permission in PERMISSIONS[g.role])

    def may(self, permission: Permission, place: str) -> bool:
        return any(lies_in(place, held) for held in self.places(permission))

    @property
    def actor(self) -> Actor:
        """What they are to the product."""
        grants = [
            Grant(role, place) for role, held in self.held for place in GRIDS.get(held, (held,))
        ]
        return Actor(self.name, "", tuple(grants))


def _posts() -> tuple[Post, ...]:
    found = [
        Post(position, ((role, place),))
        for role, places in WHERE.items()
        for position, place in places.items()
    ]
    found += [Post(P.NEXT_DOOR, ((role, NEXT_DOOR),)) for role in LIVES_THERE]
    found += [Post(P.FORMER, ((role, HOME),)) for role in LIVED_THERE]
    ended = [(role, WHERE[role][P.OWN]) for role in (*HEADS, Role.COMMITTEE_MEMBER)]
    found += [Post(P.EXPIRED, (held,)) for held in ended]
    found += [Post(P.FUTURE, (held,)) for held in ended[:1]]
    found += [Post(P.DISMISSED, ((role, COMPOUND),)) for role in FIRM_ROLES]
    hats = ((Role.UNIT_HEAD, UNIT), (Role.COMMUNITY_STAFF, OTHER_COMPOUND))
    found += [Post(P.TWO_HATS, hats)]
    found += [Post(P.REVOKED, ((Role.ADMINISTRATOR, CITY),))]
    return (*found, Post(P.STRANGER), Post(P.NOBODY))


POSTS: Final = _posts()
OWNER: Final = Post(P.OWN, ((Role.OWNER, HOME),))
UNIT_HEAD: Final = Post(P.OWN, ((Role.UNIT_HEAD, UNIT),))
