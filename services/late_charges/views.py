"""Views of late charges and of their lines."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.days import Day
from services.kernel.views import show
from services.late_charges.models import (
    LateChargesSoFar,
    LateFees,
    LateFeesView,
    LateLine,
    LateLineView,
)
from services.places import actions as places


async def several(deps: Dependencies, found: Sequence[LateFees]) -> list[LateFeesView]:
    addresses = await places.addresses(deps, sorted({each.place for each in found}))
    return [
        show(
            each,
            LateFeesView,
            late_fees_id=each.id,
            address=addresses.get(each.place, each.place),
            left_out=len(each.left_out),
        )
        for each in found
    ]


async def lines(deps: Dependencies, found: Sequence[LateLine]) -> list[LateLineView]:
    """Show what bills are charged, in the order given."""
    addresses = await places.addresses(deps, sorted({line.home for line in found}))
    return [
        show(
            line,
            LateLineView,
            address=addresses.get(line.home, line.home),
            bill_id=line.bill,
            amount_fen=line.fen,
        )
        for line in found
    ]


async def so_far(
    deps: Dependencies, found: Sequence[LateLine], counted_to: Day
) -> LateChargesSoFar:
    """Show what late bills come to by now."""
    amount_fen = sum(line.fen for line in found)
    items = await lines(deps, found)
    return LateChargesSoFar(counted_to=counted_to, amount_fen=amount_fen, items=items)
