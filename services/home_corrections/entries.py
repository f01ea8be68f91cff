"""Entries of corrections: drafted with their texts sealed, and written for good."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.home_corrections import store
from services.home_corrections.models import DOCUMENT, REASON, Change, Facts, HomeCorrection
from services.kernel.acts import Act
from services.kernel.days import Day
from services.kernel.permissions import Actor
from services.places.models import Place


class Why(Struct, frozen=True, kw_only=True):
    """First day, paper and reason of a correction."""

    from_day: Day
    document: str
    reason: str


def facts(home: Place) -> Facts:
    """Return what the register says of a home."""
    return Facts(name=home.name, area=home.area, usage=home.usage)


def draft(
    deps: Dependencies,
    home: Place,
    change: Change,
    why: Why,
    *,
    by: str,
    now: Place | None = None,
    merged_into: str | None = None,
    source: str = "",
) -> HomeCorrection:
    """Return the entry of a change to `home`; `now` is what is right, where that changes."""
    row_id = deps.new_id()
    return HomeCorrection(
        id=row_id,
        home=home.id,
        change=change,
        from_day=why.from_day,
        before=facts(home),
        after=facts(now or home),
        merged_into=merged_into,
        document_sealed=DOCUMENT.seal(deps.vault, row_id, why.document),
        reason_sealed=REASON.seal(deps.vault, row_id, why.reason),
        by=by,
        at=deps.now(),
        source=source,
    )


async def keep(deps: Dependencies, tx: Transaction, rows: Sequence[HomeCorrection]) -> None:
    """Insert entries that a worker made of what a person had accepted."""
    if rows:
        await store.insert(deps.db, tx, rows)


async def write(
    deps: Dependencies, tx: Transaction, actor: Actor, row: HomeCorrection, **counts: Any
) -> None:
    """Insert an entry that a person made, with its row in the audit."""
    await store.insert(deps.db, tx, [row])
    await audit.record(
        deps,
        tx,
        actor,
        Act.HOME_CORRECTED,
        place=row.home,
        subject=row.id,
        change=row.change,
        from_day=row.from_day,
        **counts,
    )
