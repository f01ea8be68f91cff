"""Actions of parties: each takes part or not, says what happened, and may leave at any time.

人民调解法 art. 17: nobody is mediated against their will. Who has no account, or does not look,
says so to the mediator, who notes it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.permissions import Actor
from services.mediations import steps
from services.mediations.models import Mediation
from services.mediations.parties import store
from services.mediations.parties.models import STATEMENT, PartyRow, SaidBy
from services.mediations.states import TABLE, MediationAction
from services.mediations.views import Seen, one

MISSING = "没有找到这位当事人"


class MediationAnswered(errors.Conflict):
    """The party has said so already."""

    code = "mediation_answered"


def own_of(actor: Actor, rows: Sequence[PartyRow]) -> PartyRow:
    """Return the actor's own row. Raises NotFound."""
    return _the(rows, lambda row: row.person == actor.person_id)


def get(rows: Sequence[PartyRow], party_id: str) -> PartyRow:
    """Return one of the parties. Raises NotFound."""
    return _the(rows, lambda row: row.id == party_id)


def _the(rows: Sequence[PartyRow], fits: Callable[[PartyRow], bool]) -> PartyRow:
    found = next((row for row in rows if fits(row)), None)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def answer(deps: Dependencies, actor: Actor, mediation_id: str, *, agree: bool) -> Seen:
    """Say whether I take part. A no ends it.

    Raises NotFound, Forbidden, MediationAnswered, MediationMovedOn, ConsentNeeded.
    """
    await consents.check(deps, actor.person_id)

    async def save(tx: Transaction) -> Mediation:
        await consents.require(deps, tx, actor.person_id)
        action = MediationAction.CONSENT if agree else MediationAction.DECLINE
        found = await steps.hold(deps, tx, actor, mediation_id, action)
        rows = await store.of(deps.db, found.id, tx=tx)
        own = own_of(actor, rows)
        last = MediationAction.BEGIN
        return await _answered(
            deps, tx, actor, found, rows=rows, own=own, way=SaidBy.APP, step=action, last=last
        )

    return await one(deps, actor, await deps.in_transaction(save))


async def note_answer(
    deps: Dependencies, actor: Actor, mediation_id: str, party_id: str, *, agree: bool
) -> Seen:
    """Note as the mediator what a party said at the door. Raises as `answer`."""

    async def save(tx: Transaction) -> Mediation:
        action = MediationAction.NOTE_CONSENT if agree else MediationAction.NOTE_DECLINE
        found = await steps.hold(deps, tx, actor, mediation_id, action)
        rows = await store.of(deps.db, found.id, tx=tx)
        own, last = get(rows, party_id), MediationAction.NOTE_BEGIN
        return await _answered(
            deps, tx, actor, found, rows=rows, own=own, way=SaidBy.DOOR, step=action, last=last
        )

    return await one(deps, actor, await deps.in_transaction(save))


async def _answered(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Mediation,
    *,
    rows: Sequence[PartyRow],
    own: PartyRow,
    way: SaidBy,
    step: MediationAction,
    last: MediationAction,
) -> Mediation:
    """Keep an answer and take its step; `last`: the step of the last yes."""
    agree = step in {MediationAction.CONSENT, MediationAction.NOTE_CONSENT}
    if own.agreed is not None:
        raise MediationAnswered("已经答复过了;改变主意可以随时退出")
    changes: dict[str, Any] = {"agreed": agree, "answered_by": way}
    await store.change(deps.db, tx, own.id, answered_at=deps.now(), **changes)
    if agree and all(row.agreed or row.id == own.id for row in rows):
        step = last
    return await steps.advance(deps, tx, actor, found, step)


async def state(deps: Dependencies, actor: Actor, mediation_id: str, text: str) -> Seen:
    """Write what I have to say; what I wrote before is replaced. Raises as `answer`."""
    await consents.check(deps, actor.person_id)

    async def save(tx: Transaction) -> Mediation:
        await consents.require(deps, tx, actor.person_id)
        found = await steps.hold(deps, tx, actor, mediation_id, MediationAction.STATE)
        own = own_of(actor, await store.of(deps.db, found.id, tx=tx))
        sealed = STATEMENT.seal(deps.vault, own.id, text)
        await store.change(deps.db, tx, own.id, statement_sealed=sealed)
        # No row of the history: only who has an account writes one.
        await steps.note(deps, tx, actor, found, TABLE.act(MediationAction.STATE))
        return found

    return await one(deps, actor, await deps.in_transaction(save))


async def leave(deps: Dependencies, actor: Actor, mediation_id: str) -> Seen:
    """Leave as a party, which ends it (人民调解法 art. 23). Raises MediationMovedOn."""
    return await _leave(deps, actor, mediation_id, MediationAction.LEAVE, "")


async def note_leave(
    deps: Dependencies, actor: Actor, mediation_id: str, party_id: str
) -> Seen:
    """Note as the mediator that a party leaves. Raises MediationMovedOn."""
    return await _leave(deps, actor, mediation_id, MediationAction.NOTE_LEAVE, party_id)


async def _leave(
    deps: Dependencies, actor: Actor, mediation_id: str, action: MediationAction, party_id: str
) -> Seen:
    async def save(tx: Transaction) -> Mediation:
        found = await steps.hold(deps, tx, actor, mediation_id, action)
        rows = await store.of(deps.db, found.id, tx=tx)
        own = get(rows, party_id) if party_id else own_of(actor, rows)
        await store.change(deps.db, tx, own.id, agreed=False)
        return await steps.advance(deps, tx, actor, found, action)

    return await one(deps, actor, await deps.in_transaction(save))
