"""Counters of people, remembered: whom a limit counts, before the session is read.

A hint and no more: it says of whom a share is leased in the same round trip as one of the
address. Who is let in, and whom the request counts for, is read anew each time.
"""

from collections import OrderedDict
from typing import Final

MOST: Final = 20_000


class Counters:
    """Person → whom limits count for them, of those who asked last."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, str] = OrderedDict()

    def note(self, person: str, counter: str) -> None:
        self._kept[person] = counter
        self._kept.move_to_end(person)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def find(self, person: str) -> str | None:
        return self._kept.get(person)
