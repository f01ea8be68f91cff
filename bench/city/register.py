"""Places, who lives there, who signed in, who holds which office."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from bench.city.layout import (
    CITY,
    Compound,
    Dweller,
    Home,
    Layout,
    digest,
    dwellers,
    id_at,
    kind_of,
    person_id,
)
from sandbox.openids import openid_of
from services.appointments.models import NAME as HOLDER
from services.appointments.models import PHONE as HOLDER_PHONE
from services.appointments.models import Appointment
from services.consents.models import Consent
from services.consents.policies import CURRENT, PolicyKey
from services.firms.models import Contract, Firm
from services.kernel import phones
from services.kernel.days import day_of, plus_days
from services.kernel.documents import to_document
from services.kernel.paths import ancestors
from services.kernel.permissions import FIRM_ROLES, WITH_A_TERM, Role
from services.messaging.models import digest as digest_of_openid
from services.messaging.models import grant_id
from services.people.models import PHONE, Person
from services.places.models import Grid, Kind, Place, Usage
from services.residencies import sealed
from services.residencies.models import Residency, Way
from services.sessions.models import LIVES, Session, SessionKind

SINCE: Final = "2023-01-01"
PRIVACY: Final = PolicyKey.PRIVACY
FIRM: Final = digest("firm")
FIRST_OF_STAFF: Final = 10**7  # numbers of people who live nowhere here
ROLES_OF_A_COMPOUND: Final = (Role.CASHIER, Role.FIRM_MANAGER, Role.REPAIRER)
OF_THE_CITY: Final = (Role.ADMINISTRATOR, Role.AUDITOR, Role.CITY_STAFF)
GRANTED: Final = 3  # of this many people one allowed messages
TEMPLATES: Final = 6  # of which they allowed one each
Row = tuple[str, Any]


class Register:
    """Rows of the register and of accounts. `places`: those above homes that are written."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.now = layout, layout.now
        self.vault, self.appid = layout.deps.vault, layout.deps.wechat.appid
        self.places: set[str] = set()

    def of_city(self) -> Iterator[Row]:
        yield (
            "firms",
            Firm(
                id=FIRM,
                name="安居物业",
                credit_code="91220101MA0Y0000XX",
                added_by="bench",
                added_at=self.now,
            ),
        )
        for number, role in enumerate(OF_THE_CITY):
            yield from self._holder(role, CITY, FIRST_OF_STAFF + number)

    def of_compound(self, compound: Compound) -> Iterator[Row]:
        for above in ancestors(compound.path):
            yield from self._place(above)
        for path in (*compound.buildings, *compound.units):
            yield from self._place(path)
        yield from self._offices(compound)
        for home in compound.homes:
            yield from self._home(home)

    def _place(self, path: str) -> Iterator[Row]:
        if path in self.places or kind_of(path) is Kind.HOME:
            return
        if kind_of(path) is not Kind.UNIT:  # below a compound each is met once
            self.places.add(path)
        name = path.rpartition(".")[2]
        made = Place(
            id=path,
            kind=kind_of(path),
            name=name,
            address=name,
            used=True,
            created_at=self.now,
        )
        yield "places", made
        if kind_of(path) is Kind.COMMUNITY:
            number = int(name[1:])
            yield from self._holder(Role.COMMUNITY_STAFF, path, staff_of_community(number))

    def _offices(self, compound: Compound) -> Iterator[Row]:
        """Yield the firm's people, and heads of units, of one grid and of buildings."""
        yield "contracts", self._contract(compound)
        for number, role in enumerate(ROLES_OF_A_COMPOUND):
            yield from self._holder(role, compound.path, staff_of_compound(compound, number))
        grid = Grid(
            id=f"{compound.community}.g{compound.number}",
            kind=Kind.GRID,
            name="网格",
            address="网格",
            created_at=self.now,
            buildings=compound.buildings,
        )
        yield "places", grid
        yield from self._held(Role.GRID_HEAD, grid.id, compound.homes[1])
        yield from self._heads(compound)

    def _contract(self, compound: Compound) -> Contract:
        until = plus_days(day_of(self.now), 300)
        return Contract(
            id=digest("contract", compound.path),
            firm=FIRM,
            place=compound.path,
            from_day=SINCE,
            to_day=until,
            agreed_to_day=until,
            signed_by="bench",
            signed_at=self.now,
        )

    def _heads(self, compound: Compound) -> Iterator[Row]:
        """Yield heads of units and buildings, who live there: the unit's in its first home."""
        for number, home in enumerate(compound.homes):
            unit, is_first = home.path.rpartition(".")[0], home.path.endswith(".101")
            if is_first:
                yield from self._held(Role.UNIT_HEAD, unit, home)
            if is_first and unit.endswith(".u1"):
                neighbour = compound.homes[min(number + 2, len(compound.homes) - 1)]
                building = unit.rpartition(".")[0]
                yield from self._held(Role.BUILDING_HEAD, building, neighbour)

    def _held(self, role: Role, place: str, home: Home) -> Iterator[Row]:
        """Yield the office of somebody who lives here."""
        yield "appointments", self._appointment(role, place, 2 * home.number)

    def _holder(self, role: Role, place: str, number: int) -> Iterator[Row]:
        """Yield the office of somebody who does not, and their account."""
        yield "appointments", self._appointment(role, place, number)
        yield from self._account(number, "+86139" + f"{number:08d}")

    def _appointment(self, role: Role, place: str, number: int) -> Appointment:
        identity, phone = id_at(self.now, role, place), "+86138" + f"{number:08d}"
        return Appointment(
            id=identity,
            role=role,
            place=place,
            phone_sealed=HOLDER_PHONE.seal(self.vault, identity, phone),
            phone_index=phones.blind_index(self.vault, phone),
            person=person_id(number),
            name_sealed=HOLDER.seal(self.vault, identity, "王建国"),
            from_day=SINCE,
            to_day=plus_days(day_of(self.now), 200) if role in WITH_A_TERM else None,
            firm=FIRM if role in FIRM_ROLES else "",
            appointed_by="bench",
            appointed_at=self.now,
        )

    def _home(self, home: Home) -> Iterator[Row]:
        yield (
            "places",
            Place(
                id=home.path,
                kind=Kind.HOME,
                name=home.path.rpartition(".")[2],
                address=home.address,
                area=area_of(home),
                usage=Usage.FLAT,
                source="bench",
                used=True,
                created_at=self.now,
            ),
        )
        for one in dwellers(home):
            yield "residencies", self._residency(one)
            if one.person:
                yield from self._account(one.number, one.phone)

    def _residency(self, one: Dweller) -> Residency:
        identity = one.residency
        return Residency(
            id=identity,
            home=one.home,
            relation=one.relation,
            name_sealed=sealed.NAME.seal(self.vault, identity, "王建国"),
            phone_sealed=sealed.PHONE.seal(self.vault, identity, one.phone),
            phone_index=phones.blind_index(self.vault, one.phone),
            person=one.person or None,
            bound_by=Way.PHONE if one.person else None,
            bound_at=self.now - timedelta(days=400) if one.person else None,
            from_day=SINCE,
            source=digest("import", one.home.rsplit(".", 3)[0]),
        )

    def _account(self, number: int, phone: str) -> Iterator[Row]:
        """Yield what somebody has who signed in, agreed, and proved a phone."""
        openid = openid_of(self.appid, f"dweller{number}")
        made, version = self._person(number, openid, phone), CURRENT[PRIVACY].version
        yield "people", {**to_document(made), "consents": {PRIVACY: version}, "touches": 3}
        yield "phones", {"_id": made.phone_index, "person": made.id}
        yield "sessions", self.session(number)
        yield "consents", self._consent(number)
        if number % GRANTED == 0:
            who = digest_of_openid(openid)
            for template in [*self.layout.deps.templates.values()][:TEMPLATES]:
                key = grant_id(openid, template)
                yield "message_grants", {"_id": key, "who": who, "left": 1}

    def _person(self, number: int, openid: str, phone: str) -> Person:
        person, since = person_id(number), self.now - timedelta(days=400)
        return Person(
            id=person,
            wechat_key=f"{self.appid}:{openid}",
            openid=openid,
            phone_sealed=PHONE.seal(self.vault, person, phone),
            phone_index=phones.blind_index(self.vault, phone),
            created_at=since,
            phone_given_at=since,
            signed_in_at=self.now,
            sign_ins=1,
        )

    def _consent(self, number: int) -> Consent:
        return Consent(
            id=id_at(self.now, "consent", number),
            person=person_id(number),
            policy=PRIVACY,
            version=CURRENT[PRIVACY].version,
            sha256=CURRENT[PRIVACY].sha256,
            given_at=self.now,
        )

    def session(self, number: int) -> Session:
        began = self.now - timedelta(days=number % 29, minutes=1)
        return Session(
            id=session_id(self.layout, number),
            person=person_id(number),
            counted_as=digest("counted", number),
            device="微信",
            rotated_at=began,
            created_at=began,
            expires_at=began + LIVES[SessionKind.WECHAT].longest,
            confirmed_at=began,
        )


def session_id(layout: Layout, number: int) -> str:
    began = layout.now - timedelta(days=number % 29, minutes=1)
    return id_at(began, "session", number)


def staff_of_community(number: int) -> int:
    return FIRST_OF_STAFF + 100 + number


def staff_of_compound(compound: Compound, number: int) -> int:
    return 2 * FIRST_OF_STAFF + 10 * compound.number + number


def area_of(home: Home) -> int:
    """Return the area of a home in 0.01 m²."""
    return 6_000 + 50 * (home.number % 97)
