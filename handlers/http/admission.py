"""Admission of requests: how many are at work at once, in all, per lane and by one person.

Whoever is one too many is told at once: a queue would make everybody behind it wait for
somebody else's burst. The counts are of this process, and cost no question to anybody.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum, auto
from typing import Final

from services.kernel.errors import Busy

COME_BACK_SECONDS: Final = 1


class Lane(StrEnum):
    """Lane of requests that share places; no lane takes those of another."""

    PEOPLE = auto()
    UPLOADS = auto()  # they last as long as a phone needs to send them
    NOTICES = auto()  # WeChat Pay's: money must not wait behind people
    PUSHES = auto()  # WeChat's other messages; a few hundred a second after a notice to all


PLACES: Final = {Lane.UPLOADS: 24, Lane.NOTICES: 16, Lane.PUSHES: 8}


class Admission:
    """Places at work of one process.

    `at_once`: of the lane PEOPLE. `per_person`: of one person in a lane; WeChat lets a
    mini-program ask ten at once, and send ten files. Whoever is not signed in counts by
    address, which may be a whole neighbourhood's: together they get half.
    """

    def __init__(self, at_once: int, per_person: int) -> None:
        self._places = {**PLACES, Lane.PEOPLE: at_once}
        self._per_person = per_person
        self._per_address = max(1, at_once // 2)
        self._in_lane: Counter[Lane] = Counter()
        self._of: Counter[tuple[Lane, str]] = Counter()

    @contextmanager
    def place(self, lane: Lane, *, person: str = "", address: str = "") -> Iterator[None]:
        """Hold a place. Raises Busy; `person` is empty for who is not signed in.

        WeChat's own messages are counted by lane only: they all come from few addresses.
        """
        by_lane_only = lane in {Lane.NOTICES, Lane.PUSHES}
        who = (lane, "" if by_lane_only else person or f"address:{address}")
        most = self._per_person if person else self._per_address
        if self._in_lane[lane] >= self._places[lane] or (who[1] and self._of[who] >= most):
            message = "现在用的人很多,请稍等一秒再试"
            raise Busy(message, retry_after_seconds=COME_BACK_SECONDS)
        self._in_lane[lane] += 1
        self._of[who] += 1
        try:
            yield
        finally:
            self._in_lane[lane] -= 1
            self._of[who] -= 1
            if not self._of[who]:
                del self._of[who]
