"""Drafts of articles: written, changed and discarded before anybody reads them."""

from typing import Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.handbook import store, views
from services.handbook.models import (
    PLACES,
    Article,
    ArticleVersionView,
    ChangeArticleDraft,
    NewArticle,
    WriteArticle,
    version_id,
)
from services.handbook.states import (
    TABLE,
    ArticleAction,
    ArticleMovedOn,
    ArticleState,
    BadArticle,
    DraftExists,
)
from services.kernel import errors, words
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.places import actions as places

MOVED_ON: Final = "刚刚有人改过,请刷新后再试"


async def write(deps: Dependencies, actor: Actor, wish: NewArticle) -> ArticleVersionView:
    """Write the first version of an article. Raises NotFound, BadArticle."""
    found = await places.access_place(deps, actor, wish.place, Permission.WRITE_HANDBOOK)
    if found.kind not in PLACES:
        raise BadArticle("手册内容属于社区、街道、区或市")
    await _check_replaced(deps, actor, wish)
    draft = await drafted(deps, actor.person_id, wish.place, deps.new_id(), wish)
    draft.replaces = wish.replaces or ""
    await _insert(deps, actor, draft)
    return views.version(draft)


async def _check_replaced(deps: Dependencies, actor: Actor, wish: NewArticle) -> None:
    """Raise NotFound unless an article of the same place or above is in force."""
    if wish.replaces is None:
        return
    found = await store.find(deps.db, wish.replaces, ArticleState.PUBLISHED)
    replaced = views.readable(actor, found)
    if replaced.place == wish.place:
        raise BadArticle("本地的内容请直接写新版本")
    if not covers(replaced.place, wish.place):
        raise BadArticle("只能代替上级的内容")


async def drafted(
    deps: Dependencies, writer: str, place: str, article: str, wish: WriteArticle
) -> Article:
    """Return the first version of an article as a draft. Raises BadArticle."""
    return Article(
        id=version_id(article, 1),
        article=article,
        version=1,
        place=place,
        **await _written(deps, writer, wish),
    )


async def _written(deps: Dependencies, writer: str, wish: WriteArticle) -> Document:
    """Return what is kept of a text, with the words by which it is found."""
    if wish.answered_by is None and wish.answered_text is None:
        raise BadArticle("请写明由谁解答")
    dictionary = await words.dictionary()
    return {
        "category": wish.category,
        "title": wish.title,
        "steps": wish.steps,
        "sources": wish.sources,
        "answered_by": wish.answered_by,
        "answered_text": wish.answered_text or "",
        "position": wish.position,
        "words": dictionary.kept(wish.title, *wish.steps),
        "title_words": dictionary.kept(wish.title),
        "written_by": writer,
        "written_at": deps.now(),
    }


async def write_version(
    deps: Dependencies, actor: Actor, article: str, wish: WriteArticle
) -> ArticleVersionView:
    """Write the next version of an article. Raises NotFound, Forbidden, DraftExists."""
    before = views.writable(actor, await store.last(deps.db, article))
    if before.state is ArticleState.DRAFT:
        raise DraftExists("这篇已有草稿,请接着改,或先删除草稿")
    number = before.version + 1
    draft = Article(
        id=version_id(article, number),
        article=article,
        version=number,
        place=before.place,
        replaces=before.replaces,
        **await _written(deps, actor.person_id, wish),
    )
    await _insert(deps, actor, draft)
    return views.version(draft)


async def _insert(deps: Dependencies, actor: Actor, draft: Article) -> None:
    async def save(tx: Transaction) -> None:
        if not await places.use(deps, [draft.place], tx=tx):
            raise errors.NotFound("没有找到这个地方")
        await store.insert(deps.db, tx, [draft])
        await _record(deps, tx, actor, draft, TABLE.act(ArticleAction.EDIT))

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise DraftExists("这篇已有草稿,请接着改,或先删除草稿") from None


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, version: Article, act: Act
) -> None:
    about = {"place": version.place, "subject": version.article}
    await audit.record(deps, tx, actor, act, **about, version=version.version)


async def change(
    deps: Dependencies, actor: Actor, article: str, wish: ChangeArticleDraft
) -> ArticleVersionView:
    """Write a draft anew. Of two who saw the same, the first counts.

    Raises NotFound, BadArticle, ArticleMovedOn.
    """
    changes = await _written(deps, actor.person_id, wish)

    async def save(tx: Transaction) -> Article:
        draft = await access(deps, tx, actor, article)
        if draft.edits != wish.edits:
            raise ArticleMovedOn(MOVED_ON)
        kept = changes | {"edits": draft.edits + 1}
        changed = await store.move(deps.db, tx, draft, ArticleAction.EDIT, kept)
        if changed is None:
            raise ArticleMovedOn(MOVED_ON)
        await _record(deps, tx, actor, changed, TABLE.act(ArticleAction.EDIT))
        return changed

    return views.version(await deps.in_transaction(save))


async def discard(deps: Dependencies, actor: Actor, article: str) -> None:
    """Remove a draft. Raises NotFound, ArticleMovedOn."""

    async def save(tx: Transaction) -> None:
        draft = await access(deps, tx, actor, article)
        if not await store.discard(deps.db, tx, draft):
            raise ArticleMovedOn(MOVED_ON)
        await _record(deps, tx, actor, draft, TABLE.act(ArticleAction.DISCARD))

    await deps.in_transaction(save)


async def access(deps: Dependencies, tx: Transaction, actor: Actor, article: str) -> Article:
    """Return a draft to who writes there. NotFound for no draft, and for everybody else."""
    found = await store.find(deps.db, article, ArticleState.DRAFT, tx=tx)
    return views.writable(actor, found)
