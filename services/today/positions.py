"""Positions in the list of what a head has to do: the one rule that orders all kinds.

What is overdue, what ends today, the rest; then the weight of the kind, the end, the name of
the kind, the key. Within one kind that is the order of end and key, in which each kind is read:
so a page is a merge of the kinds, and where each goes on follows from where the page ended.

The instant by which entries are overdue is that of the first page, and stands in the cursor: no
entry changes its position between two pages only because time has passed.
"""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from services.kernel.days import FIRST_DAY, day_of, end_of, start_of
from services.kernel.errors import InvalidInput
from services.kernel.pages import BAD_CURSOR, Count, Key, Keyset
from services.kernel.today import NO_END, Entry, Part, TodayKind

MOMENT: Final = timedelta(milliseconds=1)  # MongoDB's instants are no finer
# So long somebody may take from one page to the next.
CURSOR_LASTS: Final = timedelta(days=1)
FIRST_END: Final = start_of(FIRST_DAY)


class Band(IntEnum):
    OVERDUE = 0
    BY_MIDNIGHT = 1
    LATER = 2


class Position(NamedTuple):
    """Position of an entry; positions sort as the entries do."""

    band: int
    weight: int
    due: datetime
    kind: str
    key: str


KEYSET: Final = Keyset(
    Key("at", kind=datetime),
    Key("band", kind=Count),
    Key("weight", kind=Count),
    Key("due", kind=datetime),
    Key("kind"),
    Key("key"),
)


class Order(Struct, frozen=True):
    """Order of the entries at an instant."""

    now: datetime

    @property
    def after_midnight(self) -> datetime:
        """The first instant that is not today any more; what ends at midnight ends today."""
        return end_of(day_of(self.now)) + MOMENT

    def band(self, due: datetime) -> Band:
        if due < self.now:
            return Band.OVERDUE
        return Band.BY_MIDNIGHT if due < self.after_midnight else Band.LATER

    def position(self, kind: TodayKind, entry: Entry) -> Position:
        due, key = entry.position
        return Position(self.band(due), kind.weight, due, kind.name, key)

    def _begin(self, band: int) -> datetime:
        """Return the first end of a band that has others before it."""
        return self.now if band == Band.BY_MIDNIGHT else self.after_midnight

    def follows(self, kind: TodayKind, last: Position | None, part: Part) -> Part | None:
        """Return the part of a kind that follows on an entry, of any kind; None for none.

        `last`: None where all of the part is still to come. No key is empty, so what ends at an
        instant lies behind that instant and no key.
        """
        if last is None:
            return part
        if kind.weight == last.weight:
            later = MOMENT if kind.name < last.kind else timedelta()
            is_own = kind.name == last.kind
            behind = (last.due, last.key) if is_own else (last.due + later, "")
            return msgspec.structs.replace(part, after=behind)
        band = last.band if kind.weight > last.weight else last.band + 1
        if band == Band.OVERDUE:
            return part
        if band > Band.LATER:
            return None
        return msgspec.structs.replace(part, after=(self._begin(band), ""))


def write(order: Order, last: Position) -> str:
    """Return the cursor behind an entry."""
    return KEYSET.write({"at": order.now, **last._asdict()})


def read(cursor: str | None, now: datetime) -> tuple[Order, Position | None]:
    """Return the order of a list and the entry behind which a page begins; None for the first.

    Raises InvalidInput for none of our cursors, and for one of a day ago.
    """
    values = KEYSET.read(cursor)
    if values is None:
        return Order(now), None
    at, band, *rest = values
    last = Position(band, *rest)
    is_ours = band in {*Band} and FIRST_END <= last.due <= NO_END
    if not is_ours or not now - CURSOR_LASTS <= at <= now:
        raise InvalidInput(BAD_CURSOR)
    return Order(at), last
