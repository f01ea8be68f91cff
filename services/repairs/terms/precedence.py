"""Precedence of terms: of all versions that may count for a ticket, which one does.

Pure. The most special wins: a contract's before a compound's before a city's, and among those
the nearest category before the groups it lies in before all categories.
"""

from collections.abc import Iterable, Sequence

from services.repairs.terms.models import TermsVersion


def strongest(versions: Iterable[TermsVersion], line: Sequence[str]) -> TermsVersion | None:
    """Return the version that counts; None where nobody wrote any.

    `versions`: of one class of danger, begun, of the places and the contract of one ticket.
    `line`: the codes of the ticket's category and of the groups it lies in, the top first.
    """
    latest: dict[tuple[bool, int, int], TermsVersion] = {}
    for version in versions:
        if version.category and version.category not in line:
            continue
        depth = line.index(version.category) + 1 if version.category else 0
        rank = (bool(version.contract), len(version.place), depth)
        if rank not in latest or latest[rank].version < version.version:
            latest[rank] = version
    speaking = [rank for rank, version in latest.items() if version.response is not None]
    return latest[max(speaking)] if speaking else None
