"""Views of shared costs and of their shares, and how a share is explained."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.money import square_metres, yuan
from services.kernel.views import show
from services.photos import actions as photos
from services.places import actions as places
from services.shared_costs.models import Share, SharedCost, SharedCostView, ShareView, Split


async def view(deps: Dependencies, cost: SharedCost) -> SharedCostView:
    [shown] = await views(deps, [cost])
    return shown


async def views(deps: Dependencies, costs: Sequence[SharedCost]) -> list[SharedCostView]:
    """Show costs, with the addresses of the photos of their documents."""
    addresses = await places.addresses(deps, sorted({cost.place for cost in costs}))
    asked = [(photo, cost.id) for cost in costs for photo in cost.photos]
    links = {each.photo_id: each for each in await photos.links_of(deps, asked)}
    return [
        show(
            cost,
            SharedCostView,
            shared_cost_id=cost.id,
            address=addresses.get(cost.place, cost.place),
            photos=[links[each] for each in cost.photos if each in links],
        )
        for cost in costs
    ]


async def shares(
    deps: Dependencies, cost: SharedCost, some: Sequence[Share]
) -> list[ShareView]:
    """Show shares of a cost, in the order given."""
    addresses = await places.addresses(deps, [share.home for share in some])
    return [
        ShareView(
            home=share.home,
            address=addresses.get(share.home, share.home),
            weight=share.weight,
            amount_fen=share.amount_fen,
            explanation=explain(cost, share),
        )
        for share in some
    ]


def explain(cost: SharedCost, share: Share) -> str:
    """Write a share on one line: 电梯电费1200.00元(凭证…) × 85.30㎡/2345.60㎡ = 43.64元."""
    match cost.split:
        case Split.AREA:
            part = f"{square_metres(share.weight)}㎡/{square_metres(cost.weight)}㎡"
        case Split.HOME:
            part = f"1户/{cost.weight}户"
        case Split.PERSONS:
            part = f"{share.weight}人/{cost.weight}人"
    whole = f"{cost.title}{yuan(cost.total_fen)}元(凭证:{cost.document_number})"
    return f"{whole} × {part} = {yuan(share.amount_fen)}元"
