"""Actions on exports: asked for, followed, and handed out by a link.

A file is written by the worker as whoever asked may see it at that moment: what they may see
may have changed since, and a right that ended gives no file.
"""

from typing import Any, Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.exports import files, lists, store, views
from services.exports.models import (
    KEPT,
    Export,
    ExportFormat,
    ExportList,
    ExportView,
    File,
    ListView,
    missing,
)
from services.exports.states import TABLE, ExportAction, ExportState
from services.jobs import actions as jobs
from services.kernel.access import accessible
from services.kernel.csv_tables import CSV
from services.kernel.errors import Conflict
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, require_fresh
from services.kernel.signed_links import SignedLink
from services.kernel.tables import XLSX
from services.people import actions as people
from services.places import actions as places

LINK: Final = SignedLink("/exports/{id}", "export-url")
JOB: Final = "exports.write"
MOST_UNDER_WAY: Final = 3
MOST_KEPT: Final = 100
CONTENT_TYPES: Final = {ExportFormat.XLSX: XLSX, ExportFormat.CSV: CSV}
# What two files that are the same have in common.
SAME: Final = ("kind", "subject", "filters", "format")


class ExportsUnderWay(Conflict):
    """One person's files wait for each other, so that others' work does not wait for them."""

    code = "exports_under_way"


class ExportsFull(Conflict):
    """A file is kept for a day, and one person has room for so many."""

    code = "exports_full"


def readable_lists(deps: Dependencies, actor: Actor) -> list[ListView]:
    """Return the lists that the actor may read somewhere; where, each decides itself."""
    return [
        views.list_view(each)
        for each in deps.features.lists.values()
        if each.needs is None or actor.places(each.needs)
    ]


async def ask_for_list(deps: Dependencies, actor: Actor, wish: ExportList) -> ExportView:
    """Ask for a list as a spreadsheet.

    Raises what the list itself raises; NotFound, BadSubject, BadFilters for no such list.
    """
    found = lists.get(deps, wish.list)
    subject = lists.subject_of(found, wish.subject or "")
    await lists.require_readable(deps, actor, found, subject, wish.filters)
    place = await found.place_of(deps, actor, subject)
    where = (await places.addresses(deps, [place])).get(place, "") if found.subject else ""
    name = "-".join(part for part in (found.title, where, deps.today()) if part)
    return await ask(
        deps,
        actor,
        Export(
            id=deps.new_id(),
            person=actor.person_id,
            kind=lists.kind_of(found),
            title=found.title,
            subject=subject,
            filters=dict(wish.filters),
            filename=f"{name}.{wish.format.value}",
            content_type=CONTENT_TYPES[wish.format],
            format=wish.format,
            created_at=deps.now(),
            expires_at=deps.now() + KEPT,
        ),
        place=place,
    )


async def ask(
    deps: Dependencies, actor: Actor, export: Export, *, place: str = audit.NOWHERE
) -> ExportView:
    """Ask for a file; its feature writes it (Feature.exports).

    The same that is being written already is not written twice. Raises ExportsUnderWay,
    ExportsFull.
    """
    about = {"place": place, **_facts(export, place)}

    async def save(tx: Transaction) -> Export:
        await people.require_open(deps, tx, actor.person_id)
        waiting = await store.under_way(deps.db, tx, actor.person_id)
        same = next((each for each in waiting if _is_same(each, export)), None)
        act = TABLE.act(ExportAction.ASK)
        if same is not None:
            await audit.record(deps, tx, actor, act, subject=same.id, **about, again=True)
            return same
        if len(waiting) >= MOST_UNDER_WAY:
            raise ExportsUnderWay("前面的文件还在生成,请稍等再导出")
        if await store.count_of(deps.db, tx, actor.person_id) >= MOST_KEPT:
            raise ExportsFull("一天里导出的文件太多了,请明天再试")
        await store.insert(deps.db, tx, export)
        await jobs.enqueue(deps, tx, JOB, export.id, export_id=export.id)
        await audit.record(deps, tx, actor, act, subject=export.id, **about)
        return export

    asked = await deps.in_transaction(save)
    return views.view(asked)


def _facts(export: Export, place: str) -> dict[str, Any]:
    """Return what the audit keeps of a file: of filters their names, as people type values."""
    facts: dict[str, Any] = {"kind": export.kind}
    if lists.name_in(export.kind):
        facts["format"] = export.format.value
    if export.subject != place:
        facts["of"] = export.subject
    if export.filters:
        facts["filters"] = sorted(export.filters)
    return facts


def _is_same(one: Export, other: Export) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in SAME)


async def get(deps: Dependencies, actor: Actor, export_id: str) -> ExportView:
    """Return how far a file of the actor's is, with its link.

    Raises NotFound; ConfirmationNeeded for one's own data; what the list raises for who may not
    read it any more.
    """
    found = accessible(
        actor,
        await store.find(deps.db, export_id),
        people=lambda export: [export.person],
        missing=missing().message,
    )
    if found.asks_again:
        require_fresh(actor, deps.now())
    shown = views.view(found)
    if found.state is ExportState.READY:
        if name := lists.name_in(found.kind):
            still = lists.get(deps, name)
            await lists.require_readable(deps, actor, still, found.subject, found.filters)
        elif is_still := deps.features.export_access.get(found.kind):
            await is_still(deps, actor, found)
        shown.url, shown.url_expires_at = LINK.sign(deps.vault, found.id, deps.now())
    return shown


async def listing(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[ExportView]:
    """Return the actor's files, the newest first."""
    return (await store.of_person(deps.db, actor.person_id, query)).map(views.view)


async def hand_out(deps: Dependencies, export_id: str, expires: str, signature: str) -> File:
    """Return a file to whoever has its link. Raises NotFound otherwise."""
    if not LINK.is_good(deps.vault, export_id, expires, signature, deps.now()):
        raise missing()
    found = await store.find(deps.db, export_id)
    if found is None or found.state is not ExportState.READY or found.expires_at <= deps.now():
        raise missing()
    content = await files.content_of(deps, found)
    return File(content, found.content_type, found.filename)
