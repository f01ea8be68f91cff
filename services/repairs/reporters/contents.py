"""Contents of a report: what was typed is sealed, and what is attached belongs to it."""

from datetime import datetime
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel import errors, phones
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.photos import actions as photos
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

SEALS: Final = {"name": NAME, "phone": PHONE, "access": ACCESS}


class BadWish(errors.InvalidInput):
    """The time in which the repairer shall come ends before it begins, or is over."""

    code = "repair_bad_wish"


def wish(asked: WishTime | None, now: datetime) -> Wish | None:
    """Return when somebody is there. Raises BadWish."""
    if asked is None:
        return None
    if asked.ends <= asked.begins or asked.ends <= now:
        raise BadWish("上门时间不对,请重新选择")
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


async def attach(
    deps: Dependencies, tx: Transaction, actor: Actor, repair: Repair, photo_ids: list[str]
) -> None:
    """Attach photos of the actor to a repair. Raises NotFound for any other."""
    if photo_ids:
        await photos.attach(
            deps,
            tx,
            actor,
            photo_ids,
            subject=repair.id,
            place=repair.place,
            needs=Permission.WORK_ON_REPAIRS,
        )
