"""Views of hand-overs, with the addresses of their places."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.heads.models import HandOver, HandOverView, PartView
from services.places import actions as places


async def view(deps: Dependencies, made: HandOver) -> HandOverView:
    [view] = await views(deps, [made])
    return view


async def views(deps: Dependencies, lists: Sequence[HandOver]) -> list[HandOverView]:
    paths = {path for made in lists for path in (made.place, *made.parts)}
    addresses = await places.addresses(deps, sorted(paths))
    return [
        HandOverView(
            hand_over_id=made.id,
            appointment_id=made.appointment,
            role=made.role,
            place=made.place,
            address=addresses.get(made.place, made.place),
            state=made.state,
            made_at=made.made_at,
            parts=[PartView(path=p, address=addresses.get(p, p)) for p in made.parts],
            homes=made.homes,
            owing=made.owing,
            open_requests=made.open_requests,
            substitutes=made.substitutes,
            received_at=made.received_at,
        )
        for made in lists
    ]
