"""Places that an import of a register makes, and takes back while nobody uses them."""

from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.places import measures, store
from services.places.models import Kind, Place


async def add(deps: Dependencies, tx: Transaction, places: Sequence[Place]) -> None:
    """Insert places that the caller looked for in this transaction, and that are not there.

    Whoever adds one of them at the same moment conflicts. DuplicateKeyError when one is there.
    """
    await store.insert_many(deps.db, tx, places)
    await measures.add(deps, tx, _homes(places))


def _homes(places: Sequence[Place]) -> list[str]:
    """Return the homes that count in the register, of some places."""
    return [place.id for place in places if place.kind is Kind.HOME and not place.retired_from]


async def lock(deps: Dependencies, tx: Transaction, units: Sequence[str]) -> None:
    """Keep others from holding units until this transaction ends; they stay unused."""
    await store.lock(deps.db, tx, units)


async def made_by(
    deps: Dependencies,
    tx: Transaction,
    source: str,
    place: str,
    kind: Kind,
    *,
    after: str,
    limit: int,
) -> list[Place]:
    """Return places of one kind under a place that an import made, by path."""
    return await store.made_by(deps.db, source, place, kind, after=after, limit=limit, tx=tx)


async def any_used(deps: Dependencies, source: str, place: str) -> bool:
    """Tell whether something hangs on a home that an import made."""
    return await store.any_used(deps.db, source, place)


async def empty_of(deps: Dependencies, tx: Transaction, paths: Sequence[str]) -> list[str]:
    """Return those of these places that have nothing below them."""
    return await store.empty_of(deps.db, tx, paths)


async def remove_unused(
    deps: Dependencies, tx: Transaction, source: str, paths: Sequence[str]
) -> int:
    """Remove places that an import made and nobody uses; return how many."""
    removed = await store.delete_unused(deps.db, tx, source, paths)
    await measures.add(deps, tx, _homes(removed), each=-1)
    return len(removed)
