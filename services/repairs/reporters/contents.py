"""Contents of a report: what was typed is sealed, and what is attached belongs to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.cases import history
from services.content_checks import actions as content_checks
from services.content_checks.states import CheckState, is_visible
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, phones
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.repairs import store
from services.repairs.models import (
    ACCESS,
    NAME,
    PHONE,
    TEXT,
    Part,
    Repair,
    Wish,
    WishTime,
)

FARTHEST: Final = timedelta(days=30)  # the deadline waits for it, as long as a pause may last
KIND: Final = "repair"  # of what is checked: Feature.checked
# Of the report, of all that was added and of the work; each at most MOST_PHOTOS at once.
MOST_ATTACHED: Final = 60
SEALS: Final = {"name": NAME, "phone": PHONE, "access": ACCESS}


class BadWish(errors.InvalidInput):
    """The time in which the repairer shall come ends before it begins, is over, or far off."""

    code = "repair_bad_wish"


class TooManyPhotos(errors.Conflict):
    """More is attached than a repair may have; `most` in details."""

    code = "repair_too_many_photos"
    details_type = errors.Most


def wish(asked: WishTime | None, now: datetime) -> Wish | None:
    """Return when somebody is there. Raises BadWish."""
    if asked is None:
        return None
    if asked.ends <= asked.begins or asked.ends <= now:
        raise BadWish("上门时间不对,请重新选择")
    if asked.ends > now + FARTHEST:
        raise BadWish("上门时间请选30天以内")
    return Wish(begins=asked.begins, ends=asked.ends)


def words(deps: Dependencies, repair: Repair, text: str) -> Document:
    """Return what keeps the words of a report: of a home they are sealed."""
    if repair.part is Part.HOME:
        return {"text_sealed": TEXT.seal(deps.vault, repair.id, text)}
    return {"text": text}


def sealed(deps: Dependencies, repair_id: str, **typed: str | None) -> Document:
    """Return the sealed fields of what was typed: `name`, `phone`, `access`; "" for nothing."""
    if phone := typed.get("phone"):
        typed["phone"] = phones.normalise(phone)
    return {
        f"{name}_sealed": SEALS[name].seal(deps.vault, repair_id, value) if value else ""
        for name, value in typed.items()
    }


async def require_room(
    deps: Dependencies, tx: Transaction, repair: Repair, more: Sequence[str]
) -> None:
    """Raise TooManyPhotos for more than a repair may have, in the step that attaches it."""
    if not more:
        return
    later = await history.count_photos(deps, tx, repair.id)
    if len(repair.photo_ids) + later + len(more) > MOST_ATTACHED:
        raise TooManyPhotos(f"照片和录音最多{MOST_ATTACHED}个,请用文字说明", most=MOST_ATTACHED)


async def attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    repair: Repair,
    photo_ids: list[str],
    *,
    owner: str | None = None,
) -> None:
    """Attach photos of the actor to a repair. Raises NotFound for any other.

    `owner`: whose they are then; "" for nobody's, of who works on it.
    """
    if photo_ids:
        await photos.attach(
            deps,
            tx,
            actor,
            photo_ids,
            subject=repair.id,
            place=repair.place,
            needs=Permission.WORK_ON_REPAIRS,
            owner=owner,
            purposes={PhotoPurpose.CASE},
        )


# Content checks: neighbours read what somebody wrote about common parts once it was checked


async def submit(deps: Dependencies, tx: Transaction, author: str, repair: Repair) -> None:
    """Have the words and photos of a report checked before neighbours see them.

    Those of a home are seen by its household and whoever works on it, and by nobody else. A
    version that was submitted before is void.
    """
    if repair.part is Part.COMMON:
        await content_checks.submit(
            deps,
            tx,
            author=author,
            subject=f"{KIND}:{repair.id}",
            place=repair.place,
            text=repair.text,
            photos=repair.photo_ids,
        )


async def note_verdict(
    deps: Dependencies, tx: Transaction, repair_id: str, state: CheckState
) -> None:
    """Show the words and photos of a report to neighbours when they passed.

    Of others they see category and place; the work goes on all the same.
    """
    if is_visible(state):
        await store.show_text(deps.db, tx, repair_id)


async def about(deps: Dependencies, repair_ids: Sequence[str]) -> dict[str, str]:
    """Return repair → what people call it, for those who judge its words."""
    found = await store.find_many(deps.db, repair_ids)
    return {repair.id: f"报修{repair.number}的说明" for repair in found}


CHECKED: Final = {KIND: note_verdict}
CHECKED_ABOUT: Final = {KIND: about}
