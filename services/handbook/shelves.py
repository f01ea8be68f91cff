"""Shelves of the handbook: what people of a place find in it, and what its writers list."""

from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.handbook import store, views
from services.handbook.models import (
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
from services.kernel import words
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places

SUGGESTED: Final = 3
# Of a text, the longest ones: a sentence has some ten that say anything.
WORDS_ASKED: Final = 24
# One word of two signs in a title, or three in the steps: less is chance.
LEAST: Final = 6
LONGEST_COUNTED: Final = 4
# What people write whatever it is about.
_NOTHING: Final = (
    "怎么 怎么办 怎样 如何 什么 为什么 我们 你们 他们 我家 你好 您好 请问 谢谢 可以 没有 "
    "不能 不了 一个 一下 一直 现在 今天 昨天 已经 还是 就是 因为 所以 但是 而且 这个 那个 "
    "有人 有没有 是不是 麻烦 帮忙 办法 问题 情况 时候 知道 觉得 需要 应该 小区 社区 物业"
)
_SIGNS: Final = (
    "的了不是有我你他她它在和就都也还要去来到上下个把被给让很太这那吗呢吧啊没人说看大小又再"
)
SAYS_NOTHING: Final = frozenset([*_NOTHING.split(), *_SIGNS])


async def listing(deps: Dependencies, actor: Actor, query: HandbookQuery) -> Page[BriefArticle]:
    """Articles that are shown at a place, the nearest first. Raises NotFound."""
    _require_reads(actor, query.place)
    asked = None if query.q is None else words.asked(query.q)
    if asked is not None and not asked:
        return Page([])
    return (await store.shelf(deps.db, query, asked or [])).map(views.brief)


def _require_reads(actor: Actor, place: str) -> None:
    require_at(actor, Permission.READ_HANDBOOK, place)


async def suggestions(
    deps: Dependencies, actor: Actor, query: HandbookSuggestionsQuery
) -> HandbookSuggestions:
    """The three articles that share most with a text that is being written.

    A word counts as many times as it has signs, and thrice in a title: the longer a word, the
    rarer it is. One indexed query. Raises NotFound.
    """
    _require_reads(actor, query.place)
    weights = _weights(query.text)
    if not weights:
        return HandbookSuggestions(items=[])
    found = await store.overlapping(deps.db, query.place, weights, least=LEAST, limit=SUGGESTED)
    return HandbookSuggestions(items=[views.brief(article) for article in found])


def _weights(text: str) -> dict[str, int]:
    said = [word for word in words.asked(text) if word not in SAYS_NOTHING]
    longest = sorted(said, key=len, reverse=True)[:WORDS_ASKED]
    return {word: min(len(word), LONGEST_COUNTED) for word in longest}


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
