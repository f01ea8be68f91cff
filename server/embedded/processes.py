"""Process identity across reuse of process ids, and the end of processes left behind."""

import os
import select
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

IDENTITY_WORDS: Final = 3  # the boot, the process id, the time it started


def identity(pid: int) -> str | None:
    """Name a process so that a later one with the same number is not mistaken for it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "ZX" else f"{boot} {pid} {fields[18]}"


def pid_of(known: str) -> int | None:
    """Return the process id in what identity() wrote; None when it is empty or not of that."""
    fields = known.split()
    return int(fields[1]) if len(fields) == IDENTITY_WORDS else None


def stop_stale(pid_file: Path, *, seconds: float = 10.0) -> None:
    """End the child of an earlier run that did not die with it; the folder is ours already."""
    with suppress(FileNotFoundError, ProcessLookupError):
        known = pid_file.read_text(encoding="ascii")
        pid = pid_of(known)
        if pid is None:
            return
        process = os.pidfd_open(pid)
        try:
            if identity(pid) == known:  # asked after opening: the number is not reused since
                signal.pidfd_send_signal(process, signal.SIGTERM)
                if not select.select([process], [], [], seconds)[0]:
                    signal.pidfd_send_signal(process, signal.SIGKILL)
                    select.select([process], [], [])
        finally:
            os.close(process)
