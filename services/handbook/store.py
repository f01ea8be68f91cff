"""Store of articles of the handbook: one document a version."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.handbook_articles import COLLECTION
from services.dependencies import Database, Transaction
from services.handbook.models import (
    Article,
    ArticleCategory,
    ArticleSort,
    ArticlesQuery,
    HandbookQuery,
    HandbookReviewsQuery,
)
from services.handbook.states import TABLE, ArticleAction, ArticleState
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Count, Key, Keyset, ListQuery, Page, chosen
from services.kernel.paths import ancestors

NEAREST: Final = Keyset(
    Key("depth", ascending=False, kind=Count), Key("position", kind=Count), Key("article")
)
ORDERS: Final = {
    ArticleSort.NEWEST: Keyset(
        Key("written_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    ArticleSort.OLDEST: Keyset(Key("written_at", kind=datetime), Key()),
}
HEAVIEST: Final = Keyset(Key("weight", ascending=False, kind=Count), Key())
VERSIONS: Final = Keyset(Key("version", ascending=False, kind=Count))
IN_FORCE: Final = {"state": ArticleState.PUBLISHED}
PUBLIC: Final = [ArticleState.PUBLISHED, ArticleState.RETIRED]
TITLE_COUNTS: Final = 3  # times what a word of the steps counts


async def insert(db: Database, tx: Transaction, articles: Sequence[Article]) -> None:
    """Raise DuplicateKeyError where a version or another draft is there."""
    await insert_all(tx, db[COLLECTION], [to_document(article) for article in articles])


async def find(
    db: Database, article: str, state: ArticleState, *, tx: Transaction | None = None
) -> Article | None:
    """Return the draft, or the version in force. Served by index `current`."""
    query = {"article": article, "state": state}
    document = await db[COLLECTION].find_one(query, session=tx, hint="current")
    return msgspec.convert(document, Article | None)


async def find_version(
    db: Database, article: str, version: int, *, tx: Transaction | None = None
) -> Article | None:
    """Return one version. Served by index `version`."""
    query = {"article": article, "version": version}
    document = await db[COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Article | None)


async def last(
    db: Database, article: str, *, tx: Transaction | None = None, public: bool = False
) -> Article | None:
    """Return the latest version, or the latest that was published. By index `version`."""
    query: Document = {"article": article, **({"state": {"$in": PUBLIC}} if public else {})}
    cursor = db[COLLECTION].find(query, session=tx, hint="version")
    found = await cursor.sort("version", -1).limit(1).to_list()
    return msgspec.convert(found[0], Article) if found else None


async def existing(db: Database, tx: Transaction, articles: Collection[str]) -> set[str]:
    """Return those of these articles of which any version is there. By index `version`."""
    query = {"article": {"$in": sorted(articles)}}
    cursor = db[COLLECTION].find(query, {"article": 1}, session=tx, hint="version")
    return {row["article"] for row in await cursor.to_list()}


async def versions(db: Database, article: str, query: ListQuery) -> Page[Article]:
    """Versions that are or were in force, the newest first. Served by index `version`."""
    where = {"article": article, "state": {"$in": PUBLIC}}
    return await VERSIONS.page(db[COLLECTION], Article, where, query, hint="version")


async def move(
    db: Database, tx: Transaction, version: Article, action: ArticleAction, changes: Document
) -> Article | None:
    """Return the version as it is afterwards; None when somebody was first."""
    key = {"_id": version.id, "edits": version.edits}
    kept = msgspec.to_builtins(changes, builtin_types=(datetime,))
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, kept, tx=tx)
    return msgspec.convert(moved, Article | None)


async def discard(db: Database, tx: Transaction, draft: Article) -> bool:
    key = {"_id": draft.id, "edits": draft.edits}
    return await TABLE.remove(db[COLLECTION], key, ArticleAction.DISCARD, tx=tx) == 1


async def count_at(db: Database, tx: Transaction, place: str, *, limit: int) -> int:
    """Count the articles in force of one place, up to a limit. Served by index `shelf`."""
    where = {"place": place, **IN_FORCE}
    return await db[COLLECTION].count_documents(where, session=tx, hint="shelf", limit=limit)


async def replacing(db: Database, tx: Transaction, article: str) -> list[str]:
    """Return the places whose articles in force replace one. Served by index `replaces`."""
    where = {"replaces": article, **IN_FORCE}
    found: list[str] = await db[COLLECTION].distinct("place", where, session=tx)
    return sorted(found)


async def hide(db: Database, tx: Transaction, article: str, at: Sequence[str]) -> None:
    """Write at which places the version in force is not shown. Served by index `current`."""
    where = {"article": article, **IN_FORCE}
    await db[COLLECTION].update_one(where, {"$set": {"hidden_at": list(at)}}, session=tx)


def _shown_at(place: str) -> Document:
    chain = ancestors(place)
    return {"place": {"$in": chain}, **IN_FORCE, "hidden_at": {"$nin": chain}}


async def shelf(db: Database, query: HandbookQuery, wanted: Sequence[str]) -> Page[Article]:
    """Articles that people of a place are shown, the nearest first.

    `wanted`: words that they all have. Served by index `shelf`, or `words` with any.
    """
    where = {**_shown_at(query.place), **chosen(query, "category")}
    where |= {"words": {"$all": list(wanted)}} if wanted else {}
    hint = "words" if wanted else "shelf"
    return await NEAREST.page(db[COLLECTION], Article, where, query, hint=hint)


async def overlapping(
    db: Database,
    place: str,
    weights: Mapping[str, int],
    *,
    least: int,
    limit: int,
    category: ArticleCategory | None = None,
) -> list[Article]:
    """Articles that share the weightiest words with a text, the best first, then the nearest.

    `weights`: word → what it counts; in a title it counts more. By index `words`: it looks at
    those articles alone that have one, of at most MOST a place.
    """
    score = {"$add": [_counts(word, weight) for word, weight in weights.items()]}
    where = {**_shown_at(place), "words": {"$in": list(weights)}}
    where |= {"category": category} if category else {}
    steps: list[Document] = [
        {"$match": where},
        {"$set": {"score": score}},
        {"$match": {"score": {"$gte": least}}},
        {"$sort": {"score": -1, "depth": -1, "_id": 1}},
        {"$limit": limit},
    ]
    cursor = await db[COLLECTION].aggregate(steps, hint="words")
    return msgspec.convert(await cursor.to_list(), list[Article])


def _counts(word: str, weight: int) -> Document:
    literal = {"$literal": word}
    in_text = {"$cond": [{"$in": [literal, "$words"]}, weight, 0]}
    in_title = {"$in": [literal, "$title_words"]}
    return {"$cond": [in_title, weight * TITLE_COUNTS, in_text]}


async def page(db: Database, place: str, query: ArticlesQuery) -> Page[Article]:
    """Versions of all articles under a place. Served by index `written`."""
    where = {"under": place, **chosen(query, "state", "category")}
    return await ORDERS[query.sort].page(db[COLLECTION], Article, where, query, hint="written")


async def reviews(
    db: Database, place: str, query: HandbookReviewsQuery, before: datetime
) -> Page[Article]:
    """Articles in force under a place, not looked at since an instant. By index `reviews`."""
    where: Document = {"under": place, **IN_FORCE, "reviewed_at": {"$lt": before}}
    where |= chosen(query, "category")
    return await HEAVIEST.page(db[COLLECTION], Article, where, query, hint="reviews")


# What a night counts


async def counted(db: Database, after: str, *, limit: int) -> list[Article]:
    """Versions whose figures are not settled, by id. Served by index `counted`."""
    where = {"is_counted": True, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(where, hint="counted").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Article])


async def settle(db: Database, version: Article, changes: Document, *, uses: int) -> None:
    """Write what a night counted, once: of two nights at once the second finds it written.

    What was reviewed or retired meanwhile weighs differently: the next night counts it.
    """
    seen = {"counted_to": version.counted_to, "reviewed_at": version.reviewed_at}
    key: Document = {"_id": version.id, **seen, "state": version.state}
    await db[COLLECTION].update_one(key, {"$set": changes, "$inc": {"uses": uses}})
