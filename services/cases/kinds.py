"""Kinds of cases, as data: what somebody reports, somebody holds, and ends when all is well.

A kind is its table of steps, its deadlines, the ladder they climb and the question at its end.
The engine reads them, and so do the tests; a package that needs a condition here is to make it
a column instead.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from services.cases.parties.models import PartyRow
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Actor, Permission, Role
from services.kernel.states import Table, Transition

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)

# Part of a deadline after which whoever holds the case is warned.
WARN_AT: Final = 0.75


class Party(StrEnum):
    """Who is told of a step. Whoever takes it is not told of it."""

    REPORTER = auto()
    OWN = auto()  # everybody whose own it is, e.g. both sides of a dispute
    JOINERS = auto()
    HOLDER = auto()  # who holds it after the step
    EARLIER_HOLDER = auto()  # who held it before
    FIRST_RUNG = auto()  # who hands cases out, or else who is next on the ladder


class Step(Transition[S, A], Generic[S, A], frozen=True):
    """Row of the table of a kind.

    `held`: of those who hold `needs`, only whoever holds the case may ask.
    `party`: who joined may ask as well as the reporter, with `own`.
    `desk`: of those who hold `needs`, only those with whom the case lies (Kind.lies_with).
    `again`: asked once more in its target state, it is noted as repeated and changes nothing.
    `anew`: though its target is its source, that begins anew: entered now, with its timers.
    `hidden`: to whoever may not ask the case is not there, even if they may know of it.
    `within`: how long after its end (`ended_at`) it may be taken; then `Kind.too_late` is told.
    `tells`: who is told. `also`: holders of these offices at its place and above are, too.
    """

    held: bool = False
    desk: bool = False
    party: bool = False
    again: bool = False
    anew: bool = False
    hidden: bool = False
    within: timedelta | None = None
    tells: tuple[Party, ...] = ()
    also: tuple[Role, ...] = ()


class Rung(Struct, frozen=True):
    """Rung of the ladder that an overdue case climbs.

    `roles`: who is told, at the place of the case and above it; none for those with whom the
    case lies (Kind.waits_for). `share`: when, as a part of the
    deadline's length after it has passed. `label`: as people read it.
    """

    label: str
    roles: tuple[Role, ...]
    share: float


class Question(Struct, frozen=True):
    """Question that everybody is asked at the end, whether it is really so.

    `state`: in which it is asked. `yes`: step when all said so, or somebody did and nobody else
    answered in time. `no`: step as soon as one says so. `silence`: step when nobody answered;
    its row has `due`. `spares`: (case) → id of a party whom it does not ask, who did the work;
    empty for nobody. `stands_in`: offices at its place and above, one of whose holders is asked
    for who wrote it down and left the office since.
    """

    state: StrEnum
    yes: StrEnum
    no: StrEnum
    silence: StrEnum
    spares: Callable[[Any], str] = lambda _case: ""
    stands_in: tuple[Role, ...] = ()


class News(Labelled):
    """What people are told of a case beside its steps."""

    WARNED = "warned", "即将到期"  # three quarters of a deadline have passed
    OVERDUE = "overdue", "已超时"
    CLIMBED = "climbed", "逐级上报"  # an overdue case reaches a rung of the ladder
    ASKED = "asked", "请大家确认"  # is it really so?
    LET_GO = "let_go", "照片到期删除"


class Side(StrEnum):
    """Side on which somebody reads of a case, and so the words that they read."""

    REPORT = auto()  # who reported it, and who joined
    WORK = auto()  # who works on it, hands it out or looks after those who do


# (deps, tx, case, news, people, side, key): a message to people; the same key is the same.
Tell = Callable[[Any, Any, Any, StrEnum, Iterable[str], Side, str], Awaitable[None]]


async def _nobody(_deps: Any, _case: Any) -> set[str]:
    return set()


class Kind(Struct, frozen=True, kw_only=True):
    """Kind of cases. Its documents have the fields of services.cases.models.Case.

    `name`: in jobs and histories; never changed. `label`: what people call it. `begins`: what
    people call its filing, before that.
    `collection`, `model`: where and as what its cases are kept. `place`: field with the path of
    its place. `table`: its steps.
    `missing`: what is said of a case that is not there.
    `moved_on`: (case) → error for a step that its state does not have.
    `too_late`: () → error for a step that may not be taken so long after the end any more.
    `forbidden`: what is said to who may know of a case and not take a step; `knows`:
    (actor, case) → whether they may know of it.
    `barred`: (actor, case) → error for who may take no step of this case, e.g. in one's own.
    `may`: (actor, permission, case) → whether an office of theirs counts for a case; None:
    offices at its place and above it do.
    `kept_from`: (actor, case) → whether the case is not there for somebody, whatever they hold:
    it is about them. `kept_people`: (deps, case) → the same people, of all that there are
    today: they are told nothing of it either.
    `lies_with`: (actor, case) → whether a case lies with somebody's office, for steps with
    `desk`. `waits_for`: (deps, case) → people with whom it lies today, in place of the first
    rung of the ladder; None where the ladder says it.
    `offers`: (case, action) → whether a step that its state has is there once more, e.g. what
    can be done once. Whoever asks for it all the same is told why not by the action.
    `veiled`: (actor, case) → whether the audit names neither case nor place for what somebody
    does with it: who files without a name is not to be found by it.
    `own`: (case) → ids of whose own it is. `files_for`: permission by which staff file for
    somebody without an account; who has lost it has lost those cases. None: they keep them.
    `tells_filer`: whether who filed for somebody without an account is told in their place what
    the reporter is told of, while they hold `files_for`.
    `held_by`: permission by which somebody holds a case; who has lost it is told nothing more
    of what they still hold. None: they are told.
    `hands`: (deps, case) → who has it in hand, where an office does and no one person of it;
    None: its holder.
    `goals`: state → name of the deadline that runs in it. `paused`: states that stop it.
    `over`: states in which it has ended, though some step may open it again: nobody joins.
    `ladder`: who is told when it has passed, in this order. `ladders`: deadline's name → its
    own, where others are to act than on the rest.
    `question`: None for kinds that ask nothing.
    `writes`: action → (deps, case) → what each step of it writes beside the state, whoever
    takes it. `derives`: (deps, case, changes) → what else is written when a step changes what
    that follows from, e.g. the words by which the case is found, or its deadline.
    `follows`: (deps, tx, case) → what else every change of a case leads to, in its transaction.
    `stays`: action that happens by itself → (deps, case) → what is written in its place where
    it cannot be taken, without a row of history; None where it can.
    `frozen`: field → states in which a step may not change it any more.
    `photos_kept_for`: how long after its end what was attached stays; None for always.
    `without_photos`: (case) → what is written when that goes. `photos_act`: what the audit
    calls it; None where the history is enough.
    `tell`: how people are told. `noted`: (case) → what each row of its history notes of it as
    it is then. `rung_labels`: a rung that is noted → what people call it. `details`: (deps,
    case, rows of its history) → row's id → what their facts say, for people.
    """

    name: str
    label: str
    begins: str = "提交"
    collection: str
    model: type[Any]
    place: str = "place"
    table: Table[Any, Any]
    missing: str
    moved_on: Callable[[Any], Conflict]
    too_late: Callable[[], Conflict] | None = None
    forbidden: str = ""
    knows: Callable[[Actor, Any], bool] = lambda _actor, _case: False
    barred: Callable[[Actor, Any], Exception | None] = lambda _actor, _case: None
    may: Callable[[Actor, Permission, Any], bool] | None = None
    kept_from: Callable[[Actor, Any], bool] = lambda _actor, _case: False
    kept_people: Callable[[Any, Any], Awaitable[set[str]]] = _nobody
    lies_with: Callable[[Actor, Any], bool] = lambda _actor, _case: False
    waits_for: Callable[[Any, Any], Awaitable[set[str]]] | None = None
    offers: Callable[[Any, Any], bool] = lambda _case, _action: True
    veiled: Callable[[Actor, Any], bool] = lambda _actor, _case: False
    own: Callable[[Any], Iterable[str | None]]
    files_for: Permission | None = None
    tells_filer: bool = False
    held_by: Permission | None = None
    hands: Callable[[Any, Any], Awaitable[set[str]]] | None = None
    goals: Mapping[Any, str] = {}
    paused: frozenset[Any] = frozenset()
    over: frozenset[Any] = frozenset()
    ladder: tuple[Rung, ...] = ()
    ladders: Mapping[str, tuple[Rung, ...]] = {}
    question: Question | None = None
    writes: Mapping[Any, Callable[[Any, Any], Awaitable[Document]]] = {}
    derives: Callable[[Any, Any, Document], Awaitable[Document]] | None = None
    stays: Mapping[Any, Callable[[Any, Any], Awaitable[Document | None]]] = {}
    frozen: Mapping[str, frozenset[Any]] = {}
    follows: Callable[[Any, Any, Any], Awaitable[None]] | None = None
    photos_kept_for: timedelta | None = None
    photos_act: Act | None = None
    without_photos: Callable[[Any], Document] = lambda _case: {"photo_ids": []}
    tell: Tell
    noted: Callable[[Any], Document] = lambda _case: {}
    rung_labels: Mapping[str, str] = {}
    details: Callable[[Any, Any, Any], Awaitable[Mapping[str, str]]] | None = None

    def place_of(self, case: Any) -> str:
        """Return the path of the place of a case."""
        return str(getattr(case, self.place))

    def allows(self, actor: Actor, permission: Permission, case: Any) -> bool:
        """Tell whether somebody holds a permission for a case."""
        if self.may is not None:
            return self.may(actor, permission, case)
        return actor.may(permission, self.place_of(case))

    def is_own(self, actor: Actor, case: Any) -> bool:
        """Tell whether a case is somebody's own, or was filed by them and is theirs still."""
        if actor.person_id not in self.own(case):
            return False
        return case.person is not None or self.files(actor, case)

    def files(self, actor: Actor, case: Any) -> bool:
        """Tell whether somebody may file such a case for others at this moment."""
        return self.files_for is None or actor.may(self.files_for, self.place_of(case))

    def counts(self, actor: Actor, case: Any, row: PartyRow) -> bool:
        """Tell whether an actor's row as a party counts: a filer's does with their office."""
        return not row.is_filer or self.files(actor, case)

    def is_done(self, case: Any, action: StrEnum) -> bool:
        """Tell whether an action that may be asked again has been taken."""
        rows = [row for row in self.table.of(action) if isinstance(row, Step) and row.again]
        return case.state in {row.target for row in rows}

    def is_in_hand(self, case: Any) -> bool:
        """Tell whether somebody has a case in hand: its holder, or an office."""
        return self.hands is not None or bool(case.holder)

    def rungs(self, state: Any) -> tuple[Rung, ...]:
        """Return the ladder of the deadline that runs in a state."""
        return self.ladders.get(self.goals.get(state, ""), self.ladder)

    def step(self, case: Any, action: StrEnum) -> Step[Any, Any]:
        """Return the row of a case's state and an action. Raises what `moved_on` says."""
        row = self.table.require(case.state, action, self.moved_on(case))
        return row if isinstance(row, Step) else Step(row.source, row.action, row.target)

    def is_over(self, state: StrEnum) -> bool:
        """Tell whether a state is an end: the kind says so, or no step leads to another."""
        rows = [row for row in self.table.rows if row.source is state]
        return state in self.over or all(row.target is state for row in rows)

    def compare(self, case: Any) -> Document:
        """Return the condition that nobody has taken a step since a case was read."""
        return {
            "_id": case.id,
            self.table.field: case.state,
            "steps": case.steps or {"$in": [0, None]},  # kept before cases were counted
        }
