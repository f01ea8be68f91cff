"""What is promised of each query: two keys and two documents at most for each row it finds.

Of none found as of one, and of what is asked for by id as of all. A key more is for the end of
a range.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from bench.city.reads import SCAN, Read
from bench.city.stage import Asked

MOST: Final = 2
END: Final = 1  # key more, by which the end of a range is found


class Excepted(Struct, frozen=True):
    """Query that reads more by its nature: at most `keys`, and `each` for a row beside them.

    `because`: why, as the page says it.
    """

    collection: str
    index: str
    because: str
    keys: int = 0
    each: int = 0

    def allows(self, read: Read) -> bool:
        return max(read.keys, read.documents) <= self.keys + self.each * read.rows

    @property
    def bound(self) -> str:
        said = [f"{self.keys} keys"] if self.keys else []
        return " and ".join(said + ([f"{self.each} for a row"] if self.each else []))


EXCEPTED: Final = (
    *(
        Excepted(
            name,
            "place",
            "asked for by name: a key for the place and each above it, whether one is there",
            keys=16,
        )
        for name in ("payees", "fee_rules")
    ),
    Excepted(
        "payments", "open_bill", "an order is found by each of its bills, at most 50", keys=50
    ),
    Excepted(
        "bills",
        "slots",
        "what homes are billed already: a range of each home is looked into, and its end",
        keys=1_000,
        each=3,
    ),
    Excepted(
        "bills",
        "owing",
        "who is late is listed by home; what a home owes and is not due yet, the bills of the "
        "last month, is passed over by its key",
        each=20,
    ),
    Excepted(
        "repairs",
        "open_due",
        "a head's board shows what all share; what is open in homes there is passed over",
        keys=50,
        each=4,
    ),
    Excepted(
        "feedback",
        "figures",
        "figures of a month are counted from the keys of all cases of the place, of ten years "
        "120 months",
        keys=240,
        each=120,
    ),
)


def too_much(asked: Asked) -> list[Read]:
    """Return the parts of a query that read more than is promised, exceptions among them."""
    return [read for read in asked.reads if _is_too_much(read, asked.query.named)]


def _is_too_much(read: Read, named: int) -> bool:
    most = MOST * max(read.rows, named, 1)
    return read.index == SCAN or read.keys > most + END or read.documents > most


def excepted(read: Read) -> Excepted | None:
    """Return the exception under which a query falls, if it keeps to its bound."""
    about = (read.collection, read.index)
    found = (each for each in EXCEPTED if (each.collection, each.index) == about)
    return next((each for each in found if each.allows(read)), None)


def broken(asked: Iterable[Asked]) -> Iterator[str]:
    """Yield, one line each, what reads more than is promised."""
    for each in asked:
        for read in too_much(each):
            if excepted(read) is None:
                yield (
                    f"{each.by}: {read.collection} by {read.index}: {read.keys} keys and "
                    f"{read.documents} documents for {read.rows} rows: {each.query.shape}"
                )
