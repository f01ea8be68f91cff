"""Actions of the parties of a case: they join, and say at the end whether it is really so."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, Final

from services.cases import actions
from services.cases import store as cases
from services.cases.actions import Words
from services.cases.kinds import Kind, Question
from services.cases.parties import store
from services.cases.parties.models import NOTE, PartyRow, party_id
from services.cases.timers import actions as timers
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.kernel import errors, steps
from services.kernel.access import accessible
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor

MOST_JOINERS: Final = 2000
# Each is two messages in their transaction: far from the second that it may take.
TOLD_AT_ONCE: Final = 50


class NotAsked(errors.Conflict):
    """Nobody is asked whether it is fixed: the work goes on, or all is closed."""

    code = "case_not_asked"


class OwnWork(errors.Forbidden):
    """Whoever did the work says nothing of how well: others who reported or joined do."""

    code = "case_own_work"


class CaseFull(errors.Conflict):
    """As many have joined a case as can be told and asked; `most` in details."""

    code = "case_full"
    details_type = errors.Most


async def add_reporter(deps: Dependencies, tx: Transaction, kind: Kind, found: Any) -> None:
    """Make a party of whose a case is that is inserted in the same transaction.

    Who wrote it down for somebody without an account answers for them, while in office.
    """
    row = _row(deps, kind, found.id, found.person or found.filed_by)
    row.is_reporter, row.is_filer = True, found.person is None
    await store.insert(deps.db, tx, row)


async def join(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, person_id: str
) -> bool:
    """Make somebody a party of a case that was read in this transaction; False when they are.

    The case is written, too, so that nobody joins beside the step that asks everybody; who
    comes after it is asked by themself. Raises CaseFull, and what `moved_on` says when it has
    ended or somebody took a step meanwhile.
    """
    if kind.is_over(found.state):
        raise kind.moved_on(found)
    if is_full(found):
        raise CaseFull("加入的邻居已经很多了,进展请直接查看", most=MOST_JOINERS)
    if not await store.join(deps.db, tx, _row(deps, kind, found.id, person_id)):
        return False
    await _count(deps, tx, kind, found, joiners=found.joiners + 1)
    await timers.ask(deps, tx, kind, found, key=person_id)
    return True


def is_full(found: Any) -> bool:
    """Tell whether as many have joined a case as can."""
    return int(found.joiners) >= MOST_JOINERS


async def bring(
    deps: Dependencies,
    tx: Transaction,
    kind: Kind,
    source: str,
    target: Any,
    *,
    among: Collection[str] | None = None,
) -> None:
    """Make all parties of one case joiners of another, e.g. of what it is merged into.

    `target`: read in this transaction. So many can be more than MOST_JOINERS: nobody is lost.
    `among`: who may know of it; None for everybody.
    """
    count, after = 0, ""
    while rows := await store.page(deps.db, source, after, limit=MOST_JOINERS, tx=tx):
        brought = [row for row in rows if among is None or row.person in among]
        made = [
            _row(deps, kind, target.id, row.person, is_filer=row.is_filer) for row in brought
        ]
        count += await store.insert_many(deps.db, tx, made)
        after = rows[-1].id
    if count:
        await _count(deps, tx, kind, target, joiners=target.joiners + count)
        await timers.ask(deps, tx, kind, target, key=source)


async def _count(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, **changes: int
) -> None:
    if not await cases.change(deps.db, tx, kind, found, changes, steps=0):
        raise kind.moved_on(found)
    for name, value in changes.items():
        setattr(found, name, value)


def _row(
    deps: Dependencies, kind: Kind, case_id: str, person_id: str, *, is_filer: bool = False
) -> PartyRow:
    return PartyRow(
        id=party_id(case_id, person_id),
        kind=kind.name,
        case=case_id,
        person=person_id,
        is_filer=is_filer,
        joined_at=deps.now(),
    )


async def answer(
    deps: Dependencies, actor: Actor, kind: Kind, case_id: str, *, fixed: bool, note: str
) -> Any:
    """Answer whether it is really so, once a round; return the case.

    A no takes it back at once; the last yes ends it. Who wrote it down for somebody answers as
    an office. Raises NotFound for who is no party, OwnWork, NotAsked, and what `moved_on` says.
    """
    question = kind.question
    if question is None:
        raise ValueError(f"{kind.name} asks nothing at the end")

    async def save(tx: Transaction) -> Any:
        row = await store.find(deps.db, case_id, actor.person_id, tx=tx)
        if row is None:
            raise errors.NotFound(kind.missing)
        found = accessible(
            actor,
            await cases.find(deps.db, kind, case_id, tx=tx),
            people=lambda case: [row.person] if kind.counts(actor, case, row) else [],
            missing=kind.missing,
        )
        if found.state is not question.state:
            raise NotAsked("现在不用确认,请刷新看看进展")
        if question.spares(found) == actor.person_id:
            raise OwnWork("自己做的由别人确认")
        sealed = NOTE.seal(deps.vault, row.id, note) if note else ""
        kept = await store.answer(deps.db, tx, row, found.round, fixed=fixed, note=sealed)
        if not kept:
            raise NotAsked("您已经回答过了")
        words = Words(remark=note, by_office=row.is_office(found.person))
        return await _count_in(
            deps, tx, actor, kind, found, question=question, fixed=fixed, words=words
        )

    return await deps.in_transaction(save)


async def _count_in(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    kind: Kind,
    found: Any,
    *,
    question: Question,
    fixed: bool,
    words: Words,
) -> Any:
    if not fixed:
        return await actions.advance(deps, tx, actor, kind, found, question.no, words=words)
    confirmed = found.confirmed + 1
    # Whoever left meanwhile is not waited for, and a yes of theirs stands for nobody else.
    if await is_missing(deps, tx, found, but=question.spares(found)):
        await _count(deps, tx, kind, found, confirmed=confirmed)
        return found
    return await actions.advance(
        deps, tx, actor, kind, found, question.yes, words=words, confirmed=confirmed
    )


async def is_missing(deps: Dependencies, tx: Transaction, found: Any, *, but: str) -> bool:
    """Tell whether the answer of a party, but one, is missing in a case's round."""
    return await store.is_answer_missing(deps.db, tx, found.id, found.round, but=but)


