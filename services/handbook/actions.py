"""Actions on articles: published, retired, and said to be still right."""

from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.handbook import drafts, store, views
from services.handbook.models import MOST, Article, ArticleVersion, ArticleVersionView
from services.handbook.states import (
    TABLE,
    ArticleAction,
    ArticleMovedOn,
    ArticleState,
    HandbookFull,
)
from services.kernel import errors
from services.kernel.days import plus_days
from services.kernel.documents import Document
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor
from services.places import actions as places

NOT_IN_FORCE: Final = "这一版已不是现行内容,请刷新后再看"


async def publish(
    deps: Dependencies, actor: Actor, article: str, seen: ArticleVersion
) -> ArticleVersionView:
    """Publish a draft: it takes the place of the version in force, in the same moment.

    Raises NotFound, ArticleMovedOn, HandbookFull.
    """

    async def save(tx: Transaction) -> Article:
        draft = await drafts.access(deps, tx, actor, article)
        if draft.version != seen.version:
            raise ArticleMovedOn(drafts.MOVED_ON)
        published = await put_in_force(deps, tx, actor.person_id, draft)
        act = TABLE.act(ArticleAction.PUBLISH)
        about = {"place": draft.place, "subject": article}
        await audit.record(deps, tx, actor, act, **about, version=draft.version)
        return published

    return views.version(await deps.in_transaction(save))


async def put_in_force(
    deps: Dependencies, tx: Transaction, person: str, draft: Article
) -> Article:
    """Publish a draft in a transaction. Raises ArticleMovedOn, HandbookFull."""
    await _hold(deps, tx, draft.place)
    now = deps.now()
    before = await store.find(deps.db, draft.article, ArticleState.PUBLISHED, tx=tx)
    if before is None and await _is_full(deps, tx, draft.place):
        raise HandbookFull("这里的手册内容太多了,请先整理", most=MOST)
    if before is not None:
        gone: Document = {"retired_by": person, "retired_at": now}
        if await store.move(deps.db, tx, before, ArticleAction.REPLACE, gone) is None:
            raise ArticleMovedOn(drafts.MOVED_ON)
    changes: Document = {
        "published_by": person,
        "published_at": now,
        "reviewed_by": person,
        "reviewed_at": now,
        "is_counted": True,
        "counted_to": plus_days(deps.today(), -1),
        "hidden_at": await store.replacing(deps.db, tx, draft.article),
    }
    published = await store.move(deps.db, tx, draft, ArticleAction.PUBLISH, changes)
    if published is None:
        raise ArticleMovedOn(drafts.MOVED_ON)
    await _hide_replaced(deps, tx, published)
    return published


async def _hold(deps: Dependencies, tx: Transaction, place: str) -> None:
    """Hold the city: what its articles replace is looked up and written as one."""
    if await places.hold(deps, tx, ancestors(place)[0]) is None:
        raise errors.NotFound("没有找到这个地方")


async def _is_full(deps: Dependencies, tx: Transaction, place: str) -> bool:
    return await store.count_at(deps.db, tx, place, limit=MOST) >= MOST


async def _hide_replaced(deps: Dependencies, tx: Transaction, version: Article) -> None:
    if version.replaces:
        at = await store.replacing(deps.db, tx, version.replaces)
        await store.hide(deps.db, tx, version.replaces, at)


async def retire(
    deps: Dependencies, actor: Actor, article: str, seen: ArticleVersion
) -> ArticleVersionView:
    """Retire an article: nobody is shown it any more. Raises NotFound, ArticleMovedOn."""

    async def save(tx: Transaction) -> Article:
        version = await _access(deps, tx, actor, article, seen)
        await _hold(deps, tx, version.place)
        changes: Document = {"retired_by": actor.person_id, "retired_at": deps.now()}
        retired = await store.move(deps.db, tx, version, ArticleAction.RETIRE, changes)
        if retired is None:
            raise ArticleMovedOn(NOT_IN_FORCE)
        await _hide_replaced(deps, tx, retired)
        act = TABLE.act(ArticleAction.RETIRE)
        about = {"place": version.place, "subject": article}
        await audit.record(deps, tx, actor, act, **about, version=version.version)
        return retired

    return views.version(await deps.in_transaction(save))


async def review(
    deps: Dependencies, actor: Actor, article: str, seen: ArticleVersion
) -> ArticleVersionView:
    """Say that the version in force is still right. Raises NotFound, ArticleMovedOn."""

    async def save(tx: Transaction) -> Article:
        version = await _access(deps, tx, actor, article, seen)
        changes: Document = {
            "reviewed_by": actor.person_id,
            "reviewed_at": deps.now(),
            "weight": 0,
        }
        reviewed = await store.move(deps.db, tx, version, ArticleAction.REVIEW, changes)
        if reviewed is None:
            raise ArticleMovedOn(NOT_IN_FORCE)
        act = TABLE.act(ArticleAction.REVIEW)
        about = {"place": version.place, "subject": article}
        await audit.record(deps, tx, actor, act, **about, version=version.version)
        return reviewed

    return views.version(await deps.in_transaction(save))


async def _access(
    deps: Dependencies, tx: Transaction, actor: Actor, article: str, seen: ArticleVersion
) -> Article:
    """Return the version in force to who writes there. NotFound, Forbidden, ArticleMovedOn."""
    known = views.writable(actor, await store.last(deps.db, article, tx=tx, public=True))
    if known.state is not ArticleState.PUBLISHED or known.version != seen.version:
        raise ArticleMovedOn(NOT_IN_FORCE)
    return known
