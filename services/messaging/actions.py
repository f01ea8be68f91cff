"""Actions on messages: each goes into the inbox, and to WeChat while the person allows it."""

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.errors import NotFound
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor
from services.kernel.templates import Template
from services.messaging import message_grants, store
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.deliveries import actions as deliveries
from services.messaging.models import (
    SEND,
    Message,
    MessageView,
    TemplateView,
    Unread,
    message_id_of,
    position,
)
from services.messaging.templates import write
from services.messaging.views import view
from services.people import actions as people


async def notify(
    deps: Dependencies,
    tx: Transaction,
    *,
    person_id: str,
    template: Template,
    key: str,
    values: dict[str, str],
    page: str = "",
) -> None:
    """Send a person a message in the caller's transaction.

    The worker then tries WeChat, if they can be reached there now; a job for everybody else
    would find nothing to do. Who closed their account is told nothing. Both are read outside
    the transaction: it hangs on neither, and in it no union can be read.

    The same template, key and person again is the same message. `values`: all that
    the template speaks of, or ValueError, as for one that no feature registered; no phone
    numbers. `page`: where a tap leads, else the template's own.
    """
    message = _draft(deps, person_id, template, key, values)
    if page:
        message.page = page
    known = await people.find_many(deps, [person_id])
    if any(person.closed_at for person in known.values()):
        return
    if not await store.insert(deps.db, tx, message):
        return
    if await deliveries.ways(deps, known, template.key):
        await jobs.enqueue(deps, tx, SEND, message.id, message_id=message.id)


def _draft(
    deps: Dependencies, person_id: str, template: Template, key: str, values: dict[str, str]
) -> Message:
    if deps.features.templates.get(template.key) != template:
        raise ValueError(f"no feature registers the message {template.key}")
    message_id = message_id_of(template.key, key, person_id)
    chosen, now = write(template, values), deps.now()
    return Message(
        id=message_id,
        person=person_id,
        template=template.key,
        key=key,
        values=chosen,
        title=template.title,
        body=template.body.format_map(chosen),
        page=template.page,
        position=position(now, message_id),
        created_at=now,
    )


async def inbox(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[MessageView]:
    """Return my messages, newest first."""
    page = await store.inbox(deps.db, actor.person_id, query)
    told = await broadcasts.of_messages(deps, page.items)
    return page.map(lambda message: view(message, told))


async def unread(deps: Dependencies, actor: Actor) -> Unread:
    """Count my messages that I have not read."""
    return Unread(await store.count_unread(deps.db, actor.person_id))


async def read(deps: Dependencies, actor: Actor, message_id: str) -> MessageView:
    """Mark one of my messages as read; of each text of it the first time counts.

    NotFound for anybody else's.
    """
    found = await store.find_of(deps.db, message_id, actor.person_id)
    if found is None:
        raise NotFound("没有找到这条消息")
    told = await broadcasts.of_messages(deps, [found])
    since = told[found.broadcast].rewritten_at if found.broadcast in told else None
    message = await store.mark_read(
        deps.db, message_id, actor.person_id, deps.now(), rewritten_at=since
    )
    return view(message or found, told)


async def templates(deps: Dependencies, actor: Actor) -> Page[TemplateView]:
    """Return this installation's templates, with the grants I have left as far as we know.

    On one page: they are a few dozen.
    """
    openid = (await people.openids(deps, [actor.person_id])).get(actor.person_id, "")
    known = deps.features.templates
    ids = {key: deps.templates[key] for key in known if key in deps.templates}
    left = await message_grants.left(deps, openid, list(ids.values()))
    return Page(
        [
            TemplateView(
                template=key,
                template_id=template_id,
                title=known[key].title,
                left=left[template_id],
            )
            for key, template_id in ids.items()
        ]
    )
