"""Entries of a broadcast in people's inboxes, and the homes that it means: written in bulk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from services.dependencies import Dependencies
from services.kernel.waits import all_of
from services.messaging import bulk_store
from services.messaging.broadcasts import homes_store
from services.messaging.broadcasts.models import (
    Broadcast,
    BroadcastHome,
    Recipients,
    Source,
    home_id,
)
from services.messaging.models import Message, message_id_of, position
from services.messaging.templates import write as write_values
from services.people import actions as people


async def write(
    deps: Dependencies, broadcast: Broadcast, source: Source, recipients: Sequence[Recipients]
) -> int:
    """Write the entries of some people; return how many people these are.

    Written again, they are the same. Outside a transaction: a thousand entries are more than
    one should hold, and half of them do no harm, because the next attempt adds the rest.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for one in recipients:
        for person in one.people:
            places[person].append(one.place)
    texts = await source.write(deps, broadcast.key, list(places)) if source.write else None
    if texts is not None:
        places = {person: places[person] for person in places if person in texts}
    await all_of(
        homes_store.put(deps.db, _homes(broadcast, recipients, places)),
        bulk_store.put(deps.db, _messages(deps, broadcast, places, texts or {})),
    )
    await _remove_closed(deps, broadcast, list(places))
    return len(places)


def _homes(
    broadcast: Broadcast, recipients: Sequence[Recipients], told: Mapping[str, Sequence[str]]
) -> list[BroadcastHome]:
    return [
        BroadcastHome(
            id=home_id(broadcast.id, one.place),
            broadcast=broadcast.id,
            home=one.place,
            people=[person for person in one.people if person in told],
        )
        for one in recipients
        if one.is_home
    ]


def _messages(
    deps: Dependencies,
    broadcast: Broadcast,
    places: Mapping[str, Sequence[str]],
    texts: Mapping[str, Mapping[str, str]],
) -> list[Message]:
    return [
        _message(deps, broadcast, person, places[person], texts.get(person))
        for person in sorted(places)
    ]


def _message(
    deps: Dependencies,
    broadcast: Broadcast,
    person: str,
    places: Sequence[str],
    text: Mapping[str, str] | None,
) -> Message:
    """Return an entry: with a text of its own, or none and the broadcast's for all."""
    template = deps.features.templates[broadcast.template]
    values = write_values(template, text) if text is not None else {}
    message_id = message_id_of(broadcast.source, broadcast.key, person)
    return Message(
        id=message_id,
        person=person,
        template=template.key,
        key=broadcast.key,
        values=values,
        title=template.title if text is not None else broadcast.title,
        body=template.body.format_map(values) if text is not None else "",
        page=broadcast.page or template.page,
        position=position(broadcast.created_at, message_id),
        created_at=broadcast.created_at,
        broadcast=broadcast.id,
        places=list(places),
        narrow=broadcast.narrow,
    )


async def _remove_closed(deps: Dependencies, broadcast: Broadcast, told: list[str]) -> None:
    """Remove what was just written to accounts that had been closed by then.

    One that closes later finds its entry and removes it (messaging/privacy.py).
    """
    closed = await people.closed_among(deps, told)
    if closed:
        ids = [message_id_of(broadcast.source, broadcast.key, person) for person in closed]
        await bulk_store.remove(deps.db, ids)
        await homes_store.leave_out(deps.db, broadcast.id, list(closed))
