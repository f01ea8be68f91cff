"""Jobs of requests filed before they were cases: what was promised of them is done still."""

from typing import Final

from services.cases import jobs as cases
from services.cases.timers import retention
from services.dependencies import Dependencies
from services.home_requests.kind import HOME_REQUEST
from services.home_requests.states import Event
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document

PASS_ON: Final = "homes.pass_on"  # noqa: S105  # a job
REMOVE_PROOF: Final = "homes.let_proof_go"


def _named(payload: Document) -> Document:
    return {"name": HOME_REQUEST.name, "case_id": payload["request_id"]}


async def pass_on(deps: Dependencies, payload: Document) -> None:
    """Job: take the step that happens by itself when no head advised in time."""
    await cases.lapse(deps, {**_named(payload), "action": Event.PASS_ON})


async def remove_proof(deps: Dependencies, payload: Document) -> Again | None:
    """Job: remove the photos of a request that has ended."""
    return await retention.let_go(deps, _named(payload))


JOBS: Final[dict[str, jobs.Handler]] = {
    PASS_ON: pass_on,
    REMOVE_PROOF: remove_proof,
}
