"""Jobs of the audit: an anchor every hour."""

from datetime import timedelta
from typing import Final

import structlog

from services.audit import store as audit_store
from services.audit.actions import fingerprint
from services.audit.verification import store, views
from services.audit.verification.models import Anchor
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.chains import START
from services.kernel.documents import Document, to_document
from services.kernel.features import Schedule

ANCHOR: Final = "audit.anchor"
EVERY: Final = timedelta(hours=1)


log = structlog.get_logger(__name__)


async def anchor(deps: Dependencies, _: Document) -> None:
    """Write down where all lanes stand; the log line is the copy that leaves this machine."""

    async def save(tx: Transaction) -> Anchor:
        before = await store.find_last(deps.db, tx)
        made = Anchor(
            number=before.number + 1 if before else 1,
            at=deps.now(),
            heads=await audit_store.heads(deps.db, tx),
            key_id=deps.vault.current,
            previous=before.mac if before else START,
        )
        made.mac = fingerprint(deps.vault, to_document(made))
        await store.insert(deps.db, tx, made)
        return made

    made = await deps.in_transaction(save)
    log.info("audit_anchor", anchor=views.line(made))


JOBS: Final[dict[str, jobs.Handler]] = {ANCHOR: anchor}
SCHEDULES: Final = (Schedule(ANCHOR, every=EVERY),)
