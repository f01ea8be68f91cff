"""Servers run as children: they die with us, keep one folder each, and never two at a time."""

import errno
import fcntl
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, Self

ROOT: Final = Path(__file__).parents[2]
# Run by a bare interpreter (10 ms) in front of each server: it asks the kernel to kill the
# server when the thread that started it ends, even by kill -9. A preexec_fn would do the same
# but may deadlock in a process with threads. The check closes the race with our own death.
LAUNCH: Final = """
import ctypes, os, resource, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() != int(sys.argv[1]): os._exit(1)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
os.execv(sys.argv[2], sys.argv[2:])
"""
PORTS: Final = range(20_000, 32_000)  # below Linux's ephemeral ports: nobody gets one by chance
PORT_TAKEN: Final = "address already in use"
LOG_BYTES: Final = 10_000_000
POLL_SECONDS: Final = 0.02
THROWAWAY: Final = "sanzhangtong-"
MEMORY: Final = (Path("/dev/shm"),)  # noqa: S108  each folder in it is made by mkdtemp
MEMORY_MEGABYTES: Final = 2_000


class StartError(Exception):
    """One line for the person at the keyboard: what is wrong and what to do."""


class Child:
    """One server process in its own folder. Start it from a thread that lives on: see LAUNCH.

    Subclasses say how it is called, how it is started and when it is ready.
    """

    title: str
    folder: str
    start_seconds = 30.0
    stop_seconds = 10.0

    def __init__(self, directory: Path, *, throwaway: bool = False) -> None:
        self.directory = directory.absolute()
        self.throwaway = throwaway
        self.log = self.directory / "log.txt"
        self._lock = claim(self.directory, self.title)
        try:
            stop_stale(self.directory / "pid")
            self.spawn(remembered_port(self.directory / "port"))
        except BaseException:
            self._release()
            raise

    @classmethod
    def running_in(cls, directory: Path) -> Self:
        """Return the one another process started in this folder: to talk to, not to stop."""
        child = cls.__new__(cls)
        child.directory = directory.absolute()
        try:
            child.port = int((directory / "port").read_text(encoding="ascii"))
        except (OSError, ValueError):
            raise StartError(
                f"{cls.title} was never started in {directory}: start `make run` first, "
                "or name its folder (DATA= of make, DATA_DIR= of commands)"
            ) from None
        return child

    @property
    def pid(self) -> int:
        return self.process.pid

    def command(self, port: int) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def explain(self, output: str) -> str:
        """Say in one line why it ended, given what it wrote last."""
        last = output.strip().splitlines()[-1:] or ["it wrote nothing"]
        return f"{self.title} stopped at once ({last[0][:200]}); its log: {self.log}"

    def spawn(self, port: int) -> None:
        """Start the process; also used to start it again on the same port."""
        self.port = port
        rotate(self.log)
        program = [sys.executable, "-I", "-S", "-c", LAUNCH, str(os.getpid())]
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(  # noqa: S603  our own servers, our own words
                program + self.command(port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                process_group=0,  # Ctrl-C reaches us only: we stop children in order
            )
        (self.directory / "pid").write_text(identity(self.pid) or "")
        (self.directory / "port").write_text(str(port))

    def wait(self) -> None:
        """Return when it answers; on a taken port try others. Raises StartError."""
        deadline = time.monotonic() + self.start_seconds
        while not self.is_ready():
            if self.process.poll() is not None:
                output = self.output()
                if PORT_TAKEN not in output.lower():
                    self.stop()
                    raise StartError(self.explain(output))
                self.spawn(free_port())
            elif time.monotonic() > deadline:
                self.stop()
                raise StartError(
                    f"{self.title} is not ready after {self.start_seconds:.0f} s: {self.log}"
                )
            time.sleep(POLL_SECONDS)

    def output(self) -> str:
        """Return what this run wrote to the log so far."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def stop(self) -> None:
        """Stop it, by force after `stop_seconds`, and free the folder; harmless twice."""
        self.process.kill() if self.throwaway else self.process.terminate()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._release()

    def _release(self) -> None:
        if self.throwaway:
            shutil.rmtree(self.directory, ignore_errors=True)
        self._lock.close()


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


def claim(directory: Path, title: str) -> IO[str]:
    """Lock the folder for this process; the lock ends with the process however it dies."""
    with writing_to(directory):
        lock = (directory / "lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        owner = lock.read() or "?"
        lock.close()
        raise StartError(
            f"Process {owner} already runs {title} in {directory}; "
            "stop it or choose another folder with DATA_DIR"
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def identity(pid: int) -> str | None:
    """Name a process so that a later one with the same number is not mistaken for it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "ZX" else f"{boot} {pid} {fields[18]}"


def stop_stale(pid_file: Path, *, seconds: float = 10.0) -> None:
    """End the child of an earlier run that did not die with it; the folder is ours already."""
    with suppress(FileNotFoundError, ProcessLookupError):
        known = pid_file.read_text(encoding="ascii")
        if not known:
            return
        process = os.pidfd_open(pid := int(known.split()[1]))
        try:
            if identity(pid) == known:  # asked after opening: the number is not reused since
                signal.pidfd_send_signal(process, signal.SIGTERM)
                if not select.select([process], [], [], seconds)[0]:
                    signal.pidfd_send_signal(process, signal.SIGKILL)
                    select.select([process], [], [])
        finally:
            os.close(process)


def remembered_port(file: Path) -> int:
    """Return the port used last time: links and the replica set's own address keep it.

    A taken one would be noticed later as well, but only after seconds of asking its owner.
    """
    with suppress(FileNotFoundError, ValueError):
        if is_free(port := int(file.read_text(encoding="ascii"))):
            return port
    return free_port()


def free_port() -> int:
    ports = random.SystemRandom().sample(PORTS, 200)
    try:
        return next(port for port in ports if is_free(port))
    except StopIteration:
        raise StartError(f"No free port between {PORTS.start} and {PORTS.stop}") from None


def is_free(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def throwaway_folder() -> Path:
    """Make a folder, in memory where there is room; remove those of killed processes."""
    base = next((p for p in MEMORY if p.is_dir() and room(p) > MEMORY_MEGABYTES), None)
    base = base or Path(tempfile.gettempdir())
    for old in base.glob(f"{THROWAWAY}*/pid"):
        with suppress(StartError, OSError), claim(old.parent, "a test"):
            stop_stale(old)
            shutil.rmtree(old.parent, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=THROWAWAY, dir=base))


def rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".1.txt"))


def room(directory: Path) -> int:
    """Free megabytes."""
    return shutil.disk_usage(directory).free // 1_000_000


def require_room(directory: Path, megabytes: int) -> None:
    if (free := room(directory)) < megabytes:
        raise StartError(
            f"{directory} has {free} MB free, {megabytes} MB are needed; "
            "make room or choose another folder with DATA_DIR"
        )
