"""Jobs of mediations: what was written goes three years after the end."""

from typing import Final

from services.cases import history
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.mediations import store
from services.mediations.agreements import store as agreements
from services.mediations.kind import CLEAR
from services.mediations.models import KEPT_FOR
from services.mediations.parties import store as parties
from services.mediations.parties.models import NAME, SOMEBODY
from services.mediations.sessions import store as sessions
from services.photos import actions as photos


async def clear(deps: Dependencies, payload: Document) -> None:
    """Job: remove who was in dispute and what was written; figures stay. Harmless to repeat."""
    mediation_id = payload["mediation_id"]

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, mediation_id, tx=tx)
        if found is None or found.cleared or found.ended_at is None:
            return
        if found.ended_at + KEPT_FOR > deps.now():
            return
        await _clear(deps, tx, mediation_id)

    await deps.in_transaction(save)


async def _clear(deps: Dependencies, tx: Transaction, mediation_id: str) -> None:
    rows = await parties.of(deps.db, mediation_id, tx=tx)
    papers = sorted({photo_id for row in rows for photo_id in row.photo_ids})
    if papers:
        await photos.discard(deps, tx, papers, subject=mediation_id)
    await parties.clear(
        deps.db, tx, {row.id: NAME.seal(deps.vault, row.id, SOMEBODY) for row in rows}
    )
    versions = await agreements.of(deps.db, tx, mediation_id)
    await agreements.rewrite(deps.db, tx, {each.id: "" for each in versions})
    met = await sessions.of(deps.db, mediation_id, tx=tx)
    empty = {"where_sealed": "", "minutes_sealed": "", "present": []}
    await sessions.rewrite(deps.db, tx, {each.id: empty for each in met})
    gone: Document = {
        "people": [],
        "homes": [],
        "excluded": [],
        "person": "",
        "note_sealed": "",
        "outcome_sealed": "",
        "cleared": True,
    }
    await store.change(deps.db, tx, mediation_id, gone)
    await history.unname(deps, tx, mediation_id)


JOBS: Final[dict[str, jobs.Handler]] = {CLEAR: clear}
