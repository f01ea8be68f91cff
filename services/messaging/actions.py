"""Telling people things: always in their inbox, and through WeChat while they allow it."""

import hashlib
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import encode
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor
from services.messaging import grant_store, store
from services.messaging.models import (
    Message,
    MessageView,
    TemplateView,
    Unread,
    grant_id,
    position,
)
from services.messaging.templates import TEMPLATES, TemplateKey
from services.messaging.views import view, views
from services.people import actions as people

ID_LENGTH: Final = 26


async def notify(
    deps: Dependencies,
    tx: Transaction,
    *,
    person_id: str,
    template: TemplateKey,
    key: str,
    values: dict[str, str],
    page: str = "",
) -> None:
    """Tell a person something, in the caller's transaction; the worker then tries WeChat.

    The same template, key and person again is the same message. `values`: see TEMPLATES, all of
    them or ValueError; no phone numbers. `page`: where a tap leads, else the template's own.
    """
    now = deps.now()
    words = TEMPLATES[template]
    chosen = words.write(values)
    message_id = message_id_of(template, key, person_id)
    message = Message(
        id=message_id,
        person=person_id,
        template=template,
        key=key,
        values=chosen,
        title=words.title,
        body=words.body.format_map(chosen),
        page=page or words.page,
        position=position(now, message_id),
        created_at=now,
    )
    if await store.insert(deps.db, message, tx):
        await jobs.enqueue(deps, tx, "messaging.send", message_id, message_id=message_id)


def message_id_of(template: TemplateKey, key: str, person_id: str) -> str:
    digest = hashlib.sha256(f"{template}\n{key}\n{person_id}".encode()).digest()
    return encode(int.from_bytes(digest), ID_LENGTH)


async def inbox(
    deps: Dependencies, actor: Actor, *, before: str, limit: int
) -> list[MessageView]:
    """My messages, newest first; `before` is the position of the last one seen."""
    return views(await store.inbox(deps.db, actor.person_id, before=before, limit=limit))


async def unread(deps: Dependencies, actor: Actor) -> Unread:
    return Unread(await store.count_unread(deps.db, actor.person_id))


async def read(deps: Dependencies, actor: Actor, message_id: str) -> MessageView:
    """Mark one of my messages as read; the first time counts. NotFound for anybody else's."""
    message = await store.mark_read(
        deps.db, message_id, actor.person_id, deps.now()
    ) or await store.find_of(deps.db, message_id, actor.person_id)
    if message is None:
        raise NotFound("没有找到这条消息")
    return view(message)


async def templates(deps: Dependencies, actor: Actor) -> list[TemplateView]:
    """Templates this installation has, with the grants I have left as far as we know."""
    person = actor.person_id
    openid = (await people.openids(deps, [person])).get(person, "")
    grants = {
        key: grant_id(openid, deps.templates[key]) for key in TEMPLATES if key in deps.templates
    }
    left = await grant_store.left(deps.db, list(grants.values()))
    return [
        TemplateView(
            template=key,
            template_id=deps.templates[key],
            title=TEMPLATES[key].title,
            left=left.get(grant, 0),
        )
        for key, grant in grants.items()
    ]
