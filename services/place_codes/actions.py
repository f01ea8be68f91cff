"""Actions on place codes: made and ended by who looks after a place, read by who stands there.

Such a code tells its reader a place and nothing of the people there; it opens nothing.
"""

import secrets
from typing import Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.pages import Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.place_codes import store, views
from services.place_codes.models import (
    PLACES,
    TOKEN,
    TOKEN_BYTES,
    NewPlaceCode,
    PlaceCode,
    PlaceCodesQuery,
    PlaceCodeView,
    ScannedCode,
    token_index,
)
from services.place_codes.states import TABLE, PlaceCodeAction, PlaceCodeEnded
from services.places import actions as places

UNKNOWN: Final = "这个码已经失效,请直接填写地址,或联系社区"


class PlaceCodeUnknown(errors.NotFound):
    """No code in use has this token: it was never printed, was renewed, or has ended."""

    code = "place_code_unknown"


class PlaceCodeWrongPlace(errors.InvalidInput):
    """Codes hang at a compound, a building or a unit, not at a home and not above."""

    code = "place_code_wrong_place"


class PlaceCodeExists(errors.Conflict):
    """A thing of this kind and label has a code in use at this place already."""

    code = "place_code_exists"


async def add(
    deps: Dependencies, actor: Actor, place: str, wish: NewPlaceCode
) -> PlaceCodeView:
    """Make a code. Raises NotFound, PlaceCodeWrongPlace, PlaceCodeExists."""
    found = await places.access_place(deps, actor, place, Permission.MANAGE_CODES)
    if found.kind not in PLACES:
        raise PlaceCodeWrongPlace("报修码请贴在小区、楼栋或单元,不要贴在住户家")
    code = _draft(deps, actor, place, wish)

    async def save(tx: Transaction) -> None:
        if not await places.use(deps, [place], tx=tx):
            raise errors.NotFound("没有找到这个地方")
        await store.insert(deps.db, tx, code)
        about = {"place": place, "subject": code.id, "kind": code.kind}
        await audit.record(deps, tx, actor, Act.PLACE_CODE_ADDED, **about)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise PlaceCodeExists("这里已经有同名的报修码,请换个名称或停用旧码") from None
    return await views.view(deps, code)


def _draft(deps: Dependencies, actor: Actor, place: str, wish: NewPlaceCode) -> PlaceCode:
    code_id = deps.new_id()
    return PlaceCode(
        id=code_id,
        place=place,
        kind=wish.kind,
        label=wish.label,
        suggests=wish.suggests,
        **_drawn(deps, code_id),
        open_key=f"{place}|{wish.kind}|{wish.label}",
        added_by=actor.person_id,
        added_at=deps.now(),
    )


def _drawn(deps: Dependencies, code_id: str) -> Document:
    """Return what is kept of a new token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return {
        "token_index": token_index(deps.vault, token),
        "token_sealed": TOKEN.seal(deps.vault, code_id, token),
    }


async def renew(deps: Dependencies, actor: Actor, code_id: str) -> PlaceCodeView:
    """Give a code another token: the sheets printed before lead nowhere from now on.

    Raises NotFound, PlaceCodeEnded.
    """
    changes = _drawn(deps, code_id) | {"renewed_by": actor.person_id, "renewed_at": deps.now()}
    return await _move(deps, actor, code_id, PlaceCodeAction.RENEW, changes)


async def end(deps: Dependencies, actor: Actor, code_id: str) -> PlaceCodeView:
    """End a code: its sheets lead nowhere. Raises NotFound, PlaceCodeEnded."""
    changes = {"ended_by": actor.person_id, "ended_at": deps.now()}
    return await _move(deps, actor, code_id, PlaceCodeAction.END, changes)


async def _move(
    deps: Dependencies, actor: Actor, code_id: str, action: PlaceCodeAction, changes: Document
) -> PlaceCodeView:
    async def save(tx: Transaction) -> PlaceCode:
        found = await _access(deps, tx, actor, code_id)
        moved = await store.move(deps.db, tx, found.id, action, changes)
        if moved is None:
            raise PlaceCodeEnded("这个报修码已经停用")
        about = {"place": found.place, "subject": found.id}
        await audit.record(deps, tx, actor, TABLE.act(action), **about)
        return moved

    return await views.view(deps, await deps.in_transaction(save))


async def _access(deps: Dependencies, tx: Transaction, actor: Actor, code_id: str) -> PlaceCode:
    code = await store.find(deps.db, code_id, tx=tx)
    return accessible(
        actor,
        code,
        Permission.MANAGE_CODES,
        at=lambda code: code.place,
        missing="没有找到这个报修码",
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: PlaceCodesQuery
) -> Page[PlaceCodeView]:
    """Codes at a place and below it, by place unless asked otherwise. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.MANAGE_CODES)
    page = await store.page(deps.db, place, query)
    return page.of(await views.views(deps, page.items))


async def scanned_at(deps: Dependencies, token: str, place: str) -> str:
    """Return the id of the code that was scanned for a report about a place.

    It hangs there or above: PlaceCodeUnknown for one of elsewhere, too.
    """
    code = await store.find_by_token(deps.db, token_index(deps.vault, token))
    if code is None or not covers(code.place, place):
        raise PlaceCodeUnknown(UNKNOWN)
    return code.id


async def get_scanned(deps: Dependencies, token: str) -> ScannedCode:
    """Return what a token stands for, for whoever scanned it. Raises PlaceCodeUnknown."""
    code = await store.find_by_token(deps.db, token_index(deps.vault, token))
    if code is None:
        raise PlaceCodeUnknown(UNKNOWN)
    return await views.scanned(deps, code)
