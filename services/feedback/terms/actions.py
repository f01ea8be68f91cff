"""Actions on terms of feedback: set for a city, and what counts at a place."""

from typing import Any, Final

from msgspec import Struct

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.feedback.terms import store
from services.feedback.terms.models import (
    DEFAULTS,
    FeedbackTermsView,
    SetFeedbackTerms,
    Spans,
    Terms,
)
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission, require_city
from services.kernel.views import show
from services.working_time.models import Pace, Span

DEPARTMENT: Final = "department"


class FeedbackTermsDetails(Struct, frozen=True, kw_only=True):
    """Version that is there.

    `version`: How often the terms were set.
    """

    version: int


class FeedbackTermsMovedOn(errors.Conflict):
    """Somebody else set the terms meanwhile: look again."""

    code = "feedback_terms_moved_on"
    details_type = FeedbackTermsDetails


async def span(deps: Dependencies, place: str, office: str) -> Span:
    """Return how long feedback of a place may lie with an office: a role, or a department."""
    found = await store.find(deps.db, ancestors(place)[0])
    spans = found.spans if found else DEFAULTS
    return Span(getattr(spans, office), Pace.WORKING)


async def get(deps: Dependencies, actor: Actor) -> FeedbackTermsView:
    """Return the terms of the actor's city: people may know how long each office has."""
    cities = sorted({ancestors(grant.place)[0] for grant in actor.grants})
    found = await store.find(deps.db, cities[0]) if cities else None
    return _view(found)


async def put(deps: Dependencies, actor: Actor, wish: SetFeedbackTerms) -> FeedbackTermsView:
    """Set the terms of the city. The same again is the same. Raises FeedbackTermsMovedOn."""
    require_city(actor, Permission.MANAGE_FEEDBACK_RULES)
    held = actor.places(Permission.MANAGE_FEEDBACK_RULES)
    new = Terms(
        id=next(place for place in held if "." not in place),
        spans=show(wish, Spans),
        version=wish.after_version + 1,
        set_by=actor.person_id,
        set_at=deps.now(),
    )

    async def save(tx: Transaction) -> Terms:
        found = await store.find(deps.db, new.id, tx=tx)
        again = found is not None and (found.version, found.spans) == (new.version, new.spans)
        if not again and not await store.put(deps.db, tx, new):
            version = found.version if found else 0
            raise FeedbackTermsMovedOn("刚刚有人改过,请刷新后再试", version=version)
        facts: dict[str, Any] = {"version": new.version, "again": again}
        act = Act.FEEDBACK_TERMS_SET
        await audit.record(deps, tx, actor, act, place=new.id, subject=new.id, **facts)
        return new

    return _view(await deps.in_transaction(save))


def _view(terms: Terms | None) -> FeedbackTermsView:
    spans = terms.spans if terms else DEFAULTS
    return show(spans, FeedbackTermsView, version=terms.version if terms else 0)