async def take_unasked(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, *, but: str
) -> tuple[list[str], bool]:
    """Mark some parties as asked in a case's round; return them and whether there are more.

    `but`: who is not asked; empty for nobody.
    """
    rows = await store.unasked(deps.db, tx, found.id, found.round, limit=TOLD_AT_ONCE)
    await store.mark_asked(deps.db, tx, [row.id for row in rows], found.round)
    people = [each for each in await in_office(deps, kind, found, rows) if each != but]
    return people, len(rows) == TOLD_AT_ONCE


async def joiners(deps: Dependencies, kind: Kind, found: Any) -> AsyncIterator[list[str]]:
    """Yield who joined a case, some at a time."""
    after: str | None = ""
    while after is not None:
        rows = await store.page(deps.db, found.id, after, limit=TOLD_AT_ONCE)
        joined = [row for row in rows if not row.is_reporter]
        yield await in_office(deps, kind, found, joined)
        after = rows[-1].id if len(rows) == TOLD_AT_ONCE else None


async def in_office(
    deps: Dependencies, kind: Kind, found: Any, rows: Sequence[PartyRow]
) -> list[str]:
    """Return the people of rows, without those who wrote it down and have lost the office."""
    return [
        row.person for row in rows if not row.is_filer or await _files(deps, kind, found, row)
    ]


async def _files(deps: Dependencies, kind: Kind, found: Any, row: PartyRow) -> bool:
    held = await grants.grants_of(deps, row.person)
    return kind.files(Actor(row.person, "", held), found)


async def of_person(
    deps: Dependencies, kind: Kind, person_id: str, query: ListQuery
) -> Page[PartyRow]:
    """Cases that somebody reported or joined, newest first."""
    return await store.of_person(deps.db, person_id, kind.name, query)


async def of_cases(
    deps: Dependencies, actor: Actor, kind: Kind, found: Sequence[Any]
) -> dict[str, PartyRow]:
    """Return case → the actor's row, of those that they reported or joined and that count."""
    by_id = {case.id: case for case in found}
    rows = await store.of_cases(deps.db, list(by_id), actor.person_id)
    return {row.case: row for row in rows if kind.counts(actor, by_id[row.case], row)}


async def is_party(deps: Dependencies, case_id: str, person_id: str) -> bool:
    """Tell whether somebody reported a case or joined it, or wrote it down for somebody."""
    return await store.find(deps.db, case_id, person_id) is not None


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove a step of a person's rows, and count them out; tell whether there may be more."""
    rows = await store.with_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    joined: dict[str, list[str]] = {}
    for row in rows:
        if not row.is_reporter:
            joined.setdefault(row.kind, []).append(row.case)
    for name, ids in joined.items():
        await cases.count_out(deps.db, tx, deps.features.cases[name], ids)
    await store.remove(deps.db, tx, [row.id for row in rows])
    return len(rows) == steps.AT_ONCE
