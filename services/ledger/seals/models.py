"""Seals of journals: what those of one place and Beijing day came to, once the day was over."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from services.kernel.days import Day

# The seals of a day are sealed themselves, as of no place: the newest of these covers all.
CITY: Final = ""
# Transactions last seconds, and clocks differ by less; a bill run may take longer.
GRACE: Final = timedelta(hours=3)
# So long the worker looks whether journals came later: a job may be started again in weeks.
LATE_DAYS: Final = 92
MARK_BYTES: Final = 8


class Seal(Struct, kw_only=True):
    """What the journals of a place and day came to. Never changed: late ones make another.

    `number`, `previous`: the place's chain. `former`: the seal of the same place and day that
    this one takes the place of. `digest`: over the fingerprints of the journals, in order of
    instant and id; of the city, over the hashes of the day's seals. `marks`: a few bytes of
    each, to name what is missing. `hash` covers the rest and needs no key; `mac` is keyed.
    """

    id: str = field(name="_id")
    place: str
    number: int
    day: Day
    journals: int
    marks: bytes
    digest: str
    former: str = ""
    previous: str
    sealed_at: datetime
    hash: str = ""
    key_id: str
    mac: str = ""


class Cover:
    """What a seal covers, added up item by item: memory is a few bytes for each."""

    def __init__(self) -> None:
        self.journals = 0
        self.marks = bytearray()
        self._hashed = hashlib.sha256()

    def add(self, fingerprint: str, journals: int = 1) -> None:
        self.journals += journals
        self.marks += mark(fingerprint)
        self._hashed.update(f"{fingerprint}\n".encode())

    @property
    def digest(self) -> str:
        return self._hashed.hexdigest()


def mark(fingerprint: str) -> bytes:
    """Return the few bytes by which a seal names an item."""
    return hashlib.sha256(fingerprint.encode()).digest()[:MARK_BYTES]


def marked(marks: bytes) -> set[bytes]:
    """Return the marks of a seal one by one."""
    return {marks[at : at + MARK_BYTES] for at in range(0, len(marks), MARK_BYTES)}


def seal_id(place: str, number: int) -> str:
    """Name a seal: the place and its number in the place's chain."""
    return f"{place}#{number:06d}"
