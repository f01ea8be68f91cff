"""Views of a home request: for who filed it, for heads and for the community."""

from collections import defaultdict
from collections.abc import Sequence

from services.dependencies import Dependencies
from services.home_requests import sealed_text
from services.home_requests.models import AdviceView, HomeRequest, MyRequest, RequestView
from services.home_requests.sealed_text import unsealed
from services.homes import views as homes_views
from services.homes.household import Household, registered_as
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies.models import OWNERS, Residency


def is_contested(deps: Dependencies, home: Household, request: HomeRequest) -> bool:
    """Tell whether somebody claims a home that others own.

    Not when the register means the claimant: then nobody's right is touched.
    """
    if request.relation not in OWNERS:
        return False
    others = [row for row in home.owners if row.person != request.person or not row.person]
    return bool(others) and meant(deps, home, request) is None


def meant(deps: Dependencies, home: Household, request: HomeRequest) -> Residency | None:
    """Return the unbound row in which the register means the requester, if there is one."""
    return registered_as(
        deps,
        home.rows,
        name=sealed_text.unsealed(deps, request, "name"),
        relation=request.relation,
        id_number=sealed_text.unsealed(deps, request, "id_number") or None,
    )


async def mine(deps: Dependencies, found: Sequence[HomeRequest]) -> list[MyRequest]:
    addresses = await places.addresses(deps, [request.home for request in found])
    return [
        MyRequest(
            request_id=request.id,
            home=request.home,
            address=addresses.get(request.home, request.home),
            relation=request.relation,
            name=unsealed(deps, request, "name"),
            state=request.state,
            photo_ids=request.photo_ids,
            created_at=request.created_at,
            decided_at=request.decided_at,
            reason=unsealed(deps, request, "decision") or None,
        )
        for request in found
    ]


async def shown(
    deps: Dependencies, actor: Actor, found: Sequence[HomeRequest]
) -> list[RequestView]:
    """Return requests as the actor may see them: names masked, proof for who decides."""
    homes = sorted({request.home for request in found})
    addresses = await places.addresses(deps, homes)
    people: dict[str, list[Residency]] = defaultdict(list)
    for row in await residencies.of_homes(deps.db, homes, day_of(deps.now())):
        people[row.home].append(row)
    return [
        _shown(deps, actor, request, addresses.get(request.home, ""), people[request.home])
        for request in found
    ]


def _shown(
    deps: Dependencies,
    actor: Actor,
    request: HomeRequest,
    address: str,
    people: Sequence[Residency],
) -> RequestView:
    name = unsealed(deps, request, "name")
    number = unsealed(deps, request, "id_number") or None
    known = registered_as(deps, people, name=name, relation=request.relation, id_number=number)
    decides = actor.may(Permission.DECIDE_HOMES, request.home)
    return RequestView(
        request_id=request.id,
        home=request.home,
        address=address or request.home,
        relation=request.relation,
        name_masked=homes_views.mask_name(name),
        has_id_number=number is not None,
        matches_register=known is not None,
        on_behalf=request.person is None,
        note=unsealed(deps, request, "note") or None if decides else None,
        photo_ids=request.photo_ids if decides else None,
        from_day=request.from_day,
        to_day=request.to_day,
        state=request.state,
        disputed=request.disputed,
        advice=_advice(deps, request),
        settlement=request.settlement,
        reason=unsealed(deps, request, "decision") or None,
        created_at=request.created_at,
        decided_at=request.decided_at,
    )


def _advice(deps: Dependencies, request: HomeRequest) -> AdviceView | None:
    if request.advice is None or request.advised_at is None:
        return None
    reason = unsealed(deps, request, "advice")
    return AdviceView(known=request.advice, reason=reason, at=request.advised_at)
