"""Imports of homes and the people in them: upload, preview, confirmation, undo."""

import hashlib
from datetime import datetime
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs_actions
from services.kernel import errors
from services.kernel.documents import encode
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places import store as places_store
from services.places.models import Kind
from services.register import jobs, preview, store
from services.register.chunks import actions as chunks
from services.register.models import Confirm, Import, ImportView, Progress
from services.register.sheet.file_type import check_file_type
from services.register.sheet.models import RowProblem, Severity
from services.register.sheet.problems import Refused
from services.register.states import TRANSITIONS, Action
from services.residencies import actions as residencies

MOST_BYTES: Final = 20 * 1024 * 1024
ID_BYTES: Final = 16
ID_LENGTH: Final = 26
ACT_OF: Final = {
    Action.CONFIRM: Act.REGISTER_CONFIRMED,
    Action.UNDO: Act.REGISTER_UNDONE,
    Action.DISCARD: Act.REGISTER_DISCARDED,
}
JOB_OF: Final = {Action.CONFIRM: jobs.APPLY, Action.UNDO: jobs.UNDO}
AT_THE_START: Final = {"done": 0, "mark": ""}


class NotACompound(errors.InvalidInput):
    code = "register_not_a_compound"


class FileRefused(errors.InvalidInput):
    """The refusal's own code (register_old_xls, register_encrypted) is `reason` in details."""

    code = "register_file_refused"


class WrongState(errors.Conflict):
    """Somebody was first, or it is too early: look at the import again."""

    code = "register_wrong_state"


class HasErrors(errors.Conflict):
    code = "register_has_errors"


class HasWarnings(errors.Conflict):
    """Confirm once more with accept_warnings."""

    code = "register_has_warnings"


class Busy(errors.Conflict):
    """Another import of the compound is being written or undone."""

    code = "register_busy"


class InUse(errors.Conflict):
    """A home of the import has a bill or somebody who claimed it."""

    code = "register_in_use"


async def upload(deps: Dependencies, actor: Actor, place: str, content: bytes) -> ImportView:
    """Take a file in and promise to read it. The same file again is the same import.

    A file whose import was discarded, undone or could not be read starts anew.
    """
    compound = await places.access_place(deps, actor, place, Permission.IMPORT_REGISTER)
    if compound.kind is not Kind.COMPOUND:
        raise NotACompound("请选择一个小区再导入")
    if len(content) > MOST_BYTES:
        raise errors.TooLarge("文件太大,最多 20 MB,请删去图片后再试")
    try:
        check_file_type(content)
    except Refused as refused:
        reason = refused.refusal
        raise FileRefused(reason.message, reason=reason.code) from None
    fresh = _fresh(deps, actor, place, content)
    earlier = await store.find(deps.db, fresh.id)
    if earlier is not None:
        if earlier.state not in TRANSITIONS[Action.UPLOAD][0]:
            again = {"place": place, "subject": earlier.id}
            await audit.record_again(deps, actor, Act.REGISTER_UPLOADED, **again)
            return view(earlier)
        fresh.round = earlier.round + 1
    await chunks.keep_file(deps, fresh, content)
    await _begin(deps, actor, earlier, fresh)
    return view(await _find(deps, fresh.id))


def _fresh(deps: Dependencies, actor: Actor, place: str, content: bytes) -> Import:
    key = f"{place}|{hashlib.sha256(content).hexdigest()}".encode()
    number = int.from_bytes(hashlib.sha256(key).digest()[:ID_BYTES])
    return Import(
        id=encode(number, ID_LENGTH),
        place=place,
        size_bytes=len(content),
        uploaded_by=actor.person_id,
        uploaded_at=deps.now(),
    )


async def _begin(
    deps: Dependencies, actor: Actor, earlier: Import | None, fresh: Import
) -> None:
    async def save(tx: Transaction) -> None:
        if earlier is None:
            begun = await store.insert(deps.db, fresh, tx)
        else:
            begun = await store.restart(deps.db, earlier, fresh, tx)
        if begun:
            number = fresh.round
            key = f"{fresh.id}:{number}"
            await jobs_actions.enqueue(
                deps, tx, preview.READ, key, import_id=fresh.id, round=number
            )
        facts = {"size_bytes": fresh.size_bytes, "again": not begun}
        await _note(deps, tx, actor, Act.REGISTER_UPLOADED, fresh, **facts)

    await deps.in_transaction(save)
    await jobs_actions.wake(deps)


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, found: Import, **facts: Any
) -> None:
    await audit.record(deps, tx, actor, act, place=found.place, subject=found.id, **facts)


