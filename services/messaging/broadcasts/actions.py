"""Broadcasts: the one way to tell many people something, and what became of it.

Whoever tells writes a broadcast in the transaction of what happened, in constant time whatever
the number of people; a job carries it on (jobs.py).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Lane
from services.kernel.pages import ListQuery, Page
from services.messaging import bulk_store
from services.messaging import store as messages_store
from services.messaging.broadcasts import homes_store, store
from services.messaging.broadcasts.models import (
    ANSWERED,
    ANSWERED_AFTER,
    FAN_OUT,
    SETTLED_AFTER,
    UNREAD,
    Answer,
    Because,
    Broadcast,
    BroadcastHome,
    LookUp,
    Urgency,
    Wish,
    broadcast_id,
    home_id,
)
from services.messaging.broadcasts.states import BroadcastState
from services.messaging.models import Message, message_id_of
from services.messaging.templates import write

# What somebody was told by broadcasts to a few; older ones are in their inbox.
MOST_TOLD: Final = 100


async def start(deps: Dependencies, tx: Transaction, wish: Wish) -> None:
    """Begin to tell many people, in the caller's transaction. Begun twice, it is the same.

    ValueError for a template or source that no feature registered, or a value that is missing.
    """
    template = deps.features.templates.get(wish.template)
    if template is None or wish.source not in deps.features.broadcasts:
        raise ValueError(f"nobody registered {wish.template} and {wish.source}")
    has_one_text = deps.features.broadcasts[wish.source].write is None
    now = deps.now()
    broadcast = Broadcast(
        id=broadcast_id(wish.source, wish.key),
        source=wish.source,
        key=wish.key,
        template=wish.template,
        title=wish.title,
        body=wish.body,
        page=wish.page or template.page,
        values=write(template, wish.values) if has_one_text else {},
        urgency=wish.urgency,
        quiet=wish.quiet,
        push_until=now + wish.push_within,
        narrow=wish.narrow,
        created_at=now,
    )
    if await store.insert(deps.db, tx, broadcast):
        lane = Lane.URGENT if wish.urgency is Urgency.EMERGENCY else None
        await jobs.enqueue(
            deps, tx, FAN_OUT, broadcast.id, lane=lane, broadcast_id=broadcast.id
        )


async def stop(
    deps: Dependencies, tx: Transaction, broadcast_id: str, *, title: str, body: str
) -> bool:
    """Stop telling, and let those who were told read `title` and `body` instead.

    False when everybody was told already; the text is another one then too.
    """
    now = deps.now()
    await _rewrite(deps, tx, broadcast_id, {"title": title, "body": body})
    stopped = await store.stop(deps.db, tx, broadcast_id, {"done_at": now})
    if stopped:  # its own job may wait for the morning; this one counts what was done
        key, due_at = f"{broadcast_id}:stopped", now + SETTLED_AFTER
        await jobs.enqueue(deps, tx, FAN_OUT, key, due_at=due_at, broadcast_id=broadcast_id)
    return stopped


async def rewrite(
    deps: Dependencies,
    tx: Transaction,
    broadcast_id: str,
    *,
    title: str,
    body: str,
    values: Mapping[str, str],
) -> None:
    """Tell everybody another text, those who have it in the inbox already too.

    Nobody is pushed to again; who was not pushed to yet is with the new text. Who read the
    text before has it unread again.
    """
    found = await store.find(deps.db, broadcast_id, tx=tx)
    if found is not None:
        written = write(deps.features.templates[found.template], values)
        changes: Document = {"title": title, "body": body, "values": written}
        await _rewrite(deps, tx, broadcast_id, changes)


async def _rewrite(
    deps: Dependencies, tx: Transaction, broadcast_id: str, changes: Document
) -> None:
    """Write another text, in constant time; a job makes the entries unread that were read."""
    now = deps.now()
    await store.rewrite(deps.db, tx, broadcast_id, {**changes, "rewritten_at": now})
    key = f"{broadcast_id}:{now.isoformat()}"
    await jobs.enqueue(deps, tx, UNREAD, key, broadcast_id=broadcast_id)


async def find(deps: Dependencies, broadcast_id: str) -> Broadcast | None:
    return await store.find(deps.db, broadcast_id)


async def of_messages(deps: Dependencies, messages: Sequence[Message]) -> dict[str, Broadcast]:
    """Return id → broadcast of those whose text some messages have."""
    ids = {message.broadcast for message in messages if message.broadcast and not message.body}
    found = await store.find_many(deps.db, sorted(ids)) if ids else []
    return {each.id: each for each in found}


async def told(deps: Dependencies, person_id: str, source: str) -> dict[str, list[str]]:
    """Return key → places of a source's narrow broadcasts somebody was told, the latest first.

    `places`: the homes, and offices, for which they were told.
    """
    found = await bulk_store.told(deps.db, person_id, source, MOST_TOLD)
    return {each.removeprefix(f"{source}:"): places for each, places in found.items()}


async def told_for(
    deps: Dependencies, person_id: str, broadcast_ids: Sequence[str]
) -> dict[str, list[str]]:
    """Return broadcast → places for which somebody was told, of some; however long ago."""
    ids = {_message_id(each, person_id): each for each in broadcast_ids}
    found = await bulk_store.places_of(deps.db, list(ids)) if ids else {}
    return {ids[message]: places for message, places in found.items()}


async def messages_of(
    deps: Dependencies, broadcast_id: str, people: Sequence[str]
) -> dict[str, Message]:
    """Return person → the message of a broadcast to them, of those who have one."""
    ids = [_message_id(broadcast_id, person) for person in people]
    found = await messages_store.find_many(deps.db, ids) if ids else []
    return {message.person: message for message in found}


async def take_over(
    deps: Dependencies, broadcast_id: str, people: Sequence[str], readers: Collection[str]
) -> tuple[dict[str, list[str]], set[str]]:
    """Return who of some people was told a text before the present one, and who needs no more.

    The first are person → places for which they were told: whoever asks tells them again, and
    the broadcast itself does not push to them any more. The others know the present text, or
    may still get their entry, and are told by the broadcast itself. `readers`: those who read
    an older text elsewhere. Asked again, it is the same, but for who was come to meanwhile.
    """
    found = await store.find(deps.db, broadcast_id)
    since = found.rewritten_at if found else None
    if found is None or since is None:
        return {}, set()
    ids = {_message_id(broadcast_id, person): person for person in people}
    read = [each for each, person in ids.items() if person in readers]
    await bulk_store.take_over(deps.db, list(ids), read, since)
    rows = await bulk_store.told_of(deps.db, list(ids))
    know = {row.person for row in rows if row.knows(since)}
    told = {row.person: row.places for row in rows if row.knew and row.person not in know}
    if found.state is BroadcastState.GATHERING:  # as it was before these rows were read
        know |= {*people} - {row.person for row in rows}
    return told, know


async def opened(
    deps: Dependencies, tx: Transaction, broadcast_ids: Sequence[str], person_id: str
) -> None:
    """Note that somebody opened what broadcasts tell of: for them and for their homes.

    Who was not told, e.g. because they moved in later, is not counted.
    """
    now = deps.now()
    ids = {_message_id(each, person_id): each for each in broadcast_ids}
    await bulk_store.note_shown(deps.db, tx, list(ids), now)
    await _note_homes(deps, tx, ids, "shown_at")


async def answered(
    deps: Dependencies,
    tx: Transaction,
    broadcast_id: str,
    person_id: str,
    *,
    home: str = "",
    is_meant: bool = False,
) -> None:
    """Note that somebody answered what a broadcast asks. `is_meant`: as answered_for_home().

    `home`: for which one, where homes are asked: the others where they were told have seen it
    and not answered. Without one it is for all of these. Who answers before their message is
    written is noted by a job, once it is.
    """
    message = _message_id(broadcast_id, person_id)
    answer = Answer(broadcast_id, message, home, deps.now())
    if home:
        await answered_for_home(deps, tx, broadcast_id, home, is_meant=is_meant)
    if not await note_answer(deps, tx, answer) and (
        await is_gathering(deps, broadcast_id, tx=tx)
    ):
        due_at = answer.at + ANSWERED_AFTER
        kept = msgspec.structs.asdict(answer)
        await jobs.enqueue(deps, tx, ANSWERED, f"{message}:{home}", due_at=due_at, **kept)


async def note_answer(deps: Dependencies, tx: Transaction, answer: Answer) -> bool:
    """Note an answer on its message, and on the other homes of that; False without one."""
    found = await bulk_store.places_of(deps.db, [answer.message], tx=tx)
    await bulk_store.note_answered(deps.db, tx, answer.message, answer.at)
    field = "shown_at" if answer.home else "answered_at"
    ids = {answer.message: answer.broadcast}
    await _note_homes(deps, tx, ids, field, but=answer.home)
    return bool(found)


async def is_gathering(
    deps: Dependencies, broadcast_id: str, *, tx: Transaction | None = None
) -> bool:
    """Tell whether a broadcast still writes messages, and may come to somebody yet."""
    found = await store.find(deps.db, broadcast_id, tx=tx)
    return found is not None and found.state is BroadcastState.GATHERING


async def answered_for_home(
    deps: Dependencies,
    tx: Transaction,
    broadcast_id: str,
    home: str,
    *,
    is_meant: bool = False,
) -> None:
    """Note that a home answered, through whomever.

    It counts as one of the broadcast's homes also before these are gathered. `is_meant`: the
    caller knows that it is one, whatever was gathered.
    """
    if is_meant or await is_gathering(deps, broadcast_id, tx=tx):
        await homes_store.note_answered(deps.db, tx, broadcast_id, home, deps.now())
        return
    ids = [home_id(broadcast_id, home)]
    await homes_store.note(deps.db, ids, "answered_at", deps.now(), reached=True, tx=tx)


async def visited(deps: Dependencies, tx: Transaction, broadcast_id: str, home: str) -> bool:
    """Note that a home was told at its door; False when the broadcast does not mean it."""
    ids = [home_id(broadcast_id, home)]
    await homes_store.note(deps.db, ids, "visited_at", deps.now(), reached=True, tx=tx)
    return bool(await homes_store.find_many(deps.db, tx, ids))


async def _note_homes(
    deps: Dependencies, tx: Transaction, ids: Mapping[str, str], field: str, *, but: str = ""
) -> None:
    """Note on the homes of some messages (message → broadcast) how they were reached.

    `but`: a home that is left out.
    """
    found = await bulk_store.places_of(deps.db, list(ids), tx=tx)
    homes = [
        home_id(ids[message], place)
        for message, places in found.items()
        for place in places
        if place != but
    ]
    if homes:
        await homes_store.note(deps.db, homes, field, deps.now(), reached=True, tx=tx)


async def is_meant(
    deps: Dependencies, broadcast_id: str, home: str, *, tx: Transaction | None = None
) -> bool:
    """Tell whether a broadcast means a home, as far as its homes are gathered."""
    return bool(await homes_store.find_many(deps.db, tx, [home_id(broadcast_id, home)]))


async def unreached(
    deps: Dependencies,
    broadcast_ids: Sequence[str],
    places: Sequence[str],
    query: ListQuery,
    because: Because | None = None,
) -> Page[BroadcastHome]:
    """Return homes under some places where nobody was reached, by path, for each broadcast.

    `because`: only those that were not reached for this reason.
    """
    if not broadcast_ids or not places:
        return Page([])
    return await homes_store.unreached(deps.db, broadcast_ids, places, query, because)


def unreached_of(asked: LookUp) -> list[Document]:
    """Return stages of a pipeline: of rows with a `broadcast`, one for each home not reached.

    Its path is in `homes.home`.
    """
    return homes_store.look_up(asked)


async def unanswered(
    deps: Dependencies,
    broadcast_id: str,
    places: Sequence[str],
    query: ListQuery,
    *,
    without: Sequence[str],
) -> Page[BroadcastHome]:
    """Return homes under some places that did not answer what a broadcast asks, by path.

    `without`: homes that are left out.
    """
    if not places:
        return Page([])
    return await homes_store.unanswered(deps.db, broadcast_id, places, query, without=without)


async def unanswered_among(
    deps: Dependencies, broadcast_id: str, homes: Sequence[str]
) -> list[str]:
    """Return those of some homes that a broadcast means and that did not answer."""
    return await homes_store.unanswered_among(deps.db, broadcast_id, homes) if homes else []


def _message_id(broadcast_id: str, person_id: str) -> str:
    source, _, key = broadcast_id.partition(":")
    return message_id_of(source, key, person_id)
