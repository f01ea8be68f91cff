"""Preview of an uploaded file: the job that reads it. It writes no home and no person."""

from contextlib import aclosing
from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.register import store
from services.register.chunks import actions as chunks
from services.register.comparison import Comparison, keep_within
from services.register.models import Import
from services.register.sheet import process
from services.register.sheet.models import Batch, Begun, Done, Refusal, Severity
from services.register.sheet.problems import Refused
from services.register.states import JOB_OF, PREVIEWS_LIVE, Action

PROBLEMS_LIVE: Final = timedelta(days=90)
MOST_PROBLEMS: Final = 10_000  # kept of each severity; all are counted

log = structlog.get_logger(__name__)


async def read(deps: Dependencies, payload: Document) -> None:
    """Job: read the file of an import; from the start again after a worker died."""
    found = await store.find(deps.db, payload["import_id"])
    if found is None or found.round != payload["round"]:
        return
    run = deps.new_id()
    if not await store.move(deps.db, found, Action.READ, run=run, done=0, total=0):
        return
    found.run = run
    try:
        ended = await _preview(deps, found)
    except Refused as refused:
        ended = await _refuse(deps, found, refused.refusal)
    except chunks.ChunkGone:
        ended = await _refuse(deps, found, Refused.because("register_expired").refusal)
    if ended:
        await chunks.remove_file(deps, found.file_id)
    else:  # discarded meanwhile, or another worker took over
        await discard(deps, found)


async def _preview(deps: Dependencies, found: Import) -> bool:
    """Keep the rows and problems of a file; False when the reading is no longer wanted."""
    comparison, room = Comparison(deps, found), dict.fromkeys(Severity, MOST_PROBLEMS)
    pieces = chunks.pieces_of_file(deps, found.file_id, found.size_bytes)
    async with aclosing(process.messages(found.place, pieces)) as messages:
        async for message in messages:
            match message:
                case Begun(columns):
                    found.columns = columns
                case Batch(seen, total, homes, problems):
                    problems += await comparison.problems(homes)
                    if comparison.has_differences:
                        found.changed_chunks.append(found.chunks)
                    kept, expires_at = keep_within(problems, room), deps.now() + PROBLEMS_LIVE
                    await store.put_problems(deps.db, found.run, kept, expires_at)
                    await chunks.keep_rows(deps, found.run, found.chunks, homes)
                    found.chunks += 1
                    if not await store.note_progress(deps.db, found, seen, total):
                        break
                case Done(counts, peak_kib, buildings):
                    found.counts, found.buildings = comparison.add_to(counts), buildings
                    log.info("register_read", rows=counts.rows, peak_kib=peak_kib)
                    return await _show(deps, found)
    return False


async def _show(deps: Dependencies, found: Import) -> bool:
    async def save(tx: Transaction) -> bool:
        facts = {"columns": found.columns, "counts": found.counts, "chunks": found.chunks}
        more = {"buildings": found.buildings, "changed_chunks": found.changed_chunks}
        shown = await store.move(deps.db, found, Action.PREVIEW, tx=tx, **facts, **more)
        if shown:
            kind, run, due_at = JOB_OF[Action.PREVIEW], found.run, deps.now() + PREVIEWS_LIVE
            await jobs.enqueue(deps, tx, kind, run, due_at=due_at, import_id=found.id, run=run)
        return shown

    return await deps.in_transaction(save)


async def _refuse(deps: Dependencies, found: Import, refusal: Refusal) -> bool:
    await discard(deps, found)
    return await store.move(deps.db, found, Action.REFUSE, refusal=refusal)


async def expire(deps: Dependencies, payload: Document) -> None:
    """Job: discard a preview that nobody confirmed in a week: it has names and phones."""
    found = await store.find(deps.db, payload["import_id"])
    if found is None or found.run != payload["run"]:
        return
    if await store.move(deps.db, found, Action.DISCARD):
        await discard(deps, found)


async def discard(deps: Dependencies, found: Import) -> None:
    """Delete the rows and problems that one reading kept."""
    await chunks.remove_rows(deps, found.run)
    await store.remove_problems(deps.db, found.run)
