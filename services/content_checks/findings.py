"""Findings of WeChat in the parts of a check, and the one verdict that they make.

Refused as soon as one part is risky; passed only when each part passed; else a person decides.
"""

from typing import Any, Final

from services.content_checks import store
from services.content_checks.models import KEPT_FOR, ContentCheck, Finding, strictest
from services.content_checks.states import OPEN, TABLE, CheckAction, CheckState
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document

ACTIONS: Final = {
    Finding.PASS: CheckAction.PASS,
    Finding.REVIEW: CheckAction.DOUBT,
    Finding.RISKY: CheckAction.REFUSE,
}


async def note(
    deps: Dependencies, check_id: str, part: str, finding: Finding
) -> CheckState | None:
    """Do what `record` does, in a transaction of its own."""

    async def save(tx: Transaction) -> CheckState | None:
        return await record(deps, tx, check_id, part, finding)

    return await deps.in_transaction(save)


async def record(
    deps: Dependencies, tx: Transaction, check_id: str, part: str, finding: Finding
) -> CheckState | None:
    """Write what was found in a part, and end the check when that decides it.

    Return the state it is in; None when it is gone. Of two answers about one part the stricter
    counts. One that comes when the check is over changes nothing; one that comes while a person
    decides is shown to them.
    """
    check = await store.find(deps.db, check_id, tx=tx)
    if check is None or check.state not in OPEN:
        return check.state if check else None
    check.found[part] = strictest([check.found.get(part), finding]) or finding
    await store.note_finding(deps.db, tx, check_id, part, check.found[part])
    if check.state is CheckState.PENDING and check.finding:
        await end(deps, tx, check, ACTIONS[check.finding])
    return check.state


async def end(
    deps: Dependencies,
    tx: Transaction,
    check: ContentCheck,
    action: CheckAction,
    **changes: Any,
) -> bool:
    """Move a check and tell whose content it is of the end; False when somebody was first."""
    target = TABLE.target(action)
    ends = {} if target in OPEN else ended(deps)
    if not await store.move(deps.db, tx, check.id, action, **ends, **changes):
        return False
    check.state = target
    if target not in OPEN:
        kind, _, subject_id = check.subject.partition(":")
        await deps.features.checked[kind](deps, tx, subject_id, target)
    return True


def ended(deps: Dependencies) -> Document:
    """Return the fields of a check that is over now."""
    now = deps.now()
    return {"ended_at": now, "expires_at": now + KEPT_FOR}
