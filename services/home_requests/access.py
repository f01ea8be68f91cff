"""Access to a home request, and its moves along the state machine."""

from datetime import timedelta
from typing import Any, Final

from services.dependencies import Dependencies, Transaction
from services.home_requests import states, store
from services.home_requests.models import ADVICE_TIME, HomeRequest
from services.home_requests.states import Event
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.permissions import Actor, Permission


class OwnRequest(errors.Forbidden):
    """Nobody advises or decides about themself."""

    code = "own_request"


async def access(
    deps: Dependencies,
    actor: Actor,
    request_id: str,
    permission: Permission,
    tx: Transaction | None = None,
) -> HomeRequest:
    """Return a request for a home where the actor holds `permission`. NotFound otherwise.

    Forbidden for who may see it there and not do this.
    """
    found = await store.find(deps.db, request_id, tx)
    if found is None or not actor.may(Permission.ADVISE_HOMES, found.home):
        raise errors.NotFound("没有找到这个申请")
    if not actor.may(permission, found.home):
        raise errors.Forbidden("这一步由社区办理")
    return found


def require_others(actor: Actor, request: HomeRequest) -> None:
    if request.person == actor.person_id:
        raise OwnRequest("自己的申请要由别人办理")


async def move(
    deps: Dependencies, tx: Transaction, found: HomeRequest, event: Event, **changes: Any
) -> None:
    """Move a request along the table, and `found` with it. Raises Conflict off the table."""
    states.require(found.state, event)
    if not await store.move(deps.db, found.id, event, tx, **changes):
        raise states.RequestMovedOn("这个申请已经处理过了,请刷新", state=found.state)
    found.state = states.target(event)
    for name, value in changes.items():
        setattr(found, name, value)
    if found.state not in states.OPEN:
        await schedule_proof_removal(deps, tx, found)


PASS_ON: Final = "homes.pass_on"  # noqa: S105  # a job


async def schedule_pass_on(deps: Dependencies, tx: Transaction, request: HomeRequest) -> None:
    due_at = request.created_at + ADVICE_TIME
    await jobs.enqueue(deps, tx, PASS_ON, request.id, due_at=due_at, request_id=request.id)


PROOF_KEPT_FOR: Final = timedelta(days=30)
REMOVE_PROOF: Final = "homes.let_proof_go"


async def schedule_proof_removal(
    deps: Dependencies, tx: Transaction, request: HomeRequest
) -> None:
    if request.photo_ids:
        due_at = deps.now() + PROOF_KEPT_FOR
        await jobs.enqueue(
            deps, tx, REMOVE_PROOF, request.id, due_at=due_at, request_id=request.id
        )
