"""Deadlines of a repair whose class has changed: as if it had been so from the beginning."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import structs

from services.cases import deadlines, history
from services.cases.deadlines import Rest
from services.cases.models import Clock, Event
from services.dependencies import Dependencies, Transaction
from services.repairs.kind import COMPLETION, RESPONSE, for_wish
from services.repairs.models import Repair
from services.repairs.states import RepairAction, RepairState
from services.repairs.terms.models import Terms

# What gives those who do it the whole deadline once more.
AGAIN: Final = (RepairAction.OVERTURN, RepairAction.RETURN, RepairAction.REOPEN)


async def clocks(
    deps: Dependencies, tx: Transaction, repair: Repair, rule: Terms
) -> dict[str, Clock]:
    """Return the deadlines of a repair by other terms: from its report on, without its pauses.

    The response is settled once somebody has accepted it. While the repair is paused, its
    deadline is, too, and goes on with what is left.
    """
    if repair.state is RepairState.REPORTED:
        spans = {RESPONSE: rule.response, COMPLETION: rule.completion}
        begun = await deadlines.begin(deps, repair.place, repair.created_at, spans)
        return await for_wish(deps, repair.place, begun, repair.wish)
    moves = await history.moves(deps, tx, repair.id)
    since = _since(repair, moves)
    rests = _rests(moves, since, deps.now())
    anew = await deadlines.anew(deps, repair.place, since, rule.completion, rests)
    clock = (await for_wish(deps, repair.place, {COMPLETION: anew}, repair.wish))[COMPLETION]
    if repair.state is RepairState.PAUSED:
        clock = structs.replace(clock, running_since=None, due_at=None, warn_at=None)
    return {**repair.clocks, COMPLETION: clock}


def _since(repair: Repair, moves: Sequence[Event]) -> datetime:
    again = [move.at for move in moves if move.action in AGAIN]
    return again[-1] if again else repair.created_at


def _rests(moves: Sequence[Event], since: datetime, now: datetime) -> list[Rest]:
    """Return the pauses since an instant; one that lasts is until now."""
    rests, begun = list[Rest](), list[datetime]()
    for move in moves:
        if move.at >= since and move.target == RepairState.PAUSED:
            begun = [move.at]
        elif begun and move.source == RepairState.PAUSED:
            rests.append((begun.pop(), move.at))
    return [*rests, *((start, now) for start in begun)]