async def _find(deps: Dependencies, import_id: str) -> Import:
    found = await store.find(deps.db, import_id)
    if found is None:
        raise errors.NotFound("没有找到这次导入")
    return found


async def access_import(deps: Dependencies, actor: Actor, import_id: str) -> Import:
    """Return an import of a compound the actor imports for. NotFound otherwise."""
    found = await _find(deps, import_id)
    require_at(actor, Permission.IMPORT_REGISTER, found.place)
    return found


async def listing(
    deps: Dependencies,
    actor: Actor,
    place: str,
    *,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[ImportView]:
    """Imports of a compound, newest first."""
    await places.access_place(deps, actor, place, Permission.IMPORT_REGISTER)
    found = await store.of_compound(deps.db, place, before=before, limit=limit)
    return [view(one) for one in found]


async def problems(
    deps: Dependencies,
    actor: Actor,
    import_id: str,
    *,
    severity: Severity | None,
    after: str,
    limit: int,
) -> list[RowProblem]:
    """What is wrong with the file, by row. Ten thousand of each severity are kept."""
    found = await access_import(deps, actor, import_id)
    return await store.problems_of(deps.db, found.run, severity, after=after, limit=limit)


async def confirm(
    deps: Dependencies, actor: Actor, import_id: str, request: Confirm
) -> ImportView:
    """Promise to write what the preview showed."""
    found = await access_import(deps, actor, import_id)
    _require_state(found, Action.CONFIRM)
    if found.counts.errors:
        raise HasErrors("还有错误,请改好文件后重新上传", count=found.counts.errors)
    if found.counts.warnings and not request.accept_warnings:
        raise HasWarnings("有提醒,请看过后再确认", count=found.counts.warnings)
    changes = {"confirmed_at": deps.now(), "total": found.counts.homes, **AT_THE_START}
    await _move(deps, actor, found, Action.CONFIRM, changes)
    return view(await _find(deps, import_id))


async def undo(deps: Dependencies, actor: Actor, import_id: str) -> ImportView:
    """Promise to take back what an import made. Refused once something hangs on it."""
    found = await access_import(deps, actor, import_id)
    _require_state(found, Action.UNDO)
    used = await places_store.any_used(deps.db, found.id, found.place)
    if used or await residencies.any_bound_from(deps.db, found.id, found.place):
        raise InUse("已经有账单或有人认领了房屋,不能撤回")
    changes = {"total": found.counts.new_homes, **AT_THE_START}
    await _move(deps, actor, found, Action.UNDO, changes)
    return view(await _find(deps, import_id))


async def discard(deps: Dependencies, actor: Actor, import_id: str) -> ImportView:
    """Give up an import before it is confirmed; what was read of it is deleted."""
    found = await access_import(deps, actor, import_id)
    _require_state(found, Action.DISCARD)
    await _move(deps, actor, found, Action.DISCARD, {})
    await preview.discard(deps, found)
    await chunks.remove_file(deps, found)
    return view(await _find(deps, import_id))


async def _move(
    deps: Dependencies, actor: Actor, found: Import, action: Action, changes: dict[str, object]
) -> None:
    """Move an import on for a person and promise the work, once. Raises Busy, WrongState."""
    counts = found.counts
    facts = {"homes": counts.homes, "new_homes": counts.new_homes, "people": counts.people}

    async def save(tx: Transaction) -> None:
        if not await store.move(deps.db, found, action, tx, **changes):
            raise _was_first(found)
        if action in JOB_OF:
            kind, run = JOB_OF[action], found.run
            await jobs_actions.enqueue(deps, tx, kind, run, import_id=found.id, run=run)
        await _note(deps, tx, actor, ACT_OF[action], found, **facts)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise Busy("这个小区有另一次导入正在进行,请稍后再试") from None
    await jobs_actions.wake(deps)


def _require_state(found: Import, action: Action) -> None:
    if found.state not in TRANSITIONS[action][0]:
        raise _was_first(found)


def _was_first(found: Import) -> WrongState:
    return WrongState("这次导入的状态已经变化,请刷新后再看", state=found.state)


def view(found: Import) -> ImportView:
    return ImportView(
        import_id=found.id,
        place=found.place,
        state=found.state,
        progress=Progress(found.done, found.total),
        counts=found.counts,
        columns=found.columns,
        refusal=found.refusal,
        uploaded_at=found.uploaded_at,
        confirmed_at=found.confirmed_at,
    )
