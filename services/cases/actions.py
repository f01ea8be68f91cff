"""Steps of a case: the one way in which a case of any kind moves.

A step is one transaction: the compare-and-set by the table, one row of history, the audit, who
is told, and the work of later (deadlines, the question at the end) as jobs.
"""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from services.audit import actions as audit
from services.cases import access, deadlines, store
from services.cases.kinds import Kind, News, Step
from services.cases.models import REMARK, Event
from services.cases.parties import notify
from services.cases.timers import actions as timers
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.permissions import Actor

CLOCK: Final = Actor("system", "")  # who the audit names when nobody did it
# (tx, case) → the fields that the step changes besides the state.
Change = Callable[[Transaction, Any], Awaitable[Document]]


class FieldFrozen(errors.Conflict):
    """The case is so far that this cannot be changed any more."""

    code = "case_field_frozen"


class Words(Struct, frozen=True, kw_only=True):
    """What goes with a step into the history.

    `remark`: what somebody typed; kept sealed. `internal`: for those who work on it only.
    `facts`: ids, days, counts, for the history and the audit. `by_office`: whether an office
    took the step for somebody, though its row needs none.
    """

    remark: str = ""
    by_office: bool = False
    internal: bool = False
    photo_ids: Sequence[str] = ()
    facts: Document = {}


NOTHING: Final = Words()


async def begin(
    deps: Dependencies, tx: Transaction, actor: Actor, kind: Kind, case: Any
) -> None:
    """Write the first row of a case's history and start what runs in its first state.

    The caller inserts the case in the same transaction, with `steps` at 1, and records the
    audit.
    """
    event = _event(deps, kind, case, actor, "reported", source=None, number=1)
    event.by_office = actor.person_id != case.person
    await store.record(deps.db, tx, [event])
    await timers.start(deps, tx, kind, case, deps.now())
    await deadlines.schedule(deps, tx, kind, case)
    if kind.follows is not None:
        await kind.follows(deps, tx, case)


async def act(
    deps: Dependencies,
    actor: Actor,
    kind: Kind,
    case_id: str,
    action: StrEnum,
    *,
    change: Change | None = None,
    words: Words = NOTHING,
) -> Any:
    """Take a step as a person, in a transaction of its own; return the case.

    Raises NotFound, Forbidden, FieldFrozen, and what the kind says.
    """

    async def save(tx: Transaction) -> Any:
        found = await access.hold(deps, tx, actor, kind, case_id, action)
        if kind.is_done(found, action):
            facts = {**words.facts, "repeated": True}
            await _note(deps, tx, actor, kind, found, action, facts)
            return found
        changes = await change(tx, found) if change else {}
        return await advance(deps, tx, actor, kind, found, action, words=words, **changes)

    return await deps.in_transaction(save)


async def advance(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor | None,
    kind: Kind,
    found: Any,
    action: StrEnum,
    *,
    words: Words = NOTHING,
    **changes: Any,
) -> Any:
    """Take a step in the caller's transaction; return the case as it is then.

    Whoever may take it was asked before. `actor`: None where it follows from another act, which
    has the row of the audit. Raises what `moved_on` says, and FieldFrozen.
    """
    step, source = kind.step(found, action), found.state
    _require_free(kind, source, changes)
    earlier = getattr(found, "holder", "")
    if action in kind.writes:
        changes = {**await kind.writes[action](deps, found), **changes}
    written = {**changes, **_entered(deps, kind, found, step)}
    written |= await deadlines.follow(deps, kind, found, step, changes)
    if kind.derives is not None:
        written |= await kind.derives(deps, found, written)
    if not await store.move(deps.db, tx, kind, found, action, written):
        raise kind.moved_on(found)
    number = found.steps + 1
    _keep(found, step.target, number, written)
    by = actor or CLOCK
    event = _event(deps, kind, found, by, action, source=source, number=number, words=words)
    _sign(event, kind, found, step, words)
    await store.record(deps.db, tx, [event])
    if found.state is not source or step.anew:
        await timers.start(deps, tx, kind, found, deps.now())
    await deadlines.schedule(deps, tx, kind, found)
    if kind.follows is not None:
        await kind.follows(deps, tx, found)
    await notify.of_step(deps, tx, kind, found, step, by=by.person_id, earlier=earlier)
    if actor is not None and step.act is not None:
        repeated = {"repeated": False} if step.again else {}
        await _note(deps, tx, actor, kind, found, action, {**words.facts, **repeated})
    return found


