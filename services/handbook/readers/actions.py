"""Actions of readers of the handbook: an article is opened, and helps or does not."""

from services.audit import actions as audit
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.handbook import models, store, views
from services.handbook.readers import store as readers
from services.handbook.readers.models import KEPT, Open, Verdict, open_id
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.permissions import Actor


async def opened(
    deps: Dependencies, actor: Actor, article: str, seen: models.ArticleVersion
) -> None:
    """Note that somebody reads a version: once a day, under a keyed fingerprint. NotFound.

    A row of its own, not a number in the article: that one row would be written by everybody
    who reads it after a notice. Nights count the rows (jobs.py).
    """
    version = await _access(deps, actor, article, seen)
    today = deps.today()
    row = Open(
        id=open_id(deps.vault, version.id, today, actor.person_id),
        version=version.id,
        day=today,
        expires_at=deps.now() + KEPT,
    )
    await readers.note_open(deps.db, row)


async def judge(
    deps: Dependencies, actor: Actor, article: str, verdict: models.ArticleVerdict
) -> models.ArticleView:
    """Say whether a version helped; said again, the last word counts.

    Raises NotFound, ConsentNeeded.
    """
    version = await _access(deps, actor, article, verdict)
    row = Verdict(
        id=readers.verdict_id(version.id, actor.person_id),
        version=version.id,
        person=actor.person_id,
        helped=verdict.helped,
        at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        is_new = await readers.put_verdict(deps.db, tx, row)
        facts: Document = {"version": version.version, **({} if is_new else {"again": True})}
        about = {"place": version.place, "subject": article}
        await audit.record(deps, tx, actor, Act.HANDBOOK_JUDGED, **about, **facts)

    await deps.in_transaction(save)
    return views.whole(version, helped=verdict.helped)


async def _access(
    deps: Dependencies, actor: Actor, article: str, seen: models.ArticleVersion
) -> models.Article:
    """Return a version that is or was in force, to who may read it. NotFound."""
    found = await store.find_version(deps.db, article, seen.version)
    is_public = found is not None and found.published_at is not None
    return views.readable(actor, found if is_public else None)
