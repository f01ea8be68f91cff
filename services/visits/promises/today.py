"""Promises whose day has come, in the heads' list of the day: to remind, or to speak again."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import end_of
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.kernel.waits import of_each
from services.places import actions as places
from services.visits.promises import actions, store
from services.visits.promises.states import PromiseState

REMIND: Final = "约定今天缴费,可以提醒一下"
SPEAK_AGAIN: Final = "约定的缴费日已过,请再问一问"


def _until(deps: Dependencies) -> datetime:
    return end_of(deps.today())


async def _read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return promises whose day has come, and those that were broken. Never an amount."""
    found = await store.read_due(
        deps.db, actions.mine(actor), part, until=_until(deps), apart=homes_of(actor)
    )
    return [
        Entry(
            key=each.id,
            place=each.home,
            subject=each.id,
            title=REMIND if each.state is PromiseState.OPEN else SPEAK_AGAIN,
            due_at=each.due_at,
        )
        for each in found
    ]


async def _count(deps: Dependencies, _: Actor, wanted: Sequence[str]) -> dict[str, int]:
    """Count them, none where the community hides from its heads which homes owe."""
    hiding = sorted(await places.hiding_debts_around(deps, wanted))
    return await of_each(wanted, partial(store.count_due, deps.db, _until(deps), hiding))


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
