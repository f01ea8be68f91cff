"""Bytes of a city by collection, and what a larger one comes to after some years."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

import mongo_indexes
from bench.city.layout import YEAR, Scale
from services.dependencies import Database

# Of a home once, however long the city is in use: what there is of places, people and offices.
ONCE: Final = frozenset(
    {
        "appointments",
        "audit_heads",
        "consents",
        "contracts",
        "fee_rules",
        "firms",
        "message_grants",
        "payees",
        "people",
        "phones",
        "places",
        "residencies",
        "sessions",
    }
)
DAYS: Final = 365


class Size(Struct, frozen=True):
    """Size of a collection. `stored`: its documents on disk, compressed; `plain`: as they are.

    `kept_days`: after which documents are removed by an index; 0 for never. `indexes`: bytes of
    all its indexes on disk, `largest`: the name and bytes of the largest.
    """

    name: str
    documents: int
    plain: int
    stored: int
    indexes: int
    largest: tuple[str, int]
    kept_days: int

    @property
    def on_disk(self) -> int:
        return self.stored + self.indexes

    def after(self, years: float, scale: Scale) -> float:
        """Return the bytes on disk of one home after some years.

        What is removed after some days is there for so long at most, and what a home has once
        for ever.
        """
        share = 1.0
        if self.name not in ONCE:
            lasts = min(years * DAYS, self.kept_days or years * DAYS)
            measured = DAYS * scale.months / YEAR
            share = lasts / min(measured, self.kept_days or measured)
        return self.on_disk * share / scale.homes


def kept_days(name: str) -> int:
    """Return after how many days at most a collection's documents are removed; 0 for never."""
    module = next((each for each in mongo_indexes.ALL if name == each.COLLECTION), None)
    indexes = module.INDEXES if module else []
    given = (index.document.get("expireAfterSeconds") for index in indexes)
    seconds = max((each for each in given if each is not None), default=None)
    if seconds is None or name in ONCE:
        return 0
    return max(1, round(timedelta(seconds=seconds) / timedelta(days=1)))


async def measure(db: Database) -> list[Size]:
    """Return the sizes of all collections with documents, the largest first."""
    await db.client.admin.command("fsync")  # what was written lately has no size yet
    found = []
    for module in mongo_indexes.ALL:
        told: dict[str, Any] = await db.command("collStats", module.COLLECTION)
        if told["count"]:
            found.append(_size(module.COLLECTION, told))
    return sorted(found, key=lambda size: -size.on_disk)


def _size(name: str, told: dict[str, Any]) -> Size:
    largest = max(told["indexSizes"].items(), key=lambda pair: pair[1])
    return Size(
        name=name,
        documents=told["count"],
        plain=told["size"],
        stored=told["storageSize"],
        indexes=told["totalIndexSize"],
        largest=largest,
        kept_days=kept_days(name),
    )


def of_a_home(sizes: Iterable[Size], scale: Scale, years: float) -> float:
    """Return the bytes on disk of a home after some years."""
    return sum(size.after(years, scale) for size in sizes)


def index_share(sizes: Sequence[Size]) -> float:
    """Return the part of all bytes that lies in indexes; 0 of nothing."""
    whole = sum(size.on_disk for size in sizes)
    return sum(size.indexes for size in sizes) / whole if whole else 0
