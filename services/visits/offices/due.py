"""What is due of a collection that bears keepers and ends, for the heads' list of the day.

The conditions of its queries: `home`, `keeper` and `due_at` are the fields of each, and its
partial indexes `due` and `due_under` serve them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.kernel.documents import Document
from services.kernel.pages import Key, Keyset
from services.kernel.paths import under
from services.kernel.today import Part
from services.visits.offices import keepers

BY_DUE: Final = Keyset(Key("due_at", kind=datetime), Key())


def within(
    mine: Sequence[str], part: Part, *, until: datetime, apart: Collection[str]
) -> Document:
    """Return the condition for a part of what is due until an instant.

    `mine`: tokens of the actor's keepers. `apart`: homes that are left out: the head's own.
    """
    others: Document = {"home": {"$nin": sorted(apart)}} if apart else {}
    ends: Document = {"due_at": {"$lte": until}}
    return {"keeper": {"$in": list(mine)}, **ends, **others, **part.where("due_at")}


def at(place: str, *, until: datetime) -> Document:
    """Return the condition for what is due at a place until an instant.

    Of heads: what members of staff keep for themselves is on nobody's list of the day.
    """
    return {"home": under(place), "due_at": {"$lte": until}, "keeper": keepers.OF_HEADS}