def _require_free(kind: Kind, source: StrEnum, changes: Document) -> None:
    """Raise FieldFrozen for what may not be changed from this state on."""
    for name in changes:
        if source in kind.frozen.get(name, ()):
            raise FieldFrozen("已经受理,这一项不能再改,请写在补充说明里")


def _entered(deps: Dependencies, kind: Kind, found: Any, step: Step[Any, Any]) -> Document:
    """Return what follows from entering another state: when, and that everybody is asked."""
    if step.target is found.state and not step.anew:
        return {}
    asks = kind.question is not None and step.target is kind.question.state
    since: Document = {"entered_at": deps.now()}
    return since | ({"round": found.round + 1, "confirmed": 0} if asks else {})


def _keep(found: Any, state: StrEnum | None, number: int, written: Document) -> None:
    """Make the case that was read what it is now."""
    found.state, found.steps = state, number
    for name, value in written.items():
        setattr(found, name, value)


def _event(
    deps: Dependencies,
    kind: Kind,
    case: Any,
    by: Actor,
    action: str,
    *,
    source: StrEnum | None,
    number: int,
    words: Words = NOTHING,
) -> Event:
    event_id = event_id_of(case.id, number)
    return Event(
        id=event_id,
        kind=kind.name,
        case=case.id,
        at=deps.now(),
        action=action,
        source=source,
        target=case.state,
        by="" if by is CLOCK else by.person_id,
        holder=getattr(case, "holder", ""),
        remark_sealed=REMARK.seal(deps.vault, event_id, words.remark) if words.remark else "",
        internal=words.internal,
        photo_ids=list(words.photo_ids),
        facts={**kind.noted(case), **words.facts},
    )


def _sign(event: Event, kind: Kind, found: Any, step: Step[Any, Any], words: Words) -> None:
    """Write as who somebody took a step: by an office, as whose case it is, or who joined it.

    A step that is nobody's to ask for follows from what an office did elsewhere.
    """
    if event.by:
        is_offices = step.needs is not None or not (step.own or step.party)
        event.by_office = is_offices or words.by_office
        event.by_joiner = not event.by_office and event.by not in kind.own(found)


def event_id_of(case_id: str, number: int) -> str:
    """Return the id of a row of history: they sort in the order of the steps."""
    return f"{case_id}:{number:05d}"


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    kind: Kind,
    found: Any,
    action: StrEnum,
    facts: Document,
) -> None:
    act, about = kind.table.act(action), {"place": kind.place_of(found), "subject": found.id}
    if kind.veiled(actor, found):
        about = {}
    elif found.person is None and any(row.own for row in kind.table.of(action)):
        about["on_behalf_of"] = found.id if kind.is_own(actor, found) else ""
    await audit.record(deps, tx, actor, act, **{**about, **facts})


async def note_news(
    deps: Dependencies,
    tx: Transaction,
    kind: Kind,
    found: Any,
    news: Sequence[tuple[News, Document]],
    **changes: Any,
) -> bool:
    """Write what the clock found out about a case that stays in its state: news and facts.

    False when somebody took a step meanwhile.
    """
    if not await store.change(deps.db, tx, kind, found, changes, steps=len(news)):
        return False
    events = [
        _event(
            deps,
            kind,
            found,
            CLOCK,
            each,
            source=found.state,
            number=number,
            words=Words(facts=facts),
        )
        for number, (each, facts) in enumerate(news, start=found.steps + 1)
    ]
    await store.record(deps.db, tx, events)
    _keep(found, found.state, found.steps + len(news), changes)
    if kind.follows is not None:
        await kind.follows(deps, tx, found)
    return True
