"""Actions of readers: what is shown to them, and that they read it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from services.audiences import readers
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.pages import Page
from services.kernel.permissions import Actor
from services.messaging.broadcasts import actions as broadcasts
from services.notices import notify, senders
from services.notices import store as notices
from services.notices.contents.models import AttachmentLinks
from services.notices.models import Notice
from services.notices.readings import households, store, views
from services.notices.readings.models import (
    MyNotice,
    MyNoticesQuery,
    MyNoticeView,
    ReadNotices,
    UnreadNotices,
)
from services.notices.readings.texts import TEXTS
from services.notices.states import OUT, NoticeState, edition
from services.photos import actions as photos

MISSING: Final = "没有找到这条通知"
MOST_COUNTED: Final = 1_000
MOST_TOLD: Final = 50  # of notices to so few that only who was told may read them


async def keys_of(deps: Dependencies, actor: Actor) -> list[str]:
    """Return the tokens by which somebody reads: of homes, offices, and what they were told.

    Of the last the newest, so that the list stays one merged scan of the index (ids sort by
    time), and only what was told for a home that they still belong to: who moved out, or whose
    office ended, reads it no more.
    """
    told = await broadcasts.told(deps, actor.person_id, notify.SOURCE)
    keys = await readers.reader_keys(deps, actor)
    own = {*keys}
    mine = [each for each, homes in told.items() if readers.belongs(own, homes)]
    return [*keys, *(senders.told(each) for each in sorted(mine)[-MOST_TOLD:])]


async def mine(deps: Dependencies, actor: Actor, query: MyNoticesQuery) -> Page[MyNotice]:
    """Return what is shown to me now, pinned ones first, the newest next.

    Also what was withdrawn in the last seven days, with the reason alone.
    """
    keys, filters = await keys_of(deps, actor), {"kind": query.kind} if query.kind else {}
    page = await notices.shown_page(deps.db, keys, deps.now(), query, **filters)
    ids = [notice.id for notice in page.items]
    read = await store.of_person(deps.db, actor.person_id, ids)
    asked = await households.asking(deps, actor, page.items)
    return page.map(lambda each: views.row(each, read.get(each.id), asks_me=each.id in asked))


async def unread(deps: Dependencies, actor: Actor) -> UnreadNotices:
    """Count what is shown to me now and was not read in its present edition."""
    keys = await keys_of(deps, actor)
    shown = await notices.shown_editions(deps.db, keys, deps.now(), limit=MOST_COUNTED)
    read = await store.of_person(deps.db, actor.person_id, list(shown))
    seen = [n for n in shown if n in read and read[n].version >= shown[n]]
    return UnreadNotices(unread=len(shown) - len(seen))


async def access(deps: Dependencies, actor: Actor, notice_id: str) -> Notice:
    """Return a notice that somebody may read, without its text. Raises NotFound.

    Also one that is not shown any more: a message leads to it.
    """
    found = await notices.find_short(deps.db, [notice_id])
    may = await _readable(deps, actor, found)
    return accessible(
        actor,
        next(iter(found), None),
        people=lambda notice: [actor.person_id] if notice.id in may else [],
        missing=MISSING,
    )


async def access_text(deps: Dependencies, actor: Actor, notice_id: str) -> Notice:
    """Return a notice, without its text, for its readers and for the heads of its places.

    A head knocks for it. Only reading: it is not listed for them, counts as read by nobody,
    and asks them nothing. Raises NotFound.
    """
    found = next(iter(await notices.find_short(deps.db, [notice_id])), None)
    if found is not None and found.state in OUT and senders.carries(actor, found):
        return found
    return await access(deps, actor, notice_id)


async def may_read(deps: Dependencies, actor: Actor, notice: Notice) -> bool:
    """Tell whether somebody may read a notice."""
    return notice.id in await _readable(deps, actor, [notice])


async def _readable(deps: Dependencies, actor: Actor, found: Sequence[Notice]) -> set[str]:
    """Return the ids of those of some notices that somebody may read.

    Of one to a few, their own entry is looked up, however many notices came after it.
    """
    keys = {*await readers.reader_keys(deps, actor)}
    out = [each for each in found if each.state in OUT]
    few = [notify.broadcast_of(n) for n in out if senders.told(n.id) in n.readers]
    told = await broadcasts.told_for(deps, actor.person_id, few)
    return {
        each.id
        for each in out
        if not keys.isdisjoint(each.readers)
        or readers.belongs(keys, told.get(notify.broadcast_of(each), []))
    }


async def get(deps: Dependencies, actor: Actor, notice_id: str) -> MyNoticeView:
    """Return a notice as a reader sees it, with what was answered. Raises NotFound."""
    found = await access_text(deps, actor, notice_id)
    text: str | None = ""
    while found.state is NoticeState.PUBLISHED:
        load = partial(notices.text_of, deps.db, found.id, found.version)
        text = await TEXTS.get((found.id, found.version), load)
        if text is not None:
            break
        found = await access_text(deps, actor, notice_id)  # corrected a moment ago
    asked = await households.asking(deps, actor, [found])
    asks_me = bool(asked) and (
        not senders.carries(actor, found) or await may_read(deps, actor, found)
    )
    return await views.view(deps, actor, found, text or "", asks_me=asks_me)


async def links(deps: Dependencies, actor: Actor, notice_id: str) -> AttachmentLinks:
    """Return addresses of a notice's pictures and papers. Raises NotFound."""
    found = await access_text(deps, actor, notice_id)
    shown = found.attachments if found.state is NoticeState.PUBLISHED else []
    ids = [each.photo_id for each in shown]
    return AttachmentLinks(items=await photos.links_to(deps, ids, subject=found.id))


async def read(deps: Dependencies, actor: Actor, wish: ReadNotices) -> UnreadNotices:
    """Note that somebody read some notices; those that are not theirs are left out."""
    found = await notices.find_short(deps.db, list(dict.fromkeys(wish.notice_ids)))
    may = await _readable(deps, actor, found)
    editions = {n.id: edition(n.version, n.state) for n in found if n.id in may}
    opened = [
        broadcast
        for each in found
        if each.id in editions
        for broadcast in (notify.broadcast_of(each), *notify.again_of(each))
    ]
    now: datetime = deps.now()

    async def save(tx: Transaction) -> None:
        await store.mark_read(deps.db, tx, actor.person_id, editions, now)
        await broadcasts.opened(deps, tx, opened, actor.person_id)

    if editions:
        await deps.in_transaction(save)
    return await unread(deps, actor)
