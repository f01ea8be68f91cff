"""Seats of the matrix: a person, what they hold, their sessions, as the product keeps them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mongo_indexes import appointments, consents, people, residencies, sessions
from mongo_indexes import phones as mongo_indexes_phones
from sandbox.openids import openid_of
from services.appointments.models import Appointment, Visibility
from services.consents import policies
from services.consents.models import Consent
from services.dependencies import Dependencies
from services.kernel import phones
from services.kernel.days import day_of, plus_days
from services.kernel.documents import Document, new_id, to_document
from services.kernel.permissions import FIRM_ROLES, FRESH, WITH_A_TERM, Role
from services.people.models import Person
from services.residencies.models import Residency, Way
from services.sessions import tokens
from services.sessions.models import LIVES, Session, SessionKind
from tests.build.documents import Database
from tests.matrix.posts import HOMES, RELATIONS, Position, Post

FIRST_DAY = "2020-01-01"
LAST_DAY = "2026-12-31"
FAR_DAY = "2027-12-31"  # of firms: after every month that is billed, before new contracts


@dataclass(frozen=True)
class Someone:
    """A person of the matrix. `stale`: a session that proved long ago whose it is."""

    post: Post
    name: str
    phone: str
    person_id: str = ""
    session_id: str = ""
    token: str = ""
    stale: str = ""


class Seats:
    """`firms`: compound → the firm that serves it; "" → one whose contract ended."""

    def __init__(self, deps: Dependencies, db: Database, firms: dict[str, str]) -> None:
        self.deps, self.db, self.firms = deps, db, firms
        self.number = 0

    async def seat(self, post: Post) -> Someone:
        """Write somebody who stands where the post says, and sign them in."""
        self.number += 1
        phone = f"+86139{self.number:08d}"
        one = Someone(post, f"m{self.number:04d}", phone, new_id(self.deps.now()))
        if post.position is Position.NOBODY:
            return one
        await self._person(one)
        for role, place in post.roles:
            kept = await self._hold(one, role, place)
            await self.db[kept[0]].insert_one(kept[1])
        fresh, stale = await self.session(one), await self.session(one, proved_ago=2 * FRESH)
        if post.position is Position.REVOKED:
            ended = {"$set": {"revoked_at": self.deps.now(), "revoked_because": "test"}}
            await self.db[sessions.COLLECTION].update_many({"person": one.person_id}, ended)
        return replace(
            one, session_id=fresh.id, token=self.token(fresh), stale=self.token(stale)
        )

    async def _person(self, one: Someone) -> None:
        now, deps = self.deps.now(), self.deps
        openid = openid_of(deps.wechat.appid, one.name)
        index = phones.blind_index(deps.vault, one.phone)
        person = Person(
            id=one.person_id,
            wechat_key=f"{deps.wechat.appid}:{openid}",
            openid=openid,
            phone_sealed=deps.vault.seal(one.phone, place=f"people/{one.person_id}/phone"),
            phone_index=index,
            created_at=now,
            phone_given_at=now,
        )
        agreed = {policy.key: policy.version for policy in policies.PUBLISHED}
        await self.db[people.COLLECTION].insert_one({**to_document(person), "consents": agreed})
        await self.db[mongo_indexes_phones.COLLECTION].insert_one(
            {"_id": index, "person": one.person_id}
        )
        rows = [
            to_document(
                Consent(
                    id=new_id(now),
                    person=one.person_id,
                    policy=policy.key,
                    version=policy.version,
                    sha256=policy.sha256,
                    given_at=now,
                )
            )
            for policy in policies.PUBLISHED
        ]
        await self.db[consents.COLLECTION].insert_many(rows)

    async def _hold(self, one: Someone, role: Role, place: str) -> tuple[str, Document]:
        if role in RELATIONS:
            row = self.residency(place, role, phone=one.phone, person=one.person_id)
            if one.post.position is Position.FORMER:
                row.to_day = self.yesterday
            return residencies.COLLECTION, to_document(row)
        office = self.appointment(role, place, phone=one.phone, person=one.person_id)
        match one.post.position:
            case Position.EXPIRED:
                office.to_day = self.yesterday
            case Position.FUTURE:
                office.from_day = plus_days(day_of(self.deps.now()), 1)
            case Position.DISMISSED:
                office.firm = self.firms[""]
            case _:
                pass
        return appointments.COLLECTION, to_document(office)

    @property
    def yesterday(self) -> str:
        return plus_days(day_of(self.deps.now()), -1)

    def residency(
        self, home: str, role: Role, *, phone: str, person: str | None = None
    ) -> Residency:
        """Draw up a row of the register, with the home's own family name."""
        deps = self.deps
        row_id = new_id(deps.now())
        return Residency(
            id=row_id,
            home=home,
            relation=RELATIONS[role],
            name_sealed=deps.vault.seal(
                f"{HOMES.get(home, '外')}建国", place=f"residencies/{row_id}/name"
            ),
            phone_sealed=deps.vault.seal(phone, place=f"residencies/{row_id}/phone"),
            phone_index=phones.blind_index(deps.vault, phone),
            person=person,
            bound_by=Way.PHONE if person else None,
            bound_at=deps.now() if person else None,
            from_day=FIRST_DAY,
            source="test",
        )

    def appointment(
        self, role: Role, place: str, *, phone: str, person: str | None = None
    ) -> Appointment:
        deps = self.deps
        row_id = new_id(deps.now())
        return Appointment(
            id=row_id,
            role=role,
            place=place,
            phone_sealed=deps.vault.seal(phone, place=f"appointments/{row_id}/phone"),
            phone_index=phones.blind_index(deps.vault, phone),
            person=person,
            name_sealed=deps.vault.seal("王秀兰", place=f"appointments/{row_id}/name"),
            phone_visible_to=Visibility.RESIDENTS,
            from_day=FIRST_DAY,
            to_day=LAST_DAY if role in WITH_A_TERM else None,
            firm=self.firms.get(place, "") if role in FIRM_ROLES else "",
            appointed_by="test",
            appointed_at=deps.now(),
        )

    async def session(self, one: Someone, proved_ago: timedelta = timedelta(0)) -> Session:
        now: datetime = self.deps.now()
        session = Session(
            id=new_id(now),
            person=one.person_id,
            kind=SessionKind.WECHAT,
            rotated_at=now,
            created_at=now,
            expires_at=now + LIVES[SessionKind.WECHAT].longest,
            confirmed_at=now - proved_ago,
        )
        await self.db[sessions.COLLECTION].insert_one(to_document(session))
        return session

    def token(self, session: Session) -> str:
        return tokens.issue_access(
            self.deps.vault,
            person_id=session.person,
            session_id=session.id,
            serial=session.generation,
            at=session.rotated_at,
        )
