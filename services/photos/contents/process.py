"""Process that copies a recording: child.py started, fed, bounded and killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from services.photos.contents.file_types import FileType
from services.photos.contents.models import WALL_SECONDS, Copied, Reason, Refusal, Refused

PROJECT_ROOT: Final = Path(__file__).parents[3]
CHILD: Final = (sys.executable, "-m", "services.photos.contents.child")
# A copy is as large as what was sent; its tables are a little more.
MORE_BYTES: Final = 2 * 1024 * 1024
# Ended from outside (a shutdown, the kernel short of memory) or by the clock of a machine that
# has too much to do; not by the file, which would have used up its own time before.
NOT_THE_FILES: Final = frozenset(
    -number for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
)


class CopierStopped(Exception):
    """The process was ended from outside: copying again may well succeed."""


def copy(content: bytes, family: FileType) -> tuple[Copied, bytes]:
    """Copy a recording in a process of its own. Takes up to seconds: not for the loop.

    Raises Refusal, CopierStopped.
    """
    file = os.memfd_create("recording")
    try:
        said = _said(content, family, file)
        if isinstance(said, Refused):
            raise Refusal(said.reason, codec=said.codec, most=said.most)
        with os.fdopen(os.dup(file), "rb") as written:
            written.seek(0)
            return said, written.read()
    finally:
        os.close(file)


def _said(content: bytes, family: FileType, file: int) -> Copied | Refused:
    try:
        child = subprocess.run(  # noqa: S603  our own program, our own words
            [*CHILD, family, str(file), str(len(content) + MORE_BYTES)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(file,),
            cwd=PROJECT_ROOT,
            env={},  # it reads a stranger's file: it needs none of our secrets
            start_new_session=True,  # Ctrl-C is for us
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CopierStopped("took too long") from error
    if child.returncode in NOT_THE_FILES:
        raise CopierStopped(f"exit code {child.returncode}")
    if child.returncode:
        raise Refusal(Reason.UNREADABLE)
    return msgspec.json.decode(child.stdout, type=Copied | Refused)
