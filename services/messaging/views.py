"""Views of messages."""

from services.kernel.views import show
from services.messaging.models import Message, MessageView


def view(message: Message) -> MessageView:
    """Show a message to whoever it was sent to."""
    return show(message, MessageView, message_id=message.id)
