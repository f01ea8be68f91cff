"""Homes that a broadcast means, as WeChat's delivery receipts change what is known of them."""

from services.dependencies import Dependencies, Transaction
from services.messaging import bulk_store
from services.messaging.broadcasts import homes_store
from services.messaging.broadcasts.models import home_id
from services.messaging.models import Message, message_id_of


async def follow_receipt(
    deps: Dependencies, tx: Transaction, message: Message, *, arrived: bool
) -> None:
    """Note on the homes of a message that it arrived, or that it did not after all."""
    ids = [home_id(message.broadcast, place) for place in message.places]
    if arrived:
        await homes_store.note(deps.db, ids, "pushed_at", deps.now(), reached=False, tx=tx)
        return
    source = message.broadcast.partition(":")[0]
    for home in await homes_store.find_many(deps.db, tx, ids):
        others = [message_id_of(source, message.key, person) for person in home["people"]]
        if not await bulk_store.places_of(deps.db, others, tx=tx, sent=True):
            await homes_store.unpush(deps.db, tx, [home["_id"]])
