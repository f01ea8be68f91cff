"""Shares of buckets, leased from Redis, which this process spends without asking it.

A share is counted in Redis when it is leased, so that all processes together never spend more
than what one bucket would give. It must not outlive that count: while Redis lets what was
taken grow back, a share shrinks as fast. At any instant, what was really taken and has not
grown back, with all that is left of all shares, is no more than what is counted in Redis.

All instants and spans are milliseconds.
"""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final

from msgspec import Struct

from services.limits.models import Allowance, Bucket

FEW: Final = 1000


class Share(Struct):
    """Number that was leased of a bucket. `at`: an instant not later than the lease."""

    allowance: Allowance
    granted: int
    at: float
    spent: int = 0

    def left(self, now: float) -> int:
        return self.granted - self.spent - ceil((now - self.at) / self.allowance.each)


class Shares:
    """Shares of one process, the last of each bucket."""

    def __init__(self) -> None:
        self._kept: dict[str, Share] = {}
        self._under_way: set[str] = set()
        self._seen_at = 0.0
        self._many = FEW

    def spend(self, buckets: Sequence[Bucket], now: float) -> list[tuple[Bucket, Share]]:
        """Take from the shares that have enough; return those buckets, for `give_back`."""
        spent = []
        for bucket in buckets:
            share = self._find(bucket, now)
            if share is not None and share.left(now) >= bucket.count:
                share.spent += bucket.count
                spent.append((bucket, share))
        return spent

    def give_back(self, spent: Iterable[tuple[Bucket, Share]]) -> None:
        """Undo `spend`: another bucket refused what was asked for."""
        for bucket, share in spent:
            share.spent -= bucket.count

    def holds(self, bucket: Bucket, now: float) -> bool:
        """Tell whether one can be taken of a bucket without asking."""
        share = self._find(bucket, now)
        return share is not None and share.left(now) > 0

    def begin(self, buckets: Iterable[Bucket]) -> set[str]:
        """Return the buckets to lease a share of; end() must follow.

        One lease of a bucket at a time: of many that come at once, each would take a fifth, and
        only the last be kept.
        """
        begun = {bucket.key for bucket in buckets if bucket.is_leased} - self._under_way
        self._under_way |= begun
        return begun

    def end(self, begun: set[str]) -> None:
        self._under_way -= begun

    def put(self, bucket: Bucket, granted: int, now: float) -> None:
        """Keep a share. `now`: from before Redis was asked for it."""
        if granted:
            self._kept[bucket.key] = Share(bucket.allowance, granted, now)
            self._drop_spent(now)

    def clear(self) -> None:
        self._kept.clear()

    def _find(self, bucket: Bucket, now: float) -> Share | None:
        """Return the share of a bucket; none that was leased under another allowance.

        After the clock was set back nobody knows how much has grown back: all shares end, also
        one that was asked for before and came after.
        """
        if now < self._seen_at:
            self.clear()
        self._seen_at = now
        share = self._kept.get(bucket.key)
        is_ours = share and share.allowance == bucket.allowance and share.at <= now
        return share if is_ours else None

    def _drop_spent(self, now: float) -> None:
        """Drop empty shares, whenever there are twice as many as were left the last time."""
        if len(self._kept) > self._many:
            self._kept = {
                key: share for key, share in self._kept.items() if share.left(now) > 0
            }
            self._many = max(FEW, 2 * len(self._kept))
