"""Promises whose day has come, in the heads' list of the day: to remind, or to speak again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import end_of
from services.kernel.documents import Document
from services.kernel.interests import homes_of
from services.kernel.paths import under
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.places import actions as places
from services.visits.offices import due
from services.visits.promises import actions, store
from services.visits.promises.states import PromiseState

REMIND: Final = "约定今天缴费,可以提醒一下"
SPEAK_AGAIN: Final = "约定的缴费日已过,请再问一问"


def _until(deps: Dependencies) -> datetime:
    return end_of(deps.today())


async def _read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return promises whose day has come, and those that were broken. Never an amount."""
    rows, tokens = store.collection(deps.db), actions.mine(actor)
    own, until = homes_of(actor), _until(deps)
    found = await due.read(rows, tokens, store.WAITS, part, until=until, apart=own)
    return [
        Entry(
            key=row["_id"],
            place=row["home"],
            subject=row["_id"],
            title=REMIND if row["state"] == PromiseState.OPEN else SPEAK_AGAIN,
            due_at=row["due_at"],
        )
        for row in found
    ]


async def _count(deps: Dependencies, _: Actor, wanted: Sequence[str]) -> dict[str, int]:
    """Count them, none where the community hides from its heads which homes owe."""
    hiding = sorted(await places.hiding_debts_around(deps, wanted))
    hidden: Document = {"$nor": [{"home": under(each)} for each in hiding]} if hiding else {}
    is_open: Document = {**store.WAITS, **hidden}
    rows = store.collection(deps.db)
    return await due.count(rows, wanted, is_open, until=_until(deps))


TODAY: Final = (
    TodayKind(
        name="visits.promises",
        label="承诺缴费",
        weight=60,
        needs=Permission.VIEW_UNPAID,
        read=_read,
        count=_count,
        operations=("endPaymentPromise", "createPaymentPromise"),
    ),
)
