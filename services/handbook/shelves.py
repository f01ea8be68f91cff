"""Shelves of the handbook: what people of a place find in it, and what its writers list."""

from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.handbook import store, views
from services.handbook.models import (
    ArticleCategory,
    ArticlesQuery,
    ArticleVersionView,
    ArticleView,
    BriefArticle,
    HandbookQuery,
    HandbookReviewsQuery,
    HandbookSuggestions,
    HandbookSuggestionsQuery,
)
from services.handbook.readers import store as readers
from services.handbook.searches import words as searches
from services.kernel import errors, words
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission
from services.places import actions as places

SUGGESTED: Final = 3
# One word of two signs in a title, or three in the steps: less is chance.
LEAST: Final = 6


async def listing(deps: Dependencies, actor: Actor, query: HandbookQuery) -> Page[BriefArticle]:
    """Articles that are shown at a place, the nearest first. Raises NotFound.

    Where no article has all words that are searched, those that have most of them.
    """
    _require_reads(actor, query.place)
    if query.q is None:
        return (await store.shelf(deps.db, query, [])).map(views.brief)
    for wanted in searches.wanted(await words.dictionary(), query.q):
        page = await store.shelf(deps.db, query, wanted)
        if page.items:
            return page.map(views.brief)
    if query.cursor is not None:
        return Page([])
    return Page(await _overlapping(deps, query.place, query.q, query.limit, query.category))


def _require_reads(actor: Actor, place: str) -> None:
    """Raise NotFound for a place that the actor has nothing to do with.

    Articles are those of the places around it, and tell nothing of people: whoever lives in a
    unit writes about its building, too.
    """
    if not views.reads(actor, place):
        raise errors.NotFound(places.MISSING)


async def suggestions(
    deps: Dependencies, actor: Actor, query: HandbookSuggestionsQuery
) -> HandbookSuggestions:
    """The three articles that share most with a text that is being written.

    A word counts as many times as it has signs, and thrice in a title: the longer a word, the
    rarer it is. One indexed query. Raises NotFound.
    """
    _require_reads(actor, query.place)
    found = await _overlapping(deps, query.place, query.text, SUGGESTED)
    return HandbookSuggestions(items=found)


async def _overlapping(
    deps: Dependencies,
    place: str,
    text: str,
    limit: int,
    category: ArticleCategory | None = None,
) -> list[BriefArticle]:
    weights = searches.weights(await words.dictionary(), text)
    if not weights:
        return []
    found = await store.overlapping(
        deps.db, place, weights, least=LEAST, limit=limit, category=category
    )
    return [views.brief(article) for article in found]


async def show(deps: Dependencies, actor: Actor, article: str) -> ArticleView:
    """The version in force, or the last one of an article that was retired. NotFound."""
    found = views.readable(actor, await store.last(deps.db, article, public=True))
    said = await readers.verdicts_of(deps.db, actor.person_id, [found.id])
    return views.whole(found, helped=said.get(found.id))


async def history(
    deps: Dependencies, actor: Actor, article: str, query: ListQuery
) -> Page[ArticleView]:
    """Versions that are or were in force, the newest first. Raises NotFound."""
    views.readable(actor, await store.last(deps.db, article, public=True))
    page = await store.versions(deps.db, article, query)
    said = await readers.verdicts_of(deps.db, actor.person_id, [one.id for one in page.items])
    return page.map(lambda one: views.whole(one, helped=said.get(one.id)))


async def draft(deps: Dependencies, actor: Actor, article: str) -> ArticleVersionView:
    """The latest version as its writers see it, which may be a draft. NotFound, Forbidden."""
    return views.version(views.writable(actor, await store.last(deps.db, article)))


async def written(
    deps: Dependencies, actor: Actor, place: str, query: ArticlesQuery
) -> Page[ArticleVersionView]:
    """Versions of the articles under a place, for its writers. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.WRITE_HANDBOOK)
    return (await store.page(deps.db, place, query)).map(views.version)


async def reviews(
    deps: Dependencies, actor: Actor, place: str, query: HandbookReviewsQuery
) -> Page[ArticleVersionView]:
    """Articles that nobody looked at for long, by age and use as of last night. NotFound."""
    await places.access_place(deps, actor, place, Permission.WRITE_HANDBOOK)
    before = deps.now() - timedelta(days=query.days)
    return (await store.reviews(deps.db, place, query, before)).map(views.version)
