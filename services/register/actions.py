"""Imports of homes and the people in them: listed, confirmed, undone, discarded."""

from typing import Final

from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.documents import Document
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places import imports
from services.register import corrections, preview, states, store, views
from services.register.chunks import actions as chunks
from services.register.models import (
    ConfirmImport,
    Difference,
    DifferencesQuery,
    Import,
    ImportsQuery,
    ImportView,
    ProblemsQuery,
)
from services.register.sheet.models import RowProblem
from services.register.states import JOB_OF, TABLE, Action, State
from services.residencies import actions as residencies

AT_THE_START: Final = {"done": 0, "mark": ""}


class ProblemCount(Struct, frozen=True, kw_only=True):
    """Number of problems of the file.

    `count`: Number of the errors or warnings.
    """

    count: int


class HasErrors(errors.Conflict):
    """The file has errors, which stop an import; `count` in details."""

    code = "register_has_errors"
    details_type = ProblemCount


class HasWarnings(errors.Conflict):
    """The file has warnings: confirm once more with accept_warnings; `count` in details."""

    code = "register_has_warnings"
    details_type = ProblemCount


class Busy(errors.Conflict):
    """Another import of the compound is being written or undone."""

    code = "register_busy"


class InUse(errors.Conflict):
    """A home of the import has a bill or somebody who claimed it."""

    code = "register_in_use"


async def access(deps: Dependencies, actor: Actor, import_id: str) -> Import:
    """Return an import of a compound the actor imports for. Raises NotFound otherwise."""
    return accessible(
        actor,
        await store.find(deps.db, import_id),
        Permission.IMPORT_REGISTER,
        at=lambda found: found.place,
        missing="没有找到这次导入",
    )


async def get(deps: Dependencies, actor: Actor, import_id: str) -> ImportView:
    """One import of a compound the actor imports for. Raises NotFound."""
    return views.view(await access(deps, actor, import_id))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: ImportsQuery
) -> Page[ImportView]:
    """Imports of a compound, newest first unless asked otherwise."""
    await places.access_place(deps, actor, place, Permission.IMPORT_REGISTER)
    return (await store.page(deps.db, place, query)).map(views.view)


async def place_of(deps: Dependencies, actor: Actor, import_id: str) -> str:
    """Return the compound of an import. Raises NotFound."""
    return (await access(deps, actor, import_id)).place


async def problems(
    deps: Dependencies, actor: Actor, import_id: str, query: ProblemsQuery
) -> Page[RowProblem]:
    """Problems of an import's file. Ten thousand of each severity are kept."""
    found = await access(deps, actor, import_id)
    return await store.problems_of(deps.db, found.run, query)


async def differences(
    deps: Dependencies, actor: Actor, import_id: str, query: DifferencesQuery
) -> Page[Difference]:
    """Homes that the file has otherwise than they are, in its order.

    None before the preview is there, and none once the rows are written.
    """
    found = await access(deps, actor, import_id)
    if found.state is not State.PREVIEWED:
        if query.cursor:  # a list that was begun does not just end
            raise states.moved_on(found.state)
        return Page([])
    return await corrections.page(deps, found, query)


async def confirm(
    deps: Dependencies, actor: Actor, import_id: str, request: ConfirmImport
) -> ImportView:
    """Promise to write what the preview showed.

    Raises WrongState, HasErrors, HasWarnings, BadFirstDay, NoSuchDifference, OwnHome, Busy.
    """
    found = await access(deps, actor, import_id)
    states.require(found.state, Action.CONFIRM)
    if found.counts.errors:
        raise HasErrors("还有错误,请改好文件后重新上传", count=found.counts.errors)
    if found.counts.warnings and not request.accept_warnings:
        raise HasWarnings("有提醒,请看过后再确认", count=found.counts.warnings)
    changes: Document = {
        "confirmed_at": deps.now(),
        "total": found.counts.homes,
        **AT_THE_START,
    }
    changes["confirmed_by"] = actor.person_id
    if request.corrections is not None:
        changes |= await corrections.accept(deps, actor, found, request.corrections)
    await _move(deps, actor, found, Action.CONFIRM, changes)
    return views.view(await store.get(deps.db, import_id))


async def undo(deps: Dependencies, actor: Actor, import_id: str) -> ImportView:
    """Promise to take back what an import made. Raises WrongState, InUse, Busy."""
    found = await access(deps, actor, import_id)
    states.require(found.state, Action.UNDO)
    added = found.counts.new_homes - found.counts.left_out_homes
    if found.counts.corrected_homes and not added:
        raise InUse("这次导入只更正了已登记的房屋,要改回请逐户更正")
    used = await imports.any_used(deps, found.id, found.place)
    if used or await residencies.any_bound_from(deps, found.id, found.place):
        raise InUse("已经有账单或有人认领了房屋,不能撤回")
    changes = {"total": added, **AT_THE_START}
    await _move(deps, actor, found, Action.UNDO, changes)
    return views.view(await store.get(deps.db, import_id))


async def discard(deps: Dependencies, actor: Actor, import_id: str) -> ImportView:
    """Discard an import that was not confirmed, and delete its file and rows.

    Raises WrongState.
    """
    found = await access(deps, actor, import_id)
    states.require(found.state, Action.DISCARD)
    await _move(deps, actor, found, Action.DISCARD, {})
    await preview.discard(deps, found)
    await chunks.remove_file(deps, found.file_id)
    return views.view(await store.get(deps.db, import_id))


async def _move(
    deps: Dependencies, actor: Actor, found: Import, action: Action, changes: Document
) -> None:
    """Move an import for a person and promise the work, once. Raises Busy, WrongState."""

    async def save(tx: Transaction) -> None:
        if not await store.move(deps.db, found, action, tx=tx, **changes):
            now = await store.get(deps.db, found.id, tx=tx)
            raise states.moved_on(now.state)
        if action in JOB_OF:
            kind, run = JOB_OF[action], found.run
            await jobs.enqueue(deps, tx, kind, run, import_id=found.id, run=run)
        corrected = changes.get("accepted_count", 0)
        await _note(deps, tx, actor, action, found, corrected=corrected)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise Busy("这个小区有另一次导入正在进行,请稍后再试") from None


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    action: Action,
    found: Import,
    *,
    corrected: int,
) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        TABLE.act(action),
        place=found.place,
        subject=found.id,
        homes=found.counts.homes,
        new_homes=found.counts.new_homes,
        people=found.counts.people,
        corrections=corrected,
    )
