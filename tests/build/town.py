"""A small town for who-is-meant questions: homes, residents, offices and debts by chance.

Chance is the same in every run. Everything is there at once that makes a difference: homes of
all uses, retired and merged ones, people of two homes, relations that are over or to come,
terms and contracts that ended, a head who has not signed in, an auditor with a second office.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from services.appointments.models import Appointment
from services.firms.models import Contract
from services.kernel.documents import to_document
from services.kernel.paths import parent
from services.kernel.permissions import Role
from services.messaging.models import digest, grant_id
from services.people.models import Person
from services.places.models import LADDER, Grid, Kind, Place, Usage
from services.residencies.models import Relation, Residency
from tests.build.world import NOON, World

COMMUNITY: Final = "cc.chaoyang.guilin.xincheng"
ONE, TWO = f"{COMMUNITY}.c1", f"{COMMUNITY}.c2"
GRID: Final = f"{COMMUNITY}.g1"
TODAY: Final = "2026-03-02"
PEOPLE: Final = [f"person{number:02d}" for number in range(16)]
USES: Final = (Usage.FLAT, Usage.FLAT, Usage.FLAT, Usage.SHOP, Usage.GARAGE, None)
DAYS: Final = (
    *[("2020-01-01", None)] * 5,
    ("2020-01-01", TODAY),  # the last day is today
    ("2020-01-01", "2026-03-01"),  # it was yesterday
    ("2026-03-03", None),  # the first day is tomorrow
)
# Role, place, person, firm and days of each office.
OFFICES: Final[tuple[tuple[Role, str, str | None, str, int], ...]] = (
    (Role.UNIT_HEAD, f"{ONE}.b1.u1", "person00", "", 0),
    (Role.UNIT_HEAD, f"{ONE}.b1.u2", "head", "", 0),
    (Role.UNIT_HEAD, f"{ONE}.b2.u1", None, "", 0),
    (Role.UNIT_HEAD, f"{TWO}.b2.u1", "over", "", 6),
    (Role.UNIT_HEAD, f"{TWO}.b2.u2", "soon", "", 7),
    (Role.BUILDING_HEAD, f"{ONE}.b1", "head", "", 0),
    (Role.BUILDING_HEAD, f"{TWO}.b1", "person03", "", 5),
    (Role.GRID_HEAD, GRID, "grid", "", 0),
    (Role.GRID_HEAD, f"{COMMUNITY}.g2", "dissolved", "", 0),
    (Role.FIRM_MANAGER, ONE, "manager", "serving", 0),
    (Role.FIRM_MANAGER, ONE, "former", "left", 0),
    (Role.FIRM_MANAGER, TWO, "former", "left", 0),
    (Role.COMMUNITY_STAFF, COMMUNITY, "staff", "", 0),
    (Role.COMMUNITY_STAFF, TWO, "staff2", "", 0),
    (Role.SUBDISTRICT_STAFF, "cc.chaoyang.guilin", "street", "", 0),
    (Role.AUDITOR, COMMUNITY, "staff2", "", 0),  # waits: they were staff before
    (Role.AUDITOR, "cc.chaoyang", "auditor", "", 0),
    (Role.CITY_STAFF, "cc", "city", "", 0),
)


@dataclass
class Town:
    """What was written, for whoever recounts it."""

    places: list[Place] = field(default_factory=list)
    residencies: list[Residency] = field(default_factory=list)
    offices: list[Appointment] = field(default_factory=list)
    bills: list[dict[str, Any]] = field(default_factory=list)
    granted: set[str] = field(default_factory=set)

    @property
    def homes(self) -> list[Place]:
        return [place for place in self.places if place.kind is Kind.HOME]

    @property
    def grids(self) -> dict[str, list[str]]:
        return {place.id: place.buildings for place in self.places if isinstance(place, Grid)}


def drawn() -> Town:
    """Draw the town, the same each time."""
    chance, town = Random(11), Town()  # noqa: S311
    units = [f"{c}.b{b}.u{u}" for c in (ONE, TWO) for b in (1, 2) for u in (1, 2)]
    paths = [f"{unit}.10{number}" for unit in units for number in range(1, 7)]
    town.places = [_place(path, chance) for path in _with_above(paths)]
    for grid, buildings in ((GRID, [f"{ONE}.b1", f"{TWO}.b2"]), (f"{COMMUNITY}.g2", [])):
        named = {"id": grid, "kind": Kind.GRID, "name": grid, "address": grid}
        town.places.append(Grid(**named, created_at=NOON, buildings=buildings))
    for old, into in zip(paths[3::12], paths[2::12], strict=True):
        [home] = [place for place in town.places if place.id == old]
        home.retired_from = "2026-01-01"
        home.merged_into = into if chance.random() < 0.5 else None
    for home in town.homes:
        town.residencies += [_row(home.id, chance) for _ in range(chance.choice((0, 1, 1, 3)))]
        town.bills += [_bill(home.id, month, chance) for month in ("2025-12", "2026-01")]
    town.offices = [_office(*each, number) for number, each in enumerate(OFFICES)]
    town.granted = set(chance.sample(PEOPLE, 7)) | {"head", "staff"}
    return town


def _with_above(paths: list[str]) -> list[str]:
    """Return these paths and all above them."""
    found, waiting = set[str](), paths
    while waiting:
        found |= {*waiting}
        waiting = sorted({above for path in waiting if (above := parent(path))} - found)
    return sorted(found)


def _place(path: str, chance: Random) -> Place:
    kind = LADDER[path.count(".")]
    usage = chance.choice(USES) if kind is Kind.HOME else None
    return Place(id=path, kind=kind, name=path, address=path, usage=usage, created_at=NOON)


def _row(home: str, chance: Random) -> Residency:
    first, last = chance.choice(DAYS)
    return Residency(
        id=f"{home}-{chance.random()}",
        home=home,
        relation=chance.choice([*Relation]),
        name_sealed="",
        phone_index=chance.choice((None, "phone")),
        person=chance.choice((None, *PEOPLE)) if chance.random() < 0.8 else None,
        from_day=first,
        to_day=last,
        source="test",
    )


def _bill(home: str, month: str, chance: Random) -> dict[str, Any]:
    state = chance.choice(("owing", "paid", "paid", "draft", "void"))
    return {
        "_id": f"{home}-{month}",
        "run_id": month,
        "rule_id": "rule",
        "kind": "property_fee",
        "home": home,
        "period": month,
        "months": 1,
        "slots": [f"property_fee|{month}"],
        "amount_fen": 4800,
        "due_fen": 4800,
        "owed_fen": 4800 if state in {"owing", "draft"} else 0,
        "explanation": "",
        "account": "firm",
        "state": state,
    }


def _office(
    role: Role, place: str, person: str | None, firm: str, days: int, number: int
) -> Appointment:
    first, last = DAYS[days]
    return Appointment(
        id=f"office{number:02d}",
        role=role,
        place=place,
        phone_sealed="",
        phone_index=f"phone of {person}",
        person=person,
        from_day=first,
        to_day=last,
        firm=firm,
        appointed_by="test",
        appointed_at=NOON,
    )


async def put(world: World, template_id: str) -> Town:
    """Write the town into the database; who is `granted` allows a message of the template."""
    town, db = drawn(), world.db
    people = sorted({*PEOPLE, *(one.person for one in town.offices if one.person)})
    ends = {"serving": "2027-12-31", "left": "2026-03-01"}
    contracts = [
        Contract(
            id=f"{firm}-{place}",
            firm=firm,
            place=place,
            from_day="2020-01-01",
            to_day=ends[firm],
            agreed_to_day="2027-12-31",
            signed_by="test",
            signed_at=NOON,
        )
        for firm, place in (("serving", ONE), ("left", TWO))
    ]
    known = [Person(id=p, wechat_key=f"app:{p}", openid=p, created_at=NOON) for p in people]
    await db.places.insert_many(to_document(place) for place in town.places)
    await db.residencies.insert_many(to_document(row) for row in town.residencies)
    await db.appointments.insert_many(to_document(one) for one in town.offices)
    await db.contracts.insert_many(to_document(contract) for contract in contracts)
    await db.people.insert_many(to_document(person) for person in known)
    await db.bills.insert_many(town.bills)
    await db.message_grants.insert_many(
        {
            "_id": grant_id(person, template_id),
            "who": digest(person),
            "left": int(person in town.granted),
        }
        for person in people
    )
    return town
