"""Proof of the books from the journals alone: balance, fingerprints, seals, and projections.

It reads beside the running product, in order of days and then of documents, a bounded number
at once, and tells how far it is, so that it can go on from there.
"""

from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import Day, plus_days
from services.kernel.projections import Projection
from services.ledger import store as journals_store
from services.ledger.models import Journal
from services.ledger.proofs import days
from services.ledger.proofs.models import Report, Span, Tell, Verdict
from services.ledger.seals import actions as seals
from services.ledger.seals import store, views

DAYS: Final = "days"
LAST_DAY: Final = "2099-12-31"
AT_ONCE: Final = 500
# Of these no more can go out than came in.
CASH: Final = ("wechat:", "cash:")


async def verify(deps: Dependencies, span: Span, tell: Tell, progress: Tell) -> Verdict:
    """Prove the books of a span: `tell` hears each problem, `progress` how far it is.

    Whatever is booked while it runs is no problem: what seems wrong is looked at once more.
    """
    report = Report(tell, progress)
    part, _, after = span.after.partition(":")
    if part in {"", DAYS}:
        first = max(span.first, plus_days(after, 1)) if after else span.first
        await _prove_days(deps, span, first, report)
        part = after = ""
    if span.is_whole:
        for name in sorted(deps.features.projections):
            if name >= part:
                await _walk(deps, name, after if name == part else "", report)
    await _check_newest(deps, report)
    return report.verdict


async def _prove_days(deps: Dependencies, span: Span, first: Day, report: Report) -> None:
    accounts: set[str] = set()

    async def also(batch: Sequence[Journal]) -> None:
        accounts.update(
            each.account
            for journal in batch
            for each in journal.postings
            if each.account.startswith(CASH)
        )
        for projection in deps.features.projections.values():
            await _hold(deps, projection, batch, report, only_missing=span.is_whole)

    await days.prove(deps, first, span.to_day or LAST_DAY, report, also)
    for account in sorted(accounts):
        if (fen := await journals_store.balance(deps.db, account)) < 0:
            report.problem(f"{account}: more went out than came in: {fen} fen")


async def _hold(
    deps: Dependencies,
    projection: Projection,
    batch: Sequence[Journal],
    report: Report,
    *,
    only_missing: bool,
) -> None:
    """Hold the documents that journals speak of against all of their journals."""
    ids = sorted({touched for journal in batch for touched in projection.touched(journal)})
    if only_missing and ids:  # the others have their turn when all documents are walked
        known = await projection.known(deps, ids)
        ids = [each for each in ids if each not in known]
    for begin in range(0, len(ids), AT_ONCE):
        await _tell(deps, projection, ids[begin : begin + AT_ONCE], report)


async def _walk(deps: Dependencies, name: str, after: str, report: Report) -> None:
    """Hold all documents of a projection against their journals, in order of their ids."""
    projection = deps.features.projections[name]
    while ids := await projection.some(deps, after, AT_ONCE):
        report.verdict.documents += len(ids)
        await _tell(deps, projection, ids, report)
        after = ids[-1]
        report.progress(f"{name}:{after}")


async def _tell(
    deps: Dependencies, projection: Projection, ids: Sequence[str], report: Report
) -> None:
    """Report what stays wrong: a payment may be booked between two of our queries."""
    lines = await projection.problems(deps, ids)
    if lines:
        again = set(await projection.problems(deps, ids))
        lines = [line for line in lines if line in again]
    for line in lines:
        report.problem(line)


async def _check_newest(deps: Dependencies, report: Report) -> None:
    """See to it that the days are sealed, and that the newest seal is one of ours."""
    kept, last = await store.last_of_city(deps.db), seals.last_finished(deps.now())
    sealed = await store.last_day(deps.db) or ""
    report.verdict.sealed_to = sealed
    waiting = await seals.next_day(deps, plus_days(sealed, 1) if sealed else Span().first)
    if waiting and waiting < last:
        report.problem(f"{waiting}: not sealed, nor the days after it: does the worker run?")
    if kept is None:
        return
    if kept.get("key_id") is None or not deps.vault.has(kept["key_id"]):
        report.problem(f"seal {kept['_id']}: is under a key that is not in SECRET_KEYS")
    elif not seals.problem(deps.vault, kept):
        report.verdict.newest = views.line(views.seal_of(kept))
