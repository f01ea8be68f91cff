"""Views of a home request: for who filed it, for heads and for the community.

And what the register says about it: whether it names the requester, and whether others own the
home.
"""

from collections import defaultdict
from collections.abc import Sequence

from services.dependencies import Dependencies
from services.home_requests.models import AdviceView, HomeRequest, MyRequest, RequestView
from services.homes.household import Household, registered_as
from services.kernel import masking
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies.models import OWNERS, Residency


def registered_row(
    deps: Dependencies, rows: Sequence[Residency], request: HomeRequest
) -> Residency | None:
    """Return the unbound row by which the register means the requester; None for none."""
    return registered_as(
        deps,
        rows,
        name=request.unseal(deps.vault, "name"),
        relation=request.relation,
        id_number=request.unseal(deps.vault, "id_number") or None,
    )


def is_contested(deps: Dependencies, home: Household, request: HomeRequest) -> bool:
    """Tell whether a request claims a home that others own.

    Not when the register means the requester: then nobody's right is touched.
    """
    if request.relation not in OWNERS:
        return False
    others = [row for row in home.owners if row.person != request.person or not row.person]
    return bool(others) and registered_row(deps, home.rows, request) is None


async def mine(deps: Dependencies, found: Sequence[HomeRequest]) -> list[MyRequest]:
    """Views of requests for who filed them."""
    addresses = await places.addresses(deps, [request.home for request in found])
    return [
        MyRequest(
            request_id=request.id,
            home=request.home,
            address=addresses.get(request.home, request.home),
            relation=request.relation,
            name=request.unseal(deps.vault, "name"),
            state=request.state,
            photo_ids=request.photo_ids,
            created_at=request.created_at,
            decided_at=request.decided_at,
            reason=request.unseal(deps.vault, "decision") or None,
        )
        for request in found
    ]


async def shown(
    deps: Dependencies, actor: Actor, found: Sequence[HomeRequest]
) -> list[RequestView]:
    """Views of requests for heads and the community: names masked, proof for who decides."""
    homes = sorted({request.home for request in found})
    addresses = await places.addresses(deps, homes)
    people: dict[str, list[Residency]] = defaultdict(list)
    for row in await residencies.of_homes(deps, homes):
        people[row.home].append(row)
    seen = []
    for request in found:
        known = registered_row(deps, people[request.home], request) is not None
        address = addresses.get(request.home, request.home)
        seen.append(_shown(deps, actor, request, address, known=known))
    return seen


def _shown(
    deps: Dependencies, actor: Actor, request: HomeRequest, address: str, *, known: bool
) -> RequestView:
    decides = actor.may(Permission.DECIDE_HOMES, request.home)
    return RequestView(
        request_id=request.id,
        home=request.home,
        address=address,
        relation=request.relation,
        name_masked=masking.name(request.unseal(deps.vault, "name")),
        has_id_number=request.id_number_sealed is not None,
        matches_register=known,
        on_behalf=request.person is None,
        note=request.unseal(deps.vault, "note") or None if decides else None,
        photo_ids=request.photo_ids if decides else None,
        from_day=request.from_day,
        to_day=request.to_day,
        state=request.state,
        disputed=request.disputed,
        advice=_advice(deps, request),
        settlement=request.settlement,
        reason=request.unseal(deps.vault, "decision") or None,
        created_at=request.created_at,
        decided_at=request.decided_at,
    )


def _advice(deps: Dependencies, request: HomeRequest) -> AdviceView | None:
    if request.advice is None or request.advised_at is None:
        return None
    reason = request.unseal(deps.vault, "advice")
    return AdviceView(known=request.advice, reason=reason, at=request.advised_at)
