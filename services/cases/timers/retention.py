"""Retention of what was attached to a case: photos go some time after its end.

The case and its history stay: what was broken and mended is the record of the place.
"""

from typing import Any

from services.audit import actions as audit
from services.cases import actions, store
from services.cases.kinds import Kind, News
from services.dependencies import Dependencies, Transaction
from services.jobs.models import Again
from services.kernel.documents import Document
from services.photos import actions as photos


async def let_go(deps: Dependencies, payload: Document) -> Again | None:
    """Job: remove what was attached to a case that ended long ago, some rows at a time.

    Nothing when it was opened again; when it then ended, that end has a job of its own.
    """
    kind: Kind = deps.features.cases[payload["name"]]

    async def save(tx: Transaction) -> bool:
        found = await store.find(deps.db, kind, payload["case_id"], tx=tx)
        if found is None or not _is_due(deps, kind, found):
            return False
        return await _let_go(deps, tx, kind, found)

    return Again(deps.now()) if await deps.in_transaction(save) else None


def _is_due(deps: Dependencies, kind: Kind, found: Any) -> bool:
    if kind.photos_kept_for is None or not kind.is_over(found.state):
        return False
    ended = found.entered_at or found.created_at
    return bool(ended + kind.photos_kept_for <= deps.now())


async def _let_go(deps: Dependencies, tx: Transaction, kind: Kind, found: Any) -> bool:
    """Discard a step of photos and note it; tell whether there may be more."""
    rows = await store.with_photos(deps.db, tx, found.id, limit=store.ROWS_AT_ONCE)
    ids = {*getattr(found, "photo_ids", ()), *(each for row in rows for each in row.photo_ids)}
    if not ids:
        return False
    count = await photos.discard(deps, tx, sorted(ids), subject=found.id)
    await store.remove_photos(deps.db, tx, [row.id for row in rows])
    news = [(News.LET_GO, {"photos": count})]
    await actions.note_news(deps, tx, kind, found, news, **kind.without_photos(found))
    if kind.photos_act is not None:
        about = {"place": kind.place_of(found), "subject": found.id}
        await audit.record(deps, tx, actions.CLOCK, kind.photos_act, **about, photos=count)
    return len(rows) == store.ROWS_AT_ONCE
