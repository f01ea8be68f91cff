"""Homes under one grid's head, with something to do of each kind: more the more homes.

Of a hundred homes, four notices did not reach fifty; two requests wait for the head's word; two
visits, a promise and an entry of a card are due; three cases of feedback lie with the head, and
a paper is to be entered again. A building has a part of a task and a round.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bench.crowd import batches
from services.audiences import doors
from services.audiences.models import Audience
from services.cases.models import CameBy
from services.dependencies import Dependencies
from services.feedback import rungs as ladder
from services.feedback.models import TEXT, Feedback, FeedbackKind, Rung
from services.feedback.states import FeedbackState
from services.home_requests.models import HomeRequest
from services.home_requests.states import RequestState
from services.kernel.documents import to_document
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Grant, Role
from services.messaging.broadcasts.models import BroadcastHome, home_id
from services.notices import notify
from services.notices.models import Notice, NoticeKind, position
from services.notices.states import NoticeState
from services.places.models import LADDER, Kind, Place, Usage
from services.residencies.models import Relation
from services.surveys.second_entries.models import SecondEntry
from services.tasks.models import HeadRole, TaskProof, TaskProofKind
from services.tasks.parts.models import TaskPart
from services.tasks.rounds.models import Check, Round
from services.visits.cards.models import CardEntry, CardKind, ConsentWay
from services.visits.models import Visit, VisitPurpose
from services.visits.promises.models import Promise
from services.visits.promises.states import PromiseState
from services.visits.states import VisitState

COMMUNITY: Final = "cc.d0.s0.x000"
COMPOUND: Final = f"{COMMUNITY}.c0"
UNITS: Final = 5  # of a building
FLOORS: Final = 50
IN_A_BUILDING: Final = UNITS * FLOORS  # 200 buildings, the most of a grid, for 50,000 homes
NOTICES: Final = 4
DAY: Final = timedelta(days=1)
DOOR: Final = Role.GRID_HEAD


class Grid:
    """`size` homes under one grid's head; `deps`: whose database they are written into."""

    def __init__(self, deps: Dependencies, size: int) -> None:
        self.deps, self.size, self.now = deps, size, deps.now().replace(microsecond=0)
        self.buildings = [f"{COMPOUND}.b{n:03d}" for n in range(size // IN_A_BUILDING)]
        self.homes = [
            f"{building}.u{unit}.{floor:02d}01"
            for building in self.buildings
            for unit in range(1, UNITS + 1)
            for floor in range(1, FLOORS + 1)
        ]
        self.head = Actor("head", "", tuple(Grant(DOOR, each) for each in self.buildings))
        community = (Grant(Role.COMMUNITY_STAFF, COMMUNITY),)
        self.supervisor = Actor("supervisor", "", community)

    async def write(self) -> None:
        for name, rows in (
            ("places", self._places()),
            ("notices", self._notices()),
            ("broadcast_homes", self._unreached()),
            ("home_requests", self._requests()),
            ("visits", self._visits()),
            ("payment_promises", self._promises()),
            ("household_cards", self._cards()),
            ("feedback", self._feedback()),
            ("task_parts", self._parts()),
            ("rounds", self._rounds()),
            ("survey_second_entries", self._papers()),
        ):
            for batch in batches(map(to_document, rows), 5_000):
                await self.deps.db[name].insert_many(batch, ordered=False)

    def _papers(self) -> Iterator[SecondEntry]:
        for number, home in self._every(100):
            yield SecondEntry(
                id=f"e{number:05d}",
                survey="s",
                answer=f"a{number}",
                home=home,
                first_by="another",
                rank="",
                of=1,
            )

    def _every(self, number: int) -> Iterator[tuple[int, str]]:
        """Yield one home of so many, with its number among them."""
        yield from enumerate(self.homes[::number])

    def _due(self, number: int) -> datetime:
        """Return an end that lies a little back, and differs from the next one."""
        return self.now - timedelta(minutes=number % 997)

    def _places(self) -> Iterator[Place]:
        known = dict.fromkeys(each for home in self.homes for each in ancestors(home))
        for path in known:
            made = Place(
                id=path,
                kind=LADDER[path.count(".")],
                name=path,
                address=path,
                created_at=self.now,
            )
            if made.kind is Kind.HOME:
                made.usage = Usage.FLAT
            yield made

    def _notices(self) -> Iterator[Notice]:
        audience = Audience(places=[COMPOUND], relations=[Relation.OWNER])
        for number in range(NOTICES):
            notice_id = f"n{number}"
            yield Notice(
                id=notice_id,
                kind=NoticeKind.INFORMATION,
                state=NoticeState.PUBLISHED,
                role=Role.COMMUNITY_STAFF,
                place=COMPOUND,
                places=[COMPOUND],
                senders=["community_staff|x"],
                readers=["x"],
                doors=doors.tokens(audience),
                author="bench",
                changed_by="bench",
                published_by="bench",
                title=notice_id,
                signed_by="bench",
                audience=audience,
                created_at=self.now,
                changed_at=self.now,
                published_at=self.now,
                shown_until=self.now + number * DAY if number else None,
                version=1,
                position=position(self.now, notice_id, pinned=False),
            )

    def _unreached(self) -> Iterator[BroadcastHome]:
        for number in range(NOTICES):
            told = f"{notify.SOURCE}:n{number}"
            for at, home in enumerate(self.homes):
                reached = at % 2 == 0
                key = home_id(told, home)
                yield BroadcastHome(
                    id=key, broadcast=told, home=home, people=[], reached=reached
                )

    def _requests(self) -> Iterator[HomeRequest]:
        for number, home in self._every(50):
            yield HomeRequest(
                id=f"request{number}",
                home=home,
                relation=Relation.FAMILY,
                person=f"asks{number}",
                filed_by=f"asks{number}",
                open_key=f"asks{number}",
                state=RequestState.WITH_HEAD,
                name_sealed="",
                created_at=self._due(number),
            )

    def _visits(self) -> Iterator[Visit]:
        for number, home in self._every(50):
            building = ".".join(home.split(".")[:6])
            yield Visit(
                id=f"visit{number}",
                home=home,
                keeper=f"{DOOR}|{building}",
                role=DOOR,
                office=building,
                purpose=VisitPurpose.GREETING,
                day="2020-01-01",
                due_at=self._due(number),
                state=VisitState.PLANNED,
                planned_by="head",
                planned_at=self.now,
            )

    def _promises(self) -> Iterator[Promise]:
        for number, home in self._every(100):
            building = ".".join(home.split(".")[:6])
            yield Promise(
                id=f"promise{number}",
                home=home,
                keeper=f"{DOOR}|{building}",
                residencies=["one"],
                people=[],
                bills=["one"],
                day="2020-01-01",
                due_at=self._due(number),
                state=PromiseState.OPEN,
                noted_by="head",
                noted_at=self.now,
            )

    def _cards(self) -> Iterator[CardEntry]:
        for number, home in self._every(100):
            building = ".".join(home.split(".")[:6])
            yield CardEntry(
                id=f"card{number}",
                home=home,
                residencies=[],
                people=[],
                kind=CardKind.HAS_DOG,
                sensitive=False,
                keeper=f"{DOOR}|{building}",
                consent=ConsentWay.AT_DOOR,
                consent_at=self.now,
                created_at=self.now,
                due_at=self._due(number),
            )

    def _feedback(self) -> Iterator[Feedback]:
        for number, home in self._every(33):
            case_id, due_at = f"case{number}", self._due(number)
            desks = ladder.desks([DOOR], home)
            yield Feedback(
                id=case_id,
                number=f"26-{number:04d}",
                place=home,
                kind=FeedbackKind.SUGGESTION,
                state=FeedbackState.WAITING,
                person=f"said{number}",
                filed_by=f"said{number}",
                way=CameBy.APP,
                created_at=self.now,
                steps=1,
                rung=Rung.GRID_HEAD,
                due_at=due_at,
                sort_due=due_at,
                desks=desks,
                seen_at=sorted({*desks, *ladder.desks([Role.COMMUNITY_STAFF], home)}),
                under=ancestors(home),
                text_sealed=TEXT.seal(self.deps.vault, case_id, "?"),
            )

    def _parts(self) -> Iterator[TaskPart]:
        for number, building in enumerate(self.buildings):
            yield TaskPart(
                id=f"part{number}",
                task="task",
                place=building,
                role=HeadRole.GRID_HEAD,
                rung=DOOR,
                held=[f"{DOOR}|{building}"],
                title="?",
                proof=TaskProof(kind=TaskProofKind.DONE),
                until="2020-01-01",
                filed_by="bench",
                created_at=self.now,
                due_at=self._due(number),
                sort_due=self._due(number),
                steps=1,
            )

    def _rounds(self) -> Iterator[Round]:
        for number, building in enumerate(self.buildings):
            yield Round(
                id=f"round{number}",
                plan="plan",
                run="2020-01-01",
                place=building,
                role=HeadRole.GRID_HEAD,
                rung=DOOR,
                held=[f"{DOOR}|{building}"],
                title="?",
                checks=[Check(key="exit", label="?")],
                until="2020-01-01",
                filed_by="bench",
                created_at=self.now,
                due_at=self._due(number),
                sort_due=self._due(number),
                steps=1,
            )
