"""Showing the whole name and number of a request to who decides it: compared with the proof."""

from services.accounts.revealing import Field, Reveal, Revealed
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.homes import stepping
from services.kernel.permissions import Actor, Permission


async def reveal(deps: Dependencies, actor: Actor, request_id: str, wish: Reveal) -> Revealed:
    """Show what was typed into a request. Noted before anything is shown."""
    found = await stepping.access(deps, actor, request_id, Permission.REVEAL)

    async def note(tx: Transaction) -> None:
        await audit.record(
            deps,
            tx,
            actor,
            Act.REVEALED,
            place=found.home,
            subject=found.id,
            fields=sorted(set(wish.fields)),
            reason=wish.reason,
        )

    await deps.in_transaction(note)
    held = {Field.NAME: "name", Field.ID_NUMBER: "id_number"}
    shown = {
        field.value: stepping.unsealed(deps, found, name) or None
        for field, name in held.items()
        if field in wish.fields
    }
    return Revealed(**shown)
