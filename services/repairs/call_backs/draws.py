"""Draw of the repairs to ask about: a sample that anybody can draw again.

Each repair of a compound that ended in a month has a rank, the SHA-256 of compound, month and
its id; those with the lowest are asked about. Nobody can choose them, and nobody can know them
before the month is over: ids are given when repairs are reported, but which others end is not.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

# Of a hundred repairs so many are asked about, and one where there are few.
PERCENT: Final = 10


def rank(compound: str, month: str, repair_id: str) -> str:
    """Return the rank of a repair in the draw of a compound and month, in hexadecimal."""
    return sha256(f"{compound}|{month}|{repair_id}".encode()).hexdigest()


def size(count: int) -> int:
    """Return how many of so many repairs are drawn: a tenth, rounded up."""
    return -(-count * PERCENT // 100)


def drawn(compound: str, month: str, repair_ids: Sequence[str]) -> list[str]:
    """Return the repairs to ask about, by rank, whatever the order they are given in."""
    ranked = sorted(repair_ids, key=lambda each: rank(compound, month, each))
    return ranked[: size(len(ranked))]
