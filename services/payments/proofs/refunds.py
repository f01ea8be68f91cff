"""Projections of the journals in refunds and in what waits in suspense."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import Journal, overpaid, posted, receivable, suspense
from services.payments.discrepancies import store as discrepancies_store
from services.payments.discrepancies.models import Discrepancy, discrepancy_id
from services.payments.discrepancies.states import DiscrepancyState
from services.payments.refunds import actions as refunds_actions
from services.payments.refunds import store
from services.payments.refunds.models import Refund
from services.payments.refunds.states import RefundState


def touched(journal: Journal) -> list[str]:
    """Return the refund of ours that a journal books."""
    return [journal.reference["refund"]] if _is_ours(journal) else []


def _is_ours(journal: Journal) -> bool:
    """Tell our own refunds from those made in the merchant's console, by how we number them."""
    payment, refund = (journal.reference.get(name, "") for name in ("payment", "refund"))
    return journal.kind == "refund" and refunds_actions.is_ours(refund, payment)


async def known(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await store.find_many(deps.db, ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each refund that says something else than its journals."""
    refunds = await store.find_many(deps.db, ids)
    journals = await _on(deps, [a for each in refunds.values() for a in _taken(each)])
    return [
        f"refund {refund_id}: {line}"
        for refund_id in ids
        for line in _of_refund(refund_id, refunds.get(refund_id), journals)
    ]


def _taken(refund: Refund) -> dict[str, int]:
    """Return account → what a refund takes from it, in fen."""
    if not refund.lines:
        return {refund.source: refund.amount_fen}
    return {receivable(line.bill_id): line.amount_fen for line in refund.lines}


async def _on(deps: Dependencies, accounts: Sequence[str]) -> dict[str, list[Journal]]:
    """Return account → the journals that post to it."""
    found: dict[str, list[Journal]] = {account: [] for account in accounts}
    for journal in await ledger.on_accounts(deps, sorted(found)):
        for account in found.keys() & {each.account for each in journal.postings}:
            found[account].append(journal)
    return found


def _of_refund(
    refund_id: str, refund: Refund | None, journals: dict[str, list[Journal]]
) -> Iterator[str]:
    if refund is None:
        yield "is not there, and a journal says that the money went back"
        return
    taken = _taken(refund)
    source = journals[next(iter(taken))]
    own = [each for each in source if each.reference.get("refund") == refund_id]
    is_done = refund.state is RefundState.DONE
    if len(own) != is_done:
        yield f"{refund.state}, and {len(own)} journals say that the money went back"
    for journal in own:
        if any(posted(journal, account) != fen for account, fen in taken.items()):
            yield f"of {refund.amount_fen} fen, and {journal.id} books another amount"
        if refund.refund_id is None or not journal.id.endswith(f":{refund.refund_id}"):
            yield f"{refund.refund_id} at WeChat, booked by {journal.id}"
    if sum(taken.values()) != refund.amount_fen:
        yield f"of {refund.amount_fen} fen, and its bills come to {sum(taken.values())}"
    left = -sum(posted(each, refund.source) for each in source)
    wanted = 0 if is_done else refund.amount_fen
    if refund.source == overpaid(refund.payment) and left != wanted:
        yield f"{wanted} fen are to go back, and {left} are there"


def touched_differences(journal: Journal) -> list[str]:
    """Return the difference with WeChat by which a journal came about."""
    if journal.kind == "suspense" or (journal.kind == "refund" and not _is_ours(journal)):
        return [discrepancy_id(journal.place, journal.reference.get("payment", ""))]
    return []


async def known_differences(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await discrepancies_store.find_many(deps.db, ids)}


async def some_differences(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await discrepancies_store.ids_after(deps.db, after, limit=limit)


async def problems_of_differences(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each difference with WeChat that says something else than journals."""
    found = await discrepancies_store.find_many(deps.db, ids)
    journals = await _on(deps, [suspense(each.transaction_id) for each in found.values()])
    lines = []
    for difference in ids:
        lines += [
            f"difference {difference}: {line}"
            for line in _of_difference(found.get(difference), journals)
        ]
    return lines


def _of_difference(
    difference: Discrepancy | None, journals: dict[str, list[Journal]]
) -> Iterator[str]:
    if difference is None:
        yield "is not there, and a journal speaks of it"
        return
    account = suspense(difference.transaction_id)
    left = -sum(posted(journal, account) for journal in journals[account])
    match difference.state:
        case DiscrepancyState.IN_SUSPENSE | DiscrepancyState.RETURNING:
            wanted = difference.amount_fen
        case DiscrepancyState.RETURNED:
            wanted = 0
        case _:
            return  # what a person still has to look at may be anything
    if left != wanted:
        yield f"{wanted} fen are to lie in suspense, and {left} do"


REFUNDS: Final = Projection(
    name="refunds", touched=touched, known=known, some=some, problems=problems
)
DIFFERENCES: Final = Projection(
    name="differences",
    touched=touched_differences,
    known=known_differences,
    some=some_differences,
    problems=problems_of_differences,
)
PROJECTIONS: Final = (REFUNDS, DIFFERENCES)
