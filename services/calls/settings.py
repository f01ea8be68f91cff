"""Settings of calls: who sees a person's number without asking."""

from services.audit import actions as audit
from services.calls import store
from services.calls.models import DEFAULT, CallSettings, ChangeCallSettings, Settings
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.callables import CallCircle
from services.kernel.permissions import Actor
from services.people import actions as people


async def shown_to(
    deps: Dependencies, person: str | None, *, tx: Transaction | None = None
) -> frozenset[CallCircle]:
    """Return the circles that see a number; by default who works on the person's case.

    Who has no account gave the number for that.
    """
    chosen = await store.settings_of(deps.db, person, tx=tx) if person else None
    return frozenset(chosen.shown_to if chosen else DEFAULT)


async def show(deps: Dependencies, actor: Actor) -> CallSettings:
    """Return what I chose."""
    found = await shown_to(deps, actor.person_id)
    return CallSettings(shown_to=[circle for circle in CallCircle if circle in found])


async def change(deps: Dependencies, actor: Actor, request: ChangeCallSettings) -> CallSettings:
    """Choose anew; what was shown by the old choice is not shown any more.

    With nobody, what was allowed by an answer is not either. It needs no consent: nobody is
    kept from hiding a number.
    """
    chosen = [circle for circle in CallCircle if circle in request.shown_to]
    settings = Settings(id=actor.person_id, shown_to=chosen, changed_at=deps.now())

    async def save(tx: Transaction) -> None:
        await people.require_open(deps, tx, actor.person_id)
        await store.put_settings(deps.db, tx, settings)
        if not chosen:
            await store.take_back(deps.db, tx, actor.person_id, deps.now())
        await audit.record(deps, tx, actor, Act.CALL_SETTINGS_CHANGED, shown_to=chosen)

    await deps.in_transaction(save)
    return CallSettings(shown_to=chosen)
