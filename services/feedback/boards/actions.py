"""Boards of feedback: of whoever handles it, and of whoever oversees a place."""

from services.dependencies import Dependencies
from services.feedback import rungs, store, views
from services.feedback.boards import keys
from services.feedback.boards.models import FeedbackQuery, Sight
from services.feedback.models import FeedbackView
from services.kernel import words
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, scope_of


async def listing(deps: Dependencies, actor: Actor, query: FeedbackQuery) -> Page[FeedbackView]:
    """Feedback that lies or lay with an office of the actor's, or at a place they oversee.

    Never what is about them. Raises Forbidden, NotFound.
    """
    scope_of(actor, Permission.HANDLE_FEEDBACK, query.place)
    asked = [] if query.q is None else (await words.dictionary()).asked(query.q)
    if query.q is not None and not asked:
        return Page([])
    page = await store.board(deps.db, sight(deps, actor, asked), query)
    return page.of(await views.shown(deps, actor, page.items))


def sight(deps: Dependencies, actor: Actor, asked: list[str]) -> Sight:
    """Return what an actor sees, of what has some words."""
    desks = rungs.desks_of(actor)
    above = tuple(f"{role}:" for role in rungs.OVERSEERS)
    return Sight(
        person=actor.person_id,
        desks=tuple(desks),
        firms=tuple(each for each in desks if rungs.is_firm(each)),
        overseen=tuple(desk for desk in desks if desk.startswith(above)),
        words=tuple(keys.fingerprints(deps, asked)),
    )
