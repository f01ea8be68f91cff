"""Boards of repairs: of whoever hands them out, does them, or looks after a place."""

from services.dependencies import Dependencies
from services.kernel import words
from services.kernel.pages import Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission, scope_of
from services.repairs import store, views
from services.repairs.boards import keys
from services.repairs.boards.models import RepairsQuery, Scope, TodayQuery
from services.repairs.categories import actions as categories
from services.repairs.models import RepairView


async def listing(deps: Dependencies, actor: Actor, query: RepairsQuery) -> Page[RepairView]:
    """Repairs at a place or at all places of whoever asks.

    Who works on repairs there sees all of them; heads and offices above see those of what all
    share, and those that they wrote down. A search looks at no text that was not checked yet
    for who may not read it: residents have no board, but heads are their neighbours. Raises
    Forbidden, NotFound.
    """
    asked = None if query.q is None else (await words.dictionary()).asked(query.q)
    if asked is not None and not asked:
        return Page([])
    scope = _scope(actor, query)
    wanted = [*keys.facets_of(None, query.danger), *(asked or [])]
    codes: list[str] = []
    if query.category is not None:
        codes = await categories.inside(deps, scope.places, query.category)
    page = await store.board(deps.db, scope, query, wanted, codes=codes)
    return page.of(await views.shown(deps, actor, page.items))


def _scope(actor: Actor, query: RepairsQuery) -> Scope:
    wanted = scope_of(actor, Permission.FOLLOW_REPAIRS, query.place)
    whole = actor.places(Permission.WORK_ON_REPAIRS)
    if query.place is not None:
        is_whole = actor.may(Permission.WORK_ON_REPAIRS, query.place)
        below = tuple(place for place in whole if covers(query.place, place))
        whole = (query.place,) if is_whole else below
    common = tuple(place for place in wanted if not any(covers(each, place) for each in whole))
    return Scope(whole=whole, common=common, person=actor.person_id)


async def today(deps: Dependencies, actor: Actor, query: TodayQuery) -> Page[RepairView]:
    """Repairs that whoever asks has in hand: by class, deadline and place.

    Only at places where they work on repairs still. Raises Forbidden.
    """
    places = scope_of(actor, Permission.WORK_ON_REPAIRS, None)
    page = await store.in_hand(deps.db, actor.person_id, places, query)
    return page.of(await views.shown(deps, actor, page.items))
