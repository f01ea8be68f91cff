"""View of the sessions of a mediation: minutes for its mediator only."""

from collections.abc import Sequence
from datetime import datetime

from services.dependencies import Dependencies
from services.kernel.views import show
from services.mediations.models import Circle
from services.mediations.sessions.models import (
    MINUTES,
    MOST,
    WHERE,
    MediationSessionView,
    Session,
)
from services.mediations.sessions.states import SessionState
from services.mediations.states import MediationAction


def shown(
    deps: Dependencies, found: Sequence[Session], circle: Circle
) -> list[MediationSessionView]:
    """Return the sessions of a mediation as somebody sees them."""
    return [_view(deps, session, circle) for session in found]


def impossible(found: Sequence[Session], now: datetime) -> set[MediationAction]:
    """Return the steps that no session of a mediation can take at an instant."""
    begins = [each.begins for each in found if each.state is SessionState.PLANNED]
    possible = {
        MediationAction.PLAN: len(found) < MOST,
        MediationAction.HOLD: any(each <= now for each in begins),
        MediationAction.CANCEL: bool(begins),
    }
    return {action for action, can in possible.items() if not can}


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
