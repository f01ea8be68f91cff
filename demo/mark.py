"""Mark of how far the demo of a data folder is; it outlives a kill at any moment.

One word a line, and lines are only added: a process killed while it writes loses no earlier
word.
"""

from pathlib import Path
from typing import Final

STARTED: Final = "loading"  # once for each start that worked on the foundation
FOUNDED: Final = "founded"  # bills are published, people can sign in
DONE: Final = "done"  # the history is complete: nothing is left to do


class Mark:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "demo"

    @property
    def starts(self) -> int:
        """How many starts have worked on the foundation."""
        return self._words().count(STARTED)

    @property
    def is_founded(self) -> bool:
        return FOUNDED in self._words() or self.is_done

    @property
    def is_done(self) -> bool:
        return DONE in self._words()

    def add(self, word: str) -> None:
        with self._file.open("a", encoding="ascii") as file:
            file.write(f"{word}\n")

    def _words(self) -> list[str]:
        return self._file.read_text(encoding="ascii").split() if self._file.exists() else []
