"""Folders of the embedded servers: exclusive lock, free space, temporary folders of tests."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from server.embedded.processes import identity, pid_of, stop_stale
from server.errors import StartError

LOCK: Final = "lock"
THROWAWAY: Final = "sanzhangtong-"
MEMORY: Final = (Path("/dev/shm"),)  # noqa: S108  each folder in it is made by mkdtemp
MEMORY_MEGABYTES: Final = 2_000


@contextmanager
def writing_to(directory: Path) -> Iterator[None]:
    """Make the folder; whatever the system has against it becomes a StartError."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise StartError(
            f"Cannot write to {directory} ({error.strerror}); "
            "make it writable or choose another folder with DATA_DIR"
        ) from error


class Taken(StartError):
    """Another process holds the folder; `owner`: its process id."""

    def __init__(self, directory: Path, title: str, owner: str) -> None:
        super().__init__(
            f"Process {owner} already runs {title} in {directory}; "
            "stop it or choose another folder with DATA_DIR"
        )
        self.owner = owner


def claim(directory: Path, title: str) -> IO[str]:
    """Lock the folder for this process; the lock ends with the process however it dies.

    `title`: what the process runs in it. Raises Taken.
    """
    with writing_to(directory):
        lock = (directory / LOCK).open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        owner = pid_of(lock.read())
        lock.close()
        raise Taken(directory, title, str(owner or "?")) from error
    lock.truncate(0)
    lock.write(identity(os.getpid()) or "")
    lock.flush()
    return lock


def holder(directory: Path) -> int | None:
    """Return the process that holds the folder, None when nobody does.

    The lock itself is not tried: to hold it for a moment would refuse whoever starts then.
    """
    try:
        known = (directory / LOCK).read_text(encoding="ascii")
    except OSError:
        return None
    pid = pid_of(known)
    return pid if pid is not None and identity(pid) == known else None


def throwaway_folder() -> Path:
    """Make a folder, in memory where there is room; remove those of killed processes."""
    base = next((p for p in MEMORY if p.is_dir() and room(p) > MEMORY_MEGABYTES), None)
    base = base or Path(tempfile.gettempdir())
    for old in base.glob(f"{THROWAWAY}*/pid"):
        with suppress(StartError, OSError), claim(old.parent, "a test"):
            stop_stale(old)
            shutil.rmtree(old.parent, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=THROWAWAY, dir=base))


def room(directory: Path) -> int:
    """Free megabytes."""
    return shutil.disk_usage(directory).free // 1_000_000


def require_room(directory: Path, megabytes: int) -> None:
    if (free := room(directory)) < megabytes:
        raise StartError(
            f"{directory} has {free} MB free, {megabytes} MB are needed; "
            "make room or choose another folder with DATA_DIR"
        )
