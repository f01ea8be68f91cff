"""Access to a case for a step: who may take it, by the row of the kind's table."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from services.cases import store
from services.cases.kinds import Kind, Step
from services.cases.parties import store as parties
from services.cases.parties.models import PartyRow
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission


async def access(
    deps: Dependencies, actor: Actor, kind: Kind, case_id: str, permission: Permission
) -> Any:
    """Return a case at whose place the actor holds a permission, to be read.

    Raises NotFound otherwise, and Forbidden for an actor who may know of it and no more.
    """
    found = await store.find(deps.db, kind, case_id)
    return accessible(
        actor,
        None if found is not None and kind.kept_from(actor, found) else found,
        permission,
        at=kind.place_of,
        missing=kind.missing,
        knows=lambda case: kind.knows(actor, case),
        forbidden=kind.forbidden,
    )


async def hold(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    kind: Kind,
    case_id: str,
    action: StrEnum,
) -> Any:
    """Return a case that the actor may take a step with, in the transaction of the step.

    Raises NotFound for a case that they may not know of, Forbidden for a step that is not
    theirs, what `barred` says, what `moved_on` says for a state that has no such step, and what
    `too_late` says for one that may not be taken any more.
    """
    found = accessible(
        actor,
        await store.find(deps.db, kind, case_id, tx=tx),
        people=lambda case: [] if kind.kept_from(actor, case) else [actor.person_id],
        missing=kind.missing,
    )
    rows = kind.table.of(action)
    joined = any(isinstance(row, Step) and row.party for row in rows)
    own = await parties.find(deps.db, case_id, actor.person_id, tx=tx) if joined else None
    is_party = own is not None and kind.counts(actor, found, own)
    if not any(is_theirs(actor, kind, found, row, is_party=is_party) for row in rows):
        hidden = any(isinstance(row, Step) and row.hidden for row in rows)
        if kind.knows(actor, found) and not hidden:
            raise errors.Forbidden(kind.forbidden)
        raise errors.NotFound(kind.missing)
    barred = kind.barred(actor, found)
    if barred is not None and any(row.needs for row in rows):
        raise barred
    if not kind.is_done(found, action):
        row = kind.step(found, action)
        if not is_theirs(actor, kind, found, row, is_party=is_party):
            raise errors.Forbidden(kind.forbidden)  # theirs in another state
        if kind.too_late is not None and is_late(row, found, deps.now()):
            raise kind.too_late()
    return found


def is_late(row: Any, found: Any, now: datetime) -> bool:
    """Tell whether a case ended too long ago for a step."""
    if not isinstance(row, Step) or row.within is None:
        return False
    return found.ended_at is None or now - found.ended_at > row.within


def is_theirs(
    actor: Actor, kind: Kind, found: Any, row: Any, *, is_party: bool = False
) -> bool:
    """Tell whether an actor is one who may ask for what a row says, whatever its state.

    `is_party`: whether they joined.
    """
    needs: Permission | None = row.needs
    if needs is not None and not kind.allows(actor, needs, found):
        return False
    if isinstance(row, Step) and row.held and found.holder != actor.person_id:
        return False
    if isinstance(row, Step) and row.desk and not kind.lies_with(actor, found):
        return False
    if needs is not None:
        return True
    joined = isinstance(row, Step) and row.party and is_party
    return joined or (row.own and kind.is_own(actor, found))


def is_asked(kind: Kind, found: Any, party: PartyRow | None) -> bool:
    """Tell whether a party is asked if it is really so, and has not answered in this round."""
    question = kind.question
    if question is None or found.state is not question.state or party is None:
        return False
    return party.person != question.spares(found) and party.answered < found.round


def steps_of(
    actor: Actor, kind: Kind, found: Any, now: datetime, *, party: PartyRow | None
) -> list[Any]:
    """Return the actions that an actor may take with a case now, in the order of the table.

    `party`: their row. Answers are given once, by those who are asked.
    """
    if kind.kept_from(actor, found):
        return []
    barred = kind.barred(actor, found) is not None
    asked = kind.question is None or is_asked(kind, found, party)
    answers = {kind.question.yes, kind.question.no} if kind.question else set()
    rows = [row for row in kind.table.rows if row.source is found.state]
    return [
        row.action
        for row in rows
        if row.act
        and not is_late(row, found, now)
        and kind.offers(found, row.action)
        and not (barred and row.needs)
        and (asked or row.action not in answers)
        and is_theirs(actor, kind, found, row, is_party=party is not None)
    ]
