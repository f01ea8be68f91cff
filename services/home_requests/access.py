"""Access to a home request, and its moves along the state machine."""

from datetime import timedelta
from typing import Any, Final

from services.dependencies import Dependencies, Transaction
from services.home_requests import notify, states, store
from services.home_requests.models import HomeRequest
from services.home_requests.states import Event
from services.homes.household import Household
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission
from services.places.models import Place
from services.residencies.models import Relation

PASS_ON: Final = "homes.pass_on"  # noqa: S105  # a job
REMOVE_PROOF: Final = "homes.let_proof_go"
# A month after the decision the photos go (PIPL art. 19: no longer than the purpose needs): the
# time in which the requester may complain and the community look once more.
PROOF_KEPT_FOR: Final = timedelta(days=30)


class OwnRequest(errors.Forbidden):
    """Advice or decision about one's own request, which nobody may give."""

    code = "own_request"


async def access(
    deps: Dependencies,
    actor: Actor,
    request_id: str,
    permission: Permission,
    *,
    tx: Transaction | None = None,
) -> HomeRequest:
    """Return a request for a home where the actor holds `permission`.

    Raises NotFound otherwise, and Forbidden for an actor who may see the request and no more.
    """
    found = await store.find(deps.db, request_id, tx=tx)
    return accessible(
        actor,
        found,
        permission,
        at=lambda request: request.home,
        missing="没有找到这个申请",
        known_by=[Permission.ADVISE_HOMES],
        forbidden="这一步由社区办理",
    )


def require_others(actor: Actor, request: HomeRequest) -> None:
    """Raise OwnRequest for a request of the actor's own."""
    if request.person == actor.person_id:
        raise OwnRequest("自己的申请要由别人办理")


async def move(
    deps: Dependencies,
    tx: Transaction,
    found: HomeRequest,
    event: Event,
    *,
    home: Place | None = None,
    **changes: Any,
) -> None:
    """Move a request along the table, and `found` with it. Raises RequestMovedOn.

    `home`: its requester is notified of the new state; nobody without it.
    """
    states.require(found.state, event)
    if not await store.move(deps.db, tx, found.id, event, **changes):
        raise states.RequestMovedOn("这个申请已经处理过了,请刷新", state=found.state)
    found.state = states.TABLE.target(event)
    for name, value in changes.items():
        setattr(found, name, value)
    if found.state not in states.OPEN:
        await _schedule_proof_removal(deps, tx, found)
    if home is not None:
        await notify.progress(deps, tx, found, home)


async def schedule_pass_on(deps: Dependencies, tx: Transaction, request: HomeRequest) -> None:
    """Promise to pass a request on to the community when no head advises within three days."""
    due_at = request.created_at + states.ADVICE_TIME
    await jobs.enqueue(deps, tx, PASS_ON, request.id, due_at=due_at, request_id=request.id)


async def _schedule_proof_removal(
    deps: Dependencies, tx: Transaction, request: HomeRequest
) -> None:
    if request.photo_ids:
        due_at, request_id = deps.now() + PROOF_KEPT_FOR, request.id
        await jobs.enqueue(
            deps, tx, REMOVE_PROOF, request_id, due_at=due_at, request_id=request_id
        )


async def withdraw_after_sale(
    deps: Dependencies,
    tx: Transaction,
    home: Household,
    *,
    people: set[str],
    but: str = "",
) -> int:
    """Withdraw the requests that a home's new owner makes void; return how many.

    That is what those who leave and the new owner (`people`) asked for, and every wish to be
    family of those who leave; not the request `but`, which is being decided. Tenants and other
    claimants still wait for the community.
    """
    count = 0
    for found in await store.open_at(deps.db, tx, home.place.id):
        void = found.person in people or found.relation is Relation.FAMILY
        if void and found.id != but:
            await move(deps, tx, found, Event.WITHDRAW, home=home.place)
            count += 1
    return count


async def withdraw_all(deps: Dependencies, tx: Transaction, home: Household) -> None:
    """Withdraw every open request for a home that is retired."""
    for found in await store.open_at(deps.db, tx, home.place.id):
        await move(deps, tx, found, Event.WITHDRAW, home=home.place)
