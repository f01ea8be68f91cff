"""A whole city written straight into the database, compound by compound.

Each document is made by the product's own model, and what the product computes of others (the
sums of places) it counts itself afterwards. Memory does not grow with the city.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from bench.city.cases import Cases
from bench.city.layout import Compound, Layout, Scale
from bench.city.messages import Messages, paid
from bench.city.money import Money
from bench.city.register import Register
from bench.city.trail import Trail
from bench.crowd import AT_ONCE
from bench.pairs import note
from services.dependencies import Database, Dependencies
from services.kernel.documents import Document, to_document
from services.payments.models import Payment
from services.place_sums import jobs as place_sums

EVERY_SECONDS = 10.0
Row = tuple[str, Any]


class City:
    """City of a scale; `deps`: whose database it is written into. `layout`: who lives where."""

    def __init__(self, deps: Dependencies, scale: Scale) -> None:
        self.deps, self.scale, self.layout = deps, scale, Layout(deps, scale)
        self.register, self.money = Register(self.layout), Money(self.layout)
        self.messages, self.cases = Messages(self.layout), Cases(self.layout)
        self.trail = Trail(self.layout)

    async def write(self) -> None:
        """Write all of it, and tell from time to time how far it is."""
        kept, told, homes = Batches(self.deps.db), time.monotonic(), 0
        for name, row in self.register.of_city():
            await kept.add(name, row)
        for compound in self.layout.compounds():
            for name, row in self._of_compound(compound):
                await kept.add(name, row)
            homes += len(compound.homes)
            if time.monotonic() - told > EVERY_SECONDS:
                told = time.monotonic()
                note(f"{homes:,} of {self.scale.homes:,} homes, {kept.written:,} documents")
        for name, row in self.trail.ends():
            await kept.add(name, row)
        await kept.flush()

    def _of_compound(self, compound: Compound) -> Iterator[Row]:
        yield from self.register.of_compound(compound)
        for name, row in self.money.of_compound(compound):
            yield name, row
            if isinstance(row, Payment):
                yield from self._after(row)
        yield from self.messages.of_compound(compound)
        yield from self.cases.of_compound(compound)
        for home in compound.homes:
            yield from self.trail.of_home(home)

    def _after(self, order: Payment) -> Iterator[Row]:
        """Yield what a payment leaves beside its books: a message, the audit's row, jobs."""
        message = paid(order)
        yield "messages", message
        yield from self.trail.of_payment(order)
        yield from self.trail.of_message(message)

    async def count_sums(self) -> None:
        """Let the product count the kept sums of all places: needs the indexes."""
        await place_sums.rebuild(self.deps)


class Batches:
    """Documents on their way into their collections, many at once."""

    def __init__(self, db: Database) -> None:
        self.db, self.written = db, 0
        self._waiting: dict[str, list[Document]] = defaultdict(list)

    async def add(self, name: str, row: Any) -> None:
        waiting = self._waiting[name]
        waiting.append(to_document(row) if isinstance(row, Struct) else row)
        if len(waiting) == AT_ONCE:
            await self._insert(name)

    async def flush(self) -> None:
        for name in [*self._waiting]:
            if self._waiting[name]:
                await self._insert(name)

    async def _insert(self, name: str) -> None:
        batch = self._waiting.pop(name)
        await self.db[name].insert_many(batch, ordered=False)
        self.written += len(batch)
