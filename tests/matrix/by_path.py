"""Rows that routes have by themselves: a permission, and the place in the path, say it all.

What a route asks beyond them, an explicit row says instead: another place, a target that must
be made first, a body that may be sent once.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from handlers.http.contract import Contract
from handlers.http.schemas import fields_of
from services.kernel.permissions import Permission
from tests.matrix.posts import COMPOUND, HOME, UNIT
from tests.matrix.row import CONTRACTS, Given, Row
from tests.matrix.rules import Rule, at

PLACE, OF_HOME = "{place}", "{home}"
READ_AT: Final = (UNIT, COMPOUND)


def rows(explicit: AbstractSet[tuple[str, str]]) -> Iterator[Row]:
    """Yield a row for each verb and path that has none and needs none."""
    for (verb, path), contract in CONTRACTS.items():
        if (verb, path) not in explicit and is_plain(path, contract):
            yield Row(verb, path, rule_of(verb, path), body=body_of(contract))


def is_plain(path: str, contract: Contract) -> bool:
    """Tell whether a route is about one place of its path, by permission.

    And takes no file, nor a query that must say something.
    """
    parameters = [part for part in path.split("/") if part.startswith("{")]
    return (
        parameters in ([PLACE], [OF_HOME])
        and isinstance(contract.needs, Permission)
        and contract.body is not bytes
        and not any(field.required for field in fields_of(contract.query))
    )


def rule_of(verb: str, path: str) -> Rule:
    """Aim at a home, at a unit and its compound, or to change something at the compound."""
    if OF_HOME in path:
        return at(HOME)
    return at(*READ_AT) if verb == "get" else at(COMPOUND)


def body_of(contract: Contract) -> Given:
    """Send what the contract shows: it is really accepted."""
    return dict(msgspec.to_builtins(contract.example)) if contract.example else None
