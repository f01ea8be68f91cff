"""Jobs of calls: questions and permissions end when their time is over."""

from datetime import timedelta
from typing import Final

from services.calls import store
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Schedule

LAPSE: Final = "calls.lapse"


async def lapse(deps: Dependencies, _payload: Document) -> None:
    """Job: end what is over. Nobody waits for it: an answer looks at the time itself."""

    async def step(tx: Transaction) -> bool:
        return await store.lapse(deps.db, tx, deps.now())

    while await deps.in_transaction(step):
        pass


JOBS: Final[dict[str, jobs.Handler]] = {LAPSE: lapse}
SCHEDULES: Final = (Schedule(LAPSE, timedelta(hours=1)),)
