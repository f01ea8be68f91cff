"""Views of messages."""

from collections.abc import Mapping
from datetime import datetime

from services.kernel.views import show
from services.messaging.broadcasts.models import Broadcast
from services.messaging.models import Message, MessageView


def view(message: Message, broadcasts: Mapping[str, Broadcast]) -> MessageView:
    """Show a message to whoever it was sent to; a broadcast's text for all, as it is now."""
    named = {"message_id": message.id}
    told = broadcasts.get(message.broadcast)
    if told is not None and told.has_one_text:
        named |= {"title": told.title, "body": told.body}
    return show(message, MessageView, **named, read_at=_read_at(message, told))


def _read_at(message: Message, told: Broadcast | None) -> datetime | None:
    """Return when the present text was read; another one before it is not this one."""
    at, since = message.read_at, told.rewritten_at if told else None
    return None if at is not None and since is not None and at < since else at
