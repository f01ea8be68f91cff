"""What of a request its filer sees, and what heads and the community see."""

from collections import defaultdict
from collections.abc import Sequence

from services.accounts import residency_store
from services.accounts.models import Residency
from services.dependencies import Dependencies
from services.homes.household import registered_as
from services.homes.request_models import AdviceView, HomeRequest, MyRequest, RequestView
from services.homes.stepping import unsealed
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission
from services.places import actions as places


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
    for row in await residency_store.residents_of(deps.db, homes, day_of(deps.now())):
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
        name_masked=mask_name(name),
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


def mask_name(name: str) -> str:
    """李明 → 李*."""
    return f"{name[:1]}*"
