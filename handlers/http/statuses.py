"""Failure statuses of an operation, read from its contract, with the codes of each."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Final

from handlers.http.contract import Access, Contract
from handlers.http.problems import STATUS_BY_ERROR
from handlers.http.ranges import Ranged, RangeNotSatisfiable
from services.idempotency.actions import KeyReused, StillRunning
from services.kernel import errors
from services.kernel.permissions import ConfirmationNeeded, Permission
from services.sessions.tokens import SessionExpired

# What no class of ours names: the server itself says it (handlers/http/problems.py).
BAD_REQUEST: Final = (400, "bad_request")
MALFORMED_JSON: Final = (400, "malformed_json")
OUTAGE: Final = (503, "database_unavailable")


def status_of(error: type[errors.DomainError]) -> int:
    return next(status for kind, status in STATUS_BY_ERROR if issubclass(error, kind))


def error_classes() -> Iterator[type[errors.DomainError]]:
    """Yield every class of failure there is."""
    waiting = list(errors.DomainError.__subclasses__())
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()


@cache
def known_codes() -> dict[str, int]:
    """Return stable code → status, of every error class there is."""
    return {kind.code: status_of(kind) for kind in error_classes()}


def codes_by_status(path: str, verb: str, contract: Contract) -> dict[int, list[str]]:
    """Return status → stable codes of the failures an operation can end with.

    `contract.errors` adds what its service raises; the rest follows from its shape. A code that
    no class has is left out here and found by tests/handlers/test_openapi.py.
    """
    known = known_codes()
    found: dict[int, set[str]] = defaultdict(set)
    for status, code in _of_shape(path, verb, contract):
        found[status].add(code)
    for code in contract.errors:
        if code in known:
            found[known[code]].add(code)
    return {status: sorted(found[status]) for status in sorted(found)}


def _of_shape(path: str, verb: str, contract: Contract) -> Iterator[tuple[int, str]]:
    kinds: list[type[errors.DomainError]] = [errors.TooMany, errors.Busy]
    takes_body = contract.body is not None
    if contract.path or contract.query or takes_body:
        yield BAD_REQUEST
        kinds.append(errors.InvalidInput)
    if takes_body:
        kinds.append(errors.TooLarge)
        if contract.body is not bytes:
            yield MALFORMED_JSON
    if "{" in path:
        kinds.append(errors.NotFound)
    if contract.needs is not Access.PUBLIC:
        kinds += [errors.Unauthenticated, SessionExpired]
        if verb == "post":
            kinds += [errors.InvalidInput, KeyReused, StillRunning]
    if isinstance(contract.needs, Permission):
        kinds.append(errors.Forbidden)
    if contract.returns is Ranged:
        kinds.append(RangeNotSatisfiable)
    if contract.asks_again:
        kinds.append(ConfirmationNeeded)
    yield from ((status_of(kind), kind.code) for kind in kinds)
    yield OUTAGE
