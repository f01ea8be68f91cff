"""People of a home that is to be visited, whom who goes there may ask to call.

One of them, so that a visit is one question: of those with an account who lives there longest,
and the tenants of a home that is let before its owners, who live elsewhere. Others are called
as people of a home.
"""

from typing import Final

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.callables import CallCircle, Callee, CallKind
from services.kernel.permissions import HEADS, Actor
from services.residencies.models import Relation, Residency
from services.visits import actions
from services.visits.offices import households
from services.visits.states import VisitState


async def find(deps: Dependencies, actor: Actor, visit_id: str) -> Callee:
    """Return who is to be visited, to who keeps the visit, while it is planned.

    Raises NotFound for anybody else's visit, and where nobody lives; Forbidden when it was
    made or cancelled.
    """
    found = await actions.access(deps, actor, visit_id)
    if found.state is not VisitState.PLANNED:
        raise errors.Forbidden("这次走访已经登记或取消")
    home = await households.of_home(deps, found.home)
    row = min(home.rows, key=_order, default=None)
    if row is None:
        raise errors.NotFound("这户没有登记的住户")
    circle = CallCircle.HEADS if found.role in HEADS else CallCircle.STAFF
    return Callee(
        person=row.person,
        place=found.home,
        circles=frozenset({circle}),
        roles=frozenset({found.role}),
    )


def _order(row: Residency) -> tuple[bool, bool, str, str]:
    return row.person is None, row.relation is not Relation.TENANT, row.from_day, row.id


CALLABLES: Final = {"visit": CallKind(label="走访", find=find)}
