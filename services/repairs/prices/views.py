"""Views of prices of repairs."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.places import actions as places
from services.repairs.prices.models import Price, PriceView


async def view(deps: Dependencies, price: Price) -> PriceView:
    """Show a version to whoever oversees prices."""
    [shown] = await views(deps, [price])
    return shown


async def views(deps: Dependencies, prices: Sequence[Price]) -> list[PriceView]:
    """Show versions: one query however many."""
    addresses = await places.addresses(deps, sorted({price.place for price in prices}))
    return [
        show(
            price,
            PriceView,
            price_id=price.id,
            address=addresses.get(price.place, price.place),
            contract_id=price.contract,
        )
        for price in prices
    ]
