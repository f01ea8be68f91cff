"""Lists of staff and heads: each is registered, so filtered, sorted and exported the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args, get_origin, get_type_hints

import handlers
from handlers.http.contract import Contract
from server.app import ROUTES
from server.features import FEATURES
from services.kernel.lists import List
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import PERMISSIONS, Permission

# Operation → why nobody exports it, though staff or heads read it.
EXCEPTED: Final[dict[str, str]] = {}
# What somebody is appointed for; what only people of a home may is their own business.
AT_WORK: Final = frozenset(
    permission for role, held in PERMISSIONS.items() for permission in held if role.is_office
)


def pages() -> Iterator[Contract]:
    """Yield the contracts of the lists of staff and heads."""
    for route in ROUTES:
        for contract in route.contracts().values():
            if contract.needs in AT_WORK and get_origin(contract.returns) is Page:
                yield contract


def is_of(found: List, contract: Contract) -> bool:
    """Tell whether a route shows a registered list: the same question, the same items."""
    answered = get_type_hints(found.read)["return"]
    return found.query is contract.query and answered == contract.returns


def test_every_list_of_staff_and_heads_is_registered() -> None:
    lists = FEATURES.lists.values()
    unregistered = {
        contract.operation
        for contract in pages()
        if not any(is_of(found, contract) for found in lists)
    }
    assert unregistered == {*EXCEPTED}
    assert all(EXCEPTED.values())


def test_every_registered_list_has_a_route_of_its_own_shape() -> None:
    contracts = [contract for route in ROUTES for contract in route.contracts().values()]
    for found in FEATURES.lists.values():
        [answered] = get_args(get_type_hints(found.read)["return"])
        assert issubclass(found.query, ListQuery)
        assert any(is_of(found, contract) for contract in contracts), (found.name, answered)


def test_a_list_and_its_address_ask_for_the_same() -> None:
    """Who may not read a list at its address may not export it either, and the other way."""
    contracts = [contract for route in ROUTES for contract in route.contracts().values()]
    for found in FEATURES.lists.values():
        [needs] = {contract.needs for contract in contracts if is_of(found, contract)}
        assert found.needs is (needs if isinstance(needs, Permission) else None), found.name


def test_no_handler_knows_of_cursors() -> None:
    """A list is read by its keyset: a handler hands its query on and its page back."""
    knowing = {
        path.name
        for path in Path(handlers.__file__).parent.glob("*.py")
        if re.search(r"\.cursor|cursors|cursor=", path.read_text(encoding="utf-8"))
    }
    assert knowing == set()


def test_a_list_that_takes_a_place_says_that_it_may_not_be_there() -> None:
    """Elsewhere than in one's own places it looks missing, whichever list it is."""
    contracts = [contract for route in ROUTES for contract in route.contracts().values()]
    silent = {
        contract.operation
        for contract in contracts
        if isinstance(contract.needs, Permission)
        and not contract.path  # whose documents say it anyway
        and "place" in getattr(contract.query, "__struct_fields__", ())
        and "not_found" not in contract.errors
    }
    assert silent == set()
