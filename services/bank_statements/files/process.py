"""Process that reads a bank's file: child.py started, and what it says."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

import msgspec

from services.bank_statements.files.models import Done, Failed, FileRefused, Message
from services.register.sheet import process
from services.register.sheet.problems import Refused

CHILD: Final = "services.bank_statements.files.child"
MESSAGE: Final = msgspec.json.Decoder(Message)


async def messages(pieces: AsyncIterator[bytes]) -> AsyncGenerator[Message, None]:
    """Yield the messages of a child process, Done as the last. Raises FileRefused.

    Raises ReaderStopped when the process was ended from outside.
    """
    try:
        async with aclosing(process.lines((CHILD,), pieces)) as told:
            async for line in told:
                message = MESSAGE.decode(line)
                if isinstance(message, Failed):
                    raise FileRefused(message.refusal, message.problems)
                yield message
                if isinstance(message, Done):
                    return
    except Refused:
        raise FileRefused.because("bank_file_too_complex") from None
