"""Starter set: loaded into the handbook of a place by an administrator, who may do it again.

What was loaded belongs to the place from then on: an article that is there in any version, or
was retired, is left as it is.
"""

from typing import Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.handbook import actions, drafts, store
from services.handbook.models import PLACES, Article, LoadedStarter, WriteArticle
from services.handbook.starter_set import ENTRIES
from services.handbook.states import ArticleMovedOn, BadArticle
from services.kernel.acts import Act
from services.kernel.documents import digest_id
from services.kernel.permissions import Actor, Permission
from services.places import actions as places

STEP: Final = 10  # between neighbours, so that others fit in


async def load(deps: Dependencies, actor: Actor, place: str) -> LoadedStarter:
    """Publish those articles of the set that a place never had.

    Raises NotFound, BadArticle, HandbookFull; ArticleMovedOn when two load it at once.
    """
    found = await places.access_place(deps, actor, place, Permission.OPERATE)
    if found.kind not in PLACES:
        raise BadArticle("手册内容属于社区、街道、区或市")
    made = await _drafts(deps, actor, place)

    async def save(tx: Transaction) -> LoadedStarter:
        await places.use(deps, [place], tx=tx)
        there = await store.existing(deps.db, tx, [draft.article for draft in made])
        new = [draft for draft in made if draft.article not in there]
        if new:
            await store.insert(deps.db, tx, new)
        for draft in new:
            await actions.put_in_force(deps, tx, actor.person_id, draft)
        await audit.record(deps, tx, actor, Act.HANDBOOK_LOADED, place=place, written=len(new))
        return LoadedStarter(written=len(new))

    try:
        return await deps.in_transaction(save)
    except DuplicateKeyError:
        raise ArticleMovedOn(drafts.MOVED_ON) from None


async def _drafts(deps: Dependencies, actor: Actor, place: str) -> list[Article]:
    return [
        await drafts.drafted(
            deps,
            actor.person_id,
            place,
            digest_id("handbook", place, entry.code),
            WriteArticle(
                category=entry.category,
                title=entry.title,
                steps=[*entry.steps],
                sources=entry.laws,
                answered_by=entry.answered_by,
                answered_text=entry.answered_text or None,
                position=number * STEP,
            ),
        )
        for number, entry in enumerate(ENTRIES)
    ]
