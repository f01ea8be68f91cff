"""Pictures before WeChat: our submission and its verdict, in whichever order they are noted.

The verdict comes as a push under the trace id that our call was answered with. It may come
before that answer is written, twice, for a submission of a check that is over, or for none of
ours: the two halves meet in one document, and what meets nothing is forgotten after three days.
"""

from typing import Final

import structlog

from services.content_checks import findings, store
from services.content_checks.models import VERDICTS_KEPT_FOR, Finding, MediaVerdict
from services.dependencies import Dependencies, Transaction
from services.wechat.events import MediaCheck

# How often a picture is submitted before a person looks.
SUBMISSIONS: Final = 2

log = structlog.get_logger(__name__)


async def note_submission(
    deps: Dependencies, check_id: str, photo_id: str, trace_id: str
) -> None:
    """Write under which trace id the verdict on a picture will come, or has come already."""

    async def save(tx: Transaction) -> None:
        await store.note_sent(deps.db, tx, check_id, photo_id, deps.now())
        until = deps.now() + VERDICTS_KEPT_FOR
        ours = {"check": check_id, "photo": photo_id}
        both = await store.note_verdict(deps.db, tx, trace_id, until, **ours)
        await _apply(deps, tx, both)

    await deps.in_transaction(save)


async def receive(deps: Dependencies, tx: Transaction, event: MediaCheck) -> None:
    """Take WeChat's verdict on a picture, in either of its shapes. Harmless to repeat."""
    until = deps.now() + VERDICTS_KEPT_FOR
    theirs = {"finding": Finding(event.suggestion), "error_code": event.error_code}
    await _apply(
        deps, tx, await store.note_verdict(deps.db, tx, event.trace_id, until, **theirs)
    )


async def _apply(deps: Dependencies, tx: Transaction, verdict: MediaVerdict) -> None:
    """Record a verdict of which both halves are there.

    One that WeChat could not reach (-1008: no download) is none: the picture is submitted once
    more when its time is over, and only the second failure is a person's to judge.
    """
    if not verdict.check or verdict.finding is None:
        log.info("media_verdict_waits", trace=verdict.trace_id)
        return
    if verdict.error_code:
        log.error("picture_not_judged", check=verdict.check, errcode=verdict.error_code)
        check = await store.find(deps.db, verdict.check, tx=tx)
        if check is None or len(check.sent.get(verdict.photo, [])) < SUBMISSIONS:
            return
    await findings.record(deps, tx, verdict.check, verdict.photo, verdict.finding)
