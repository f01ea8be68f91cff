"""The job that takes an import back, home by home, leaving what was used meanwhile.

Whoever hangs something on a home marks it used in the same transaction (places.use) or binds a
person to one of its residencies. Both writes collide with the removal here, so a home is either
removed before anybody used it or kept whole, with its unit and its building.
"""

from collections.abc import Sequence
from typing import Final

from services.accounts import residency_store
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document
from services.places import store as places_store
from services.places.models import Kind, Place
from services.register import store
from services.register.models import Import
from services.register.states import Action, State

UNDO: Final = "register.undo"
PLACES: Final = 300
# From the leaves up: a unit is removed when nothing is left under it.
ORDER: Final = (Kind.HOME, Kind.UNIT, Kind.BUILDING)


async def undo(deps: Dependencies, payload: Document) -> None:
    """Remove what an import made, from where it stands to its end."""
    while True:
        found = await store.find(deps.db, payload["import_id"])
        if found is None or found.run != payload["run"] or found.state is not State.UNDOING:
            return
        kind, _, after = (found.mark or f"{ORDER[0]}:").partition(":")
        await remove_some(deps, found, Kind(kind), after)


async def remove_some(deps: Dependencies, found: Import, kind: Kind, after: str) -> None:
    """Remove the next few places of a kind; after the last one, go on to the next kind."""

    async def remove(tx: Transaction) -> None:
        made = await places_store.made_by(
            deps.db, found.id, found.place, kind, after=after, limit=PLACES, tx=tx
        )
        if not made:
            await _go_on(deps, found, kind, tx)
            return
        free = await _free(deps, made, kind, tx)
        gone = {"done": len(free), "counts.kept_homes": len(made) - len(free)}
        more = gone if kind is Kind.HOME else {}
        mark = f"{kind}:{made[-1].id}"
        if await store.step(deps.db, found, Action.CLEAR, tx, mark=mark, **more):
            await residency_store.delete_residencies_from(deps.db, found.id, free, tx)
            await places_store.delete_unused(deps.db, found.id, free, tx)

    await deps.in_transaction(remove)


async def _free(
    deps: Dependencies, made: Sequence[Place], kind: Kind, tx: Transaction
) -> list[str]:
    """Return those of the places that nothing hangs on."""
    unused = [place.id for place in made if not place.used]
    if kind is not Kind.HOME:
        return await places_store.empty_of(deps.db, unused, tx)
    bound = await residency_store.bound_homes(deps.db, unused, tx)
    return [home for home in unused if home not in bound]


async def _go_on(deps: Dependencies, found: Import, kind: Kind, tx: Transaction) -> None:
    """Turn to the next kind of place; after the last, the import is undone."""
    rest = ORDER[ORDER.index(kind) + 1 :]
    if rest:
        await store.step(deps.db, found, Action.CLEAR, tx, mark=f"{rest[0]}:")
    else:
        await store.advance(deps.db, found, Action.CLEAR, tx, mark="")
