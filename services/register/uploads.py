"""Uploads of a register: the file is kept, and a job to read it is promised."""

import hashlib
from typing import Final

from msgspec import Struct

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.documents import encode
from services.kernel.permissions import Actor
from services.places import actions as places
from services.places.models import Kind
from services.register import store, views
from services.register.chunks import actions as chunks
from services.register.models import Import, ImportView
from services.register.sheet.file_type import check_file_type
from services.register.sheet.problems import Refused
from services.register.states import JOB_OF, TABLE, Action

MOST_BYTES: Final = 20 * 1024 * 1024
ID_BYTES: Final = 16
ID_LENGTH: Final = 26


class NotACompound(errors.InvalidInput):
    """A register is of one compound, and this place is none."""

    code = "register_not_a_compound"


class FileRefusedDetails(Struct, frozen=True, kw_only=True):
    """Why the file cannot be read.

    `reason`: Stable code of the refusal, e.g. `register_old_xls`.
    """

    reason: str


class FileRefused(errors.InvalidInput):
    """The file is no workbook; `reason` in details, e.g. register_old_xls."""

    code = "register_file_refused"
    details_type = FileRefusedDetails


async def upload(deps: Dependencies, actor: Actor, place: str, content: bytes) -> ImportView:
    """Import of an uploaded file, to be read by a job. The same file is the same import.

    A file whose import was discarded, undone or could not be read starts anew. Raises
    NotACompound, FileRefused, TooLarge.
    """
    compound = await places.access_place(deps, actor, place, TABLE.needs(Action.UPLOAD))
    if compound.kind is not Kind.COMPOUND:
        raise NotACompound("请选择一个小区再导入")
    _check(content)
    fresh = _fresh(deps, actor, place, content)
    earlier = await store.find(deps.db, fresh.id)
    if earlier is not None:
        if not TABLE.find(earlier.state, Action.UPLOAD):
            again = {"place": place, "subject": earlier.id}
            await audit.record_again(deps, actor, TABLE.act(Action.UPLOAD), **again)
            return views.view(earlier)
        fresh.round = earlier.round + 1
    await chunks.keep_file(deps, fresh.file_id, content)
    await _begin(deps, actor, earlier, fresh)
    return views.view(await store.get(deps.db, fresh.id))


def _check(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise errors.TooLarge("文件太大,最多 20 MB,请删去图片后再试")
    try:
        check_file_type(content)
    except Refused as refused:
        reason = refused.refusal
        raise FileRefused(reason.message, reason=reason.code) from None


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
            begun = await store.insert(deps.db, tx, fresh)
        else:
            begun = await store.restart(deps.db, tx, earlier, fresh)
        if begun:
            kind, number = JOB_OF[Action.UPLOAD], fresh.round
            key, import_id = fresh.file_id, fresh.id
            await jobs.enqueue(deps, tx, kind, key, import_id=import_id, round=number)
        await audit.record(
            deps,
            tx,
            actor,
            TABLE.act(Action.UPLOAD),
            place=fresh.place,
            subject=fresh.id,
            size_bytes=fresh.size_bytes,
            again=not begun,
        )

    await deps.in_transaction(save)
