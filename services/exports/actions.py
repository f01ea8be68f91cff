"""Actions on exports: asked for, followed, and handed out by a link.

A file is written by the worker as whoever asked may see it at that moment: what they may see
may have changed since, and a right that ended gives no file.
"""

from typing import Final

import msgspec

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.exports import files, store
from services.exports.models import (
    KEPT,
    Export,
    ExportList,
    ExportView,
    File,
    ListView,
    missing,
)
from services.exports.states import TABLE, ExportAction, ExportState
from services.jobs import actions as jobs
from services.kernel.access import accessible
from services.kernel.errors import InvalidInput, NotFound
from services.kernel.lists import List
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, require_fresh
from services.kernel.signed_links import SignedLink
from services.kernel.tables import XLSX
from services.kernel.views import show
from services.people import actions as people

LINK: Final = SignedLink("/exports/{id}", "export-url")
JOB: Final = "exports.write"
LIST: Final = "list:"  # what the kind of an exported list begins with


class BadFilters(InvalidInput):
    """Filters that the list's own address would not take either."""

    code = "bad_filters"


def lists(deps: Dependencies) -> list[ListView]:
    """Return the lists that can be exported, by name. Who may read each, it decides itself."""
    return [
        ListView(
            name=each.name,
            title=each.title,
            subject=each.subject,
            columns=[column.label for column in each.columns],
        )
        for each in deps.features.lists.values()
    ]


async def ask_for_list(deps: Dependencies, actor: Actor, wish: ExportList) -> ExportView:
    """Ask for a list as a spreadsheet. Raises what the list itself raises, and BadFilters."""
    found = deps.features.lists.get(wish.list)
    if found is None or bool(found.subject) != bool(wish.subject):
        raise NotFound("没有这个列表")
    subject = wish.subject or ""
    query = query_of(found, wish.filters)
    await found.page(deps, actor, subject, msgspec.structs.replace(query, limit=1))
    day = deps.today()
    return await ask(
        deps,
        actor,
        Export(
            id=deps.new_id(),
            person=actor.person_id,
            kind=f"{LIST}{found.name}",
            title=found.title,
            subject=subject,
            filters=dict(wish.filters),
            filename=f"{found.title}-{day}.xlsx",
            content_type=XLSX,
            created_at=deps.now(),
            expires_at=deps.now() + KEPT,
        ),
        place=await found.place_of(deps, actor, subject),
    )


def query_of(found: List, filters: dict[str, str]) -> ListQuery:
    """Return what is asked of a list. Raises BadFilters for what it does not know."""
    if filters.keys() & ListQuery.__struct_fields__:
        raise BadFilters("导出的是整个列表,不用分页")
    try:
        return msgspec.convert(filters, found.query, strict=False)
    except msgspec.ValidationError as error:
        raise BadFilters("筛选条件不对,请检查") from error


async def ask(
    deps: Dependencies, actor: Actor, export: Export, *, place: str = audit.NOWHERE
) -> ExportView:
    """Ask for a file; its feature writes it (Feature.exports)."""

    async def save(tx: Transaction) -> None:
        await people.require_open(deps, tx, actor.person_id)
        await store.insert(deps.db, tx, export)
        await jobs.enqueue(deps, tx, JOB, export.id, export_id=export.id)
        act = TABLE.act(ExportAction.ASK)
        await audit.record(
            deps, tx, actor, act, place=place, subject=export.id, kind=export.kind
        )

    await deps.in_transaction(save)
    await jobs.wake(deps)
    return view(export)


async def get(deps: Dependencies, actor: Actor, export_id: str) -> ExportView:
    """Return how far a file of the actor's is, with its link.

    Raises NotFound; ConfirmationNeeded for one's own data.
    """
    found = accessible(
        actor,
        await store.find(deps.db, export_id),
        people=lambda export: [export.person],
        missing=missing().message,
    )
    if found.asks_again:
        require_fresh(actor, deps.now())
    shown = view(found)
    if found.state is ExportState.READY:
        shown.url, shown.url_expires_at = LINK.sign(deps.vault, found.id, deps.now())
    return shown


async def listing(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[ExportView]:
    """Return the actor's files, the newest first."""
    return (await store.of_person(deps.db, actor.person_id, query)).map(view)


async def hand_out(deps: Dependencies, export_id: str, expires: str, signature: str) -> File:
    """Return a file to whoever has its link. Raises NotFound otherwise."""
    if not LINK.is_good(deps.vault, export_id, expires, signature, deps.now()):
        raise missing()
    found = await store.find(deps.db, export_id)
    if found is None or found.state is not ExportState.READY or found.expires_at <= deps.now():
        raise missing()
    content = await files.content_of(deps, found)
    return File(content, found.content_type, found.filename)


def view(export: Export) -> ExportView:
    return show(export, ExportView, export_id=export.id, url=None, url_expires_at=None)
