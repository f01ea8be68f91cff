"""What every step of a request needs: who may know of it, does it contest, does it move."""

from typing import Any

from services.accounts.models import OWNERS, Residency
from services.dependencies import Dependencies, Transaction
from services.homes import proof, request_store, states
from services.homes.household import Household, registered_as
from services.homes.request_models import HomeRequest
from services.homes.states import Event
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
    found = await request_store.find(deps.db, request_id, tx)
    if found is None or not actor.may(Permission.ADVISE_HOMES, found.home):
        raise errors.NotFound("没有找到这个申请")
    if not actor.may(permission, found.home):
        raise errors.Forbidden("这一步由社区办理")
    return found


def require_others(actor: Actor, request: HomeRequest) -> None:
    if request.person == actor.person_id:
        raise OwnRequest("自己的申请要由别人办理")


async def advance(
    deps: Dependencies, tx: Transaction, found: HomeRequest, event: Event, **changes: Any
) -> None:
    """Move a request along the table, and `found` with it. Raises Conflict off the table."""
    states.require(found.state, event)
    if not await request_store.move(deps.db, found.id, event, tx, **changes):
        raise states.RequestMovedOn("这个申请已经处理过了,请刷新", state=found.state)
    found.state = states.target(event)
    for name, value in changes.items():
        setattr(found, name, value)
    if found.state not in states.OPEN:
        await proof.promise_to_let_go(deps, tx, found)


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
        name=unsealed(deps, request, "name"),
        relation=request.relation,
        id_number=unsealed(deps, request, "id_number") or None,
    )


def unsealed(deps: Dependencies, request: HomeRequest, field: str) -> str:
    """Return one of a request's sealed texts; "" for what was not typed."""
    sealed: str | None = getattr(request, f"{field}_sealed")
    place = f"home_requests/{request.id}/{field}"
    return deps.vault.unseal(sealed, place=place) if sealed else ""


def seal(deps: Dependencies, request: HomeRequest, text: str, field: str) -> str:
    return deps.vault.seal(text, place=f"home_requests/{request.id}/{field}")
