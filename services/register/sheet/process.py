"""Process that reads a workbook: child.py started, and what it says, batch by batch."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final

import msgspec

from services.register.sheet.models import Done, Failed, Message
from services.register.sheet.problems import Refused

PROJECT_ROOT: Final = Path(__file__).parents[3]
CHILD: Final = "services.register.sheet.child"
LINE_BYTES: Final = 16 * 1024 * 1024
MESSAGE: Final = msgspec.json.Decoder(Message)
# Ended from outside (a shutdown, the kernel short of memory), not by the file.
FROM_OUTSIDE: Final = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP})


class ReaderStopped(Exception):
    """The process was ended from outside: reading again may well succeed."""


async def messages(
    compound: str, pieces: AsyncIterator[bytes]
) -> AsyncGenerator[Message, None]:
    """Yield the messages of a child process, Done as the last.

    `compound`: path of the place; `pieces`: of the file. Raises Refused, ReaderStopped.
    """
    async with aclosing(lines((CHILD, compound), pieces)) as told:
        async for line in told:
            message = MESSAGE.decode(line)
            if isinstance(message, Failed):
                raise Refused(message.refusal)
            yield message
            if isinstance(message, Done):
                return


async def lines(
    command: Sequence[str], pieces: AsyncIterator[bytes]
) -> AsyncGenerator[bytes, None]:
    """Yield what a child process says of a file, line by line, until nobody asks for more.

    `command`: its module and arguments. Raises Refused or ReaderStopped when it ended first.
    """
    child = await _start(command)
    try:
        await _feed(child, pieces)
        assert child.stdout is not None  # noqa: S101  # asked for above
        async for line in child.stdout:
            yield line
        raise ended(await child.wait())
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _start(command: Sequence[str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        limit=LINE_BYTES,
        cwd=PROJECT_ROOT,
        env={},  # it reads a stranger's file: it needs none of our secrets
        start_new_session=True,  # Ctrl-C is for us (uvloop knows no process_group)
    )


async def _feed(child: Process, pieces: AsyncIterator[bytes]) -> None:
    assert child.stdin is not None  # noqa: S101  # asked for above
    with suppress(BrokenPipeError, ConnectionResetError):  # its exit code tells why
        async for piece in pieces:
            child.stdin.write(piece)
            await child.stdin.drain()
    child.stdin.close()


def ended(code: int) -> Exception:
    """Return the exception for a child that ended by itself before it was done."""
    if code in FROM_OUTSIDE:
        return ReaderStopped(f"exit code {code}")
    return Refused.because("register_too_complex")
