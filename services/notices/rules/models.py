"""Rules of a place for its notices: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.paths import PlacePath

Hour = Annotated[int, Meta(ge=0, le=23)]


class NoticeRules(Struct, kw_only=True):
    """Rules of a place, and of all below it that has none of its own.

    `second_eyes`: somebody else than the author approves. `quiet_from`, `quiet_to`: hours of
    Beijing in which nothing ordinary is pushed; the same for none.
    """

    id: str = field(name="_id")  # the place
    second_eyes: bool = False
    quiet_from: int = 22
    quiet_to: int = 7
    set_by: str = ""
    set_at: datetime | None = None


class SetNoticeRules(Struct, forbid_unknown_fields=True, kw_only=True):
    """Rules for the notices of a place.

    `second_eyes`: Whether somebody else than the author has to approve a notice.
    `quiet_from`: Hour of Beijing from which nothing ordinary is pushed, e.g. 22.
    `quiet_to`: Hour until which nothing ordinary is pushed; the same as the first for none.
    """

    second_eyes: bool
    quiet_from: Hour = 22
    quiet_to: Hour = 7


class NoticeRulesView(Struct, kw_only=True):
    """Rules that hold for the notices of a place.

    `place`: Path of the place.
    `set_for`: Path of the place they were made for, this one or above; null where none were.
    `second_eyes`: Whether somebody else than the author has to approve a notice.
    `quiet_from`: Hour of Beijing from which nothing ordinary is pushed.
    `quiet_to`: Hour until which nothing ordinary is pushed; the same as the first for none.
    """

    place: PlacePath
    set_for: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng"])] | None
    second_eyes: bool
    quiet_from: int
    quiet_to: int
