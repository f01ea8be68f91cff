"""Views of messages."""

from collections.abc import Mapping

from services.kernel.views import show
from services.messaging.broadcasts.models import Broadcast
from services.messaging.models import Message, MessageView


def view(message: Message, broadcasts: Mapping[str, Broadcast]) -> MessageView:
    """Show a message to whoever it was sent to; a broadcast's text for all, as it is now."""
    named = {"message_id": message.id}
    told = broadcasts.get(message.broadcast)
    if told is not None and told.has_one_text:
        named |= {"title": told.title, "body": told.body}
    return show(message, MessageView, **named)
