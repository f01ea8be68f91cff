"""Exclusive use of a data folder by one `run`, and the address where that run answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.embedded.folders import Taken, claim, holder
from server.errors import StartError

ADDRESS: Final = "address"
TITLE: Final = "三长通"


@dataclass(frozen=True)
class Occupancy:
    folder: Path

    def announce(self, address: str) -> None:
        """Tell other commands where this process answers: from now on they work."""
        (self.folder / ADDRESS).write_text(address, encoding="ascii")

    def withdraw(self) -> None:
        (self.folder / ADDRESS).unlink(missing_ok=True)


@contextmanager
def occupied(folder: Path) -> Iterator[Occupancy]:
    """Hold the data folder. StartError, with the address, when a process has it already."""
    try:
        lock = claim(folder, TITLE)
    except Taken as taken:
        raise StartError(_refusal(folder, taken.owner)) from None
    occupancy = Occupancy(folder)
    with lock:
        occupancy.withdraw()  # of a run that was killed
        try:
            yield occupancy
        finally:
            occupancy.withdraw()
            lock.truncate(0)


def _refusal(folder: Path, owner: str) -> str:
    address = last_address(folder)
    folder = folder.absolute()
    if address is None:
        return f"It is already starting on {folder} (process {owner}): wait for its address"
    return (
        f"It already runs at {address} (process {owner}, data in {folder}); "
        "stop it first or choose another folder with DATA_DIR"
    )


def address_of(folder: Path) -> str:
    """Return the address of the `run` on this data folder. StartError when none answers."""
    require_run(folder)
    address = last_address(folder)
    if address is None:
        raise StartError(f"It is still starting on {folder.absolute()}: wait for its address")
    return address


def require_run(folder: Path) -> None:
    """Raise StartError when no `run` is up on this data folder."""
    if holder(folder) is None:
        raise StartError(
            f"Nothing runs on {folder.absolute()}: start `make run` first, "
            "or name its folder with DATA_DIR"
        )


def last_address(folder: Path) -> str | None:
    """Return the address that the `run` on this data folder wrote; None before it did."""
    file = folder / ADDRESS
    return file.read_text(encoding="ascii") if file.exists() else None
