"""Steps of a mediation: held with a look at interests each time, then taken by the engine."""

from typing import Any

from services.audit import actions as audit
from services.cases import access
from services.cases import actions as cases
from services.cases.actions import NOTHING, Change, Words
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.permissions import Actor
from services.mediations import interests, store
from services.mediations.kind import MEDIATION, circle_of
from services.mediations.models import Circle, Mediation
from services.mediations.states import MediationAction


async def hold(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    mediation_id: str,
    action: MediationAction,
) -> Mediation:
    """Return a mediation that the actor may take a step with.

    Raises NotFound, Forbidden, MediationInterest for who came to be close to a party since,
    and MediationMovedOn.
    """
    found: Mediation = await access.hold(deps, tx, actor, MEDIATION, mediation_id, action)
    if any(row.needs for row in MEDIATION.table.of(action)):
        await interests.require_none(deps, actor, found)
    return found


async def advance(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Mediation,
    action: MediationAction,
    *,
    words: Words = NOTHING,
    **changes: Any,
) -> Mediation:
    """Take a step with a mediation that is held, whose row of the audit names no party."""
    taken: Mediation = await cases.advance(
        deps, tx, actor, MEDIATION, found, action, words=words, **changes
    )
    return taken


async def note(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Mediation, act: Act
) -> None:
    """Record an act that leaves no row of a step in the history.

    Of a party neither which mediation nor where: their other acts name their home.
    """
    about = {"place": found.place, "subject": found.id}
    await audit.record(
        deps, tx, actor, act, **({} if MEDIATION.veiled(actor, found) else about)
    )


async def take(
    deps: Dependencies,
    actor: Actor,
    mediation_id: str,
    action: MediationAction,
    change: Change,
) -> Mediation:
    """Take a step in a transaction of its own. Raises as `hold`, and what `change` does."""

    async def save(tx: Transaction) -> Mediation:
        found = await hold(deps, tx, actor, mediation_id, action)
        return await advance(deps, tx, actor, found, action, **await change(tx, found))

    return await deps.in_transaction(save)


async def look(deps: Dependencies, actor: Actor, mediation_id: str) -> tuple[Mediation, Circle]:
    """Return a mediation that the actor may know of, and as what.

    Raises NotFound, and MediationInterest for a mediator who came to be close to a party.
    """
    found = await store.find(deps.db, mediation_id)
    if found is None:
        raise errors.NotFound(MEDIATION.missing)
    circle = circle_of(actor, found)
    if circle is None:
        raise _gone(actor, found)
    if circle is not Circle.PARTY:
        await interests.require_none(deps, actor, found)
    return found, circle


def _gone(actor: Actor, found: Mediation) -> Exception:
    """Return what is said to who may not read it: its mediator knows why."""
    return interests.barred(actor, found) or errors.NotFound(MEDIATION.missing)
