"""Senders of surveys: which offices ask, and who works on a survey.

The same offices as send notices, each at its own places; who works on what one of them asks is
one rule for all that is sent (services/audiences/senders.py).
"""

from collections.abc import Sequence
from typing import Final

from services.audiences import senders
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.permissions import HEADS, Actor, Permission, Role, require_at
from services.surveys.models import Survey

MISSING: Final = "没有找到这份征求意见"
# From the lowest; the first one of a person that covers all places asks.
ROLES: Final = (*HEADS, Role.FIRM_MANAGER, Role.COMMITTEE_MEMBER, *senders.OVERSEERS)


class SurveyOnePlace(errors.InvalidInput):
    """A firm, or a committee, asks one compound at a time."""

    code = "survey_one_place"


class SurveyNotYours(errors.Forbidden):
    """No office of the person covers all places that are asked."""

    code = "survey_not_yours"


def office_of(actor: Actor, places: Sequence[str]) -> Role:
    """Return the office by which the actor asks these places.

    Raises NotFound for a place outside theirs, SurveyNotYours, SurveyOnePlace.
    """
    for place in places:
        require_at(actor, Permission.SEND_SURVEYS, place)
    held = senders.covering(actor, ROLES, places)
    if not held:
        raise SurveyNotYours("这些地方分属您的不同职务,请分别征求意见")
    free = [role for role in held if senders.writes_to_all(actor, role, places)]
    if not free:
        raise SurveyOnePlace("请按小区分别征求意见")
    return free[0]


def keys(actor: Actor, place: str | None = None) -> list[str]:
    """Return the tokens that the actor has, at one place of theirs or at all."""
    return senders.keys(actor, ROLES, place)


def access(actor: Actor, found: Survey | None) -> Survey:
    """Return a survey that the actor works on. Raises NotFound otherwise."""
    return accessible(
        actor,
        found,
        people=lambda one: [actor.person_id] if sees(actor, one) else [],
        missing=MISSING,
    )


def sees(actor: Actor, survey: Survey) -> bool:
    return not {*keys(actor)}.isdisjoint(survey.senders)
