"""Who goes: the head whose office it is, or who stands in for them on that day."""

from services.appointments import offices
from services.audiences import holders
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.permissions import HEADS
from services.places import grids
from services.visits.offices.keepers import Keeper


class NoSubstitute(errors.Conflict):
    """Nobody stands in for the head on that day."""

    code = "visit_no_substitute"


async def require_substitute(deps: Dependencies, keeper: Keeper, home: str, day: str) -> None:
    """Raise NoSubstitute unless somebody stands in for the head of an office on a day."""
    if keeper.role in HEADS:
        above = await grids.above_home(deps, home)
        for head in await holders.heads_at(deps, above):
            if head.role is keeper.role and not head.substitute_for:
                standing_in = await offices.substitutes_of(deps, head.id)
                if any(s.from_day <= day <= (s.to_day or day) for s in standing_in):
                    return
    raise NoSubstitute("那一天没有代理人,请先指定代理或选择本人")
