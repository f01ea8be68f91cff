"""Reveals of a whole phone, name or identity number, which are masked everywhere else.

The reason is one of a list: typed reasons would hold other people's names and could not be
counted, and the audit keeps no typed text. A supervisor asks who looks, how often and what for.
"""

from collections.abc import Sequence
from typing import Any, Final

from services.appointments import offices
from services.appointments.models import NAME, PHONE
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import interests
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.permissions import Actor, Permission
from services.kernel.vault import Sealed
from services.residencies import actions as residencies
from services.residencies import sealed
from services.reveals.models import Field, Reason, Reveal, Revealed

KNOWN_BY: Final = (Permission.VIEW_RESIDENTS,)
FORBIDDEN: Final = "您没有查看完整信息的权限"


async def residency(
    deps: Dependencies, actor: Actor, residency_id: str, request: Reveal
) -> Revealed:
    """Show what is held of a person who belongs to a home.

    Raises OwnHome for others of a home of the actor's own.
    """
    row = accessible(
        actor,
        await residencies.find(deps, residency_id),
        Permission.REVEAL,
        at=lambda row: row.home,
        missing="没有找到这位住户",
        known_by=KNOWN_BY,
        forbidden=FORBIDDEN,
    )
    if row.person != actor.person_id:
        interests.require_not_own(actor, [row.home])
    kept = {
        Field.PHONE: (sealed.PHONE, row.phone_sealed),
        Field.NAME: (sealed.NAME, row.name_sealed),
        Field.ID_NUMBER: (sealed.ID_NUMBER, row.id_number_sealed),
    }
    await note(deps, actor, row.home, row.id, request)
    return _opened(deps, kept, row.id, request)


async def appointment(
    deps: Dependencies, actor: Actor, appointment_id: str, request: Reveal
) -> Revealed:
    """Show what is held of a person who holds a role."""
    row = accessible(
        actor,
        await offices.find(deps, appointment_id),
        Permission.REVEAL,
        at=lambda row: row.place,
        missing=offices.MISSING,
        known_by=KNOWN_BY,
        forbidden=FORBIDDEN,
    )
    kept = {Field.PHONE: (PHONE, row.phone_sealed), Field.NAME: (NAME, row.name_sealed)}
    await note(deps, actor, row.place, row.id, request)
    return _opened(deps, kept, row.id, request)


async def note(
    deps: Dependencies, actor: Actor, place: str, subject: str, request: Reveal
) -> None:
    """Audit a reveal of masked fields before anything is shown."""
    fields = sorted(set(request.fields))
    await write_down(deps, actor, place, subject, fields=fields, reason=request.reason)


async def write_down(
    deps: Dependencies,
    actor: Actor,
    place: str,
    subject: str,
    *,
    fields: Sequence[str],
    reason: Reason,
) -> None:
    """Audit a reveal of any fields in its own transaction: what cannot be audited is not shown.

    For what has no masked form, too.
    """
    facts: dict[str, Any] = {"fields": [*fields], "reason": reason}

    async def save(tx: Transaction) -> None:
        await audit.record(deps, tx, actor, Act.REVEALED, place=place, subject=subject, **facts)

    await deps.in_transaction(save)


def _opened(
    deps: Dependencies,
    kept: dict[Field, tuple[Sealed, str | None]],
    row_id: str,
    request: Reveal,
) -> Revealed:
    shown = {
        field: place.open(deps.vault, row_id, text)
        for field, (place, text) in kept.items()
        if field in request.fields and text
    }
    return Revealed(**{field.value: text or None for field, text in shown.items()})
