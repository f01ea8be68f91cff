"""Jobs of exports: the file is written by its feature, as whoever asked may see it now."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from services.dependencies import Dependencies, is_outage
from services.exports import lists, origins, store
from services.exports.actions import JOB
from services.exports.files import Writer
from services.exports.models import Export, ExportFormat
from services.exports.states import ExportAction, ExportState
from services.grants import actions as grants
from services.jobs import actions as jobs
from services.jobs.models import Permanent
from services.kernel.csv_tables import CsvTable
from services.kernel.documents import Document
from services.kernel.errors import DomainError, NotFound, TooMany, Unavailable
from services.kernel.lists import List
from services.kernel.permissions import Actor
from services.kernel.tables import Origin, Workbook
from services.people import actions as people
from services.places import actions as places

# A page of rows is one query of the list; a file opens on an old office computer.
ROWS_AT_ONCE: Final = 500
MOST_ROWS: Final = 20_000
MORE: Final = "还有更多,没有列出:请缩小筛选范围后再导出。"

TABLES: Final[Mapping[ExportFormat, Callable[..., Workbook | CsvTable]]] = {
    ExportFormat.XLSX: Workbook,
    ExportFormat.CSV: CsvTable,
}

log = structlog.get_logger(__name__)


# A file that still fails after so long fails for good.
PATIENCE: Final = timedelta(minutes=10)


async def write(deps: Dependencies, payload: Document) -> None:
    """Write a file. It takes all CPU of a process: see Lane.LONG, one at a time."""
    export = await store.find(deps.db, payload["export_id"])
    if export is not None and export.state is ExportState.WRITING:
        await _write(deps, export)


async def _write(deps: Dependencies, export: Export) -> None:
    """Write a file. Done again from the start, it is the same file."""
    try:
        actor = await _actor(deps, export.person)
        writer = Writer(deps, export)
        if name := lists.name_in(export.kind):
            await _write_list(deps, actor, lists.get(deps, name), writer)
        else:
            await deps.features.exports[export.kind](deps, actor, writer)
    except (Unavailable, TooMany):
        raise  # the worker tries again
    except DomainError as error:
        log.warning("export_refused", export=export.id, code=error.code)
        await store.move(deps.db, export.id, ExportAction.REFUSE, problem=error.code)
    except Exception as error:
        if is_outage(error) or deps.now() - export.created_at < PATIENCE:
            raise  # the worker tries again
        await store.move(deps.db, export.id, ExportAction.REFUSE, problem="failed")
        raise Permanent(f"export {export.kind}: {type(error).__name__}") from error


async def _actor(deps: Dependencies, person_id: str) -> Actor:
    """Return who asked, with what they may do now. Raises NotFound for a closed account."""
    person = await people.find(deps, person_id)
    if person is None or person.closed_at is not None:
        raise NotFound("账号已注销")
    return Actor(person_id, "", grants=await grants.grants_of(deps, person_id))


async def _write_list(deps: Dependencies, actor: Actor, found: List, writer: Writer) -> None:
    export, rows = writer.export, 0
    query = msgspec.structs.replace(lists.query_of(found, export.filters), limit=ROWS_AT_ONCE)
    book = await asyncio.to_thread(TABLES[export.format], found.title, found.columns)
    book.describe(await _origin(deps, actor, found, export))
    while True:
        page = await found.page(deps, actor, export.subject, query)
        taken = page.items[: MOST_ROWS - rows]
        await asyncio.to_thread(book.add, taken)
        rows += len(taken)
        await writer.progress(rows)
        if page.next_cursor is None or rows >= MOST_ROWS:
            break
        query = msgspec.structs.replace(query, cursor=page.next_cursor)
    complete = page.next_cursor is None and len(taken) == len(page.items)
    notes = [] if complete else [MORE]
    await writer.write(await asyncio.to_thread(book.close, *notes))
    await writer.finish(rows=rows, complete=complete)


async def _origin(deps: Dependencies, actor: Actor, found: List, export: Export) -> Origin:
    place = await found.place_of(deps, actor, export.subject)
    addresses = await places.addresses(deps, [place]) if place else {}
    return await origins.of(deps, export, addresses.get(place, place))


JOBS: Final[Mapping[str, jobs.Handler]] = {JOB: write}
