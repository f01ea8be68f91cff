"""The photos of a request: a deed, a contract. Only who decides sees them."""

from services import errors
from services.dependencies import Dependencies, Transaction
from services.homes.request_models import HomeRequest
from services.permissions import Actor


async def attach(
    deps: Dependencies, tx: Transaction, actor: Actor, request: HomeRequest
) -> None:
    """Hang the actor's own photos on their request. NotFound for anybody else's."""
    if request.photo_ids:
        raise errors.NotFound("没有找到照片")
