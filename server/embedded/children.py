"""Child process of an embedded server: ends with its parent, one at a time per folder."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, Self

from server.embedded.folders import claim
from server.embedded.ports import free_port, remembered_port
from server.embedded.processes import identity, stop_stale
from server.errors import StartError

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
PORT_TAKEN: Final = "address already in use"
LOG: Final = "log.txt"
LOG_BYTES: Final = 10_000_000
POLL_SECONDS: Final = 0.02


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
        self.log = self.directory / LOG
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
        child.log = child.directory / LOG
        try:
            child.port = int((directory / "port").read_text(encoding="ascii"))
        except (OSError, ValueError):
            raise StartError(
                f"{cls.title} was never started in {directory}: start `make run` first, name "
                "its folder with DATA_DIR, or set MONGODB_URI and REDIS_URL to your own servers"
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


def rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".1.txt"))
