"""View of the sessions of a mediation: minutes for its mediator only."""

from services.dependencies import Dependencies
from services.kernel.views import show
from services.mediations.models import Circle, Mediation
from services.mediations.sessions import store
from services.mediations.sessions.models import MINUTES, WHERE, MediationSessionView, Session


async def shown(
    deps: Dependencies, mediation: Mediation, circle: Circle
) -> list[MediationSessionView]:
    """Return the sessions of a mediation as somebody sees them."""
    found = await store.of(deps.db, mediation.id)
    return [_view(deps, session, circle) for session in found]


def _view(deps: Dependencies, session: Session, circle: Circle) -> MediationSessionView:
    where, minutes = session.where_sealed, session.minutes_sealed
    if circle is not Circle.MEDIATOR:
        minutes = ""
    return show(
        session,
        MediationSessionView,
        session_id=session.id,
        where=WHERE.open(deps.vault, session.id, where) if where else None,
        minutes=MINUTES.open(deps.vault, session.id, minutes) if minutes else None,
    )
