"""Views of messages."""

from collections.abc import Sequence

from services.messaging.models import Message, MessageView


def view(message: Message) -> MessageView:
    return MessageView(
        message_id=message.id,
        template=message.template,
        title=message.title,
        body=message.body,
        page=message.page,
        created_at=message.created_at,
        read_at=message.read_at,
        delivery=message.delivery,
    )


def views(messages: Sequence[Message]) -> list[MessageView]:
    return [view(message) for message in messages]
