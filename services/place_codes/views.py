"""Views of place codes: none of them has the token."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.place_codes.models import PlaceCode, PlaceCodeView, ScannedCode
from services.places import actions as places


async def view(deps: Dependencies, code: PlaceCode) -> PlaceCodeView:
    """Show a code to whoever manages codes."""
    [shown] = await views(deps, [code])
    return shown


async def views(deps: Dependencies, codes: Sequence[PlaceCode]) -> list[PlaceCodeView]:
    """Show codes, each with the address of its place: one query however many."""
    addresses = await places.addresses(deps, sorted({code.place for code in codes}))
    return [
        show(
            code,
            PlaceCodeView,
            code_id=code.id,
            address=addresses.get(code.place, code.place),
        )
        for code in codes
    ]


async def scanned(deps: Dependencies, code: PlaceCode) -> ScannedCode:
    """Show whoever scanned a code where they stand."""
    addresses = await places.addresses(deps, [code.place])
    return show(code, ScannedCode, address=addresses.get(code.place, code.place))
