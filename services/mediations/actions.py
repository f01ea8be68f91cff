"""Reads of mediations: mine, those of a community's mediation member, one with its history."""

from collections.abc import Mapping
from typing import Final

from services.cases import history
from services.cases.models import EventView, Reading, Who
from services.dependencies import Dependencies
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission, scope_of
from services.mediations import interests, steps, store, views
from services.mediations.kind import MEDIATION, mediates_in
from services.mediations.models import Circle, MediationRow, MediationsQuery
from services.mediations.parties import store as parties
from services.mediations.states import MediationAction
from services.mediations.views import Papers, Seen
from services.photos import actions as photos

# What a party said or did, whoever wrote it down.
SAID: Final[Mapping[str, MediationAction]] = {
    MediationAction.NOTE_CONSENT: MediationAction.CONSENT,
    MediationAction.NOTE_BEGIN: MediationAction.BEGIN,
    MediationAction.NOTE_DECLINE: MediationAction.DECLINE,
    MediationAction.NOTE_LEAVE: MediationAction.LEAVE,
    MediationAction.NOTE_CONFIRM: MediationAction.CONFIRM,
    MediationAction.NOTE_AGREE: MediationAction.AGREE,
    MediationAction.NOTE_REFUSE: MediationAction.REFUSE,
    MediationAction.CLOSE: MediationAction.LEAVE,
}


async def get(deps: Dependencies, actor: Actor, mediation_id: str) -> Seen:
    """One mediation that I may know of. Raises NotFound, MediationInterest."""
    found, _ = await steps.look(deps, actor, mediation_id)
    return await views.one(deps, actor, found)


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[MediationRow]:
    """Mediations in which I am a party or mediate, newest first.

    Without those that I mediated by an office that is over, or between people I am close to.
    """
    near = await interests.near(deps, actor)
    page = await store.of_person(deps.db, near, mediates_in(actor), query)
    return page.of(await views.rows(deps, actor, page.items))


async def listing(
    deps: Dependencies, actor: Actor, query: MediationsQuery
) -> Page[MediationRow]:
    """Mediations of the communities whose mediation member I am, newest first.

    Without those of my own, of my household, and about me.
    """
    held = scope_of(actor, Permission.ASSIGN_MEDIATOR, None)
    near = await interests.near(deps, actor)
    page = await store.page(deps.db, held, query, near=near)
    return page.of(await views.rows(deps, actor, page.items))


async def events(
    deps: Dependencies, actor: Actor, mediation_id: str, query: ListQuery
) -> Page[EventView]:
    """The history of a mediation, the earliest first: steps, without words.

    By which way a party said something, the mediator alone reads: it tells who has an account.
    """
    found, circle = await steps.look(deps, actor, mediation_id)
    reading = Reading(reader=actor.person_id, internal=False)
    page = await history.of_case(deps, MEDIATION, found, query, reading)
    for event in page.items:
        event.who = Who.PARTY if event.who is Who.REPORTER else event.who
        said = None if circle is Circle.MEDIATOR else SAID.get(event.action)
        if said is not None:
            event.action, event.label, event.who = said, said.label, Who.PARTY
    return page


async def papers(deps: Dependencies, actor: Actor, mediation_id: str) -> Papers:
    """Where the signed papers of a mediation can be seen; for whoever may know of it.

    Those of the version that is there now: of another one nobody signed anything.
    """
    found, _ = await steps.look(deps, actor, mediation_id)
    rows = await parties.of(deps.db, found.id)
    signed = [row for row in rows if row.confirmed == found.version]
    ids = [photo_id for row in signed for photo_id in row.photo_ids]
    return Papers(items=await photos.links_to(deps, ids, subject=found.id))
