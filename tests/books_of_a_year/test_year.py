"""A year of two compounds by hand, equal to statement, rates, ledger and export, to the fen."""

import pytest

from tests.books_of_a_year import founding, spring
from tests.books_of_a_year.year import HOMES, Year
from tests.build import books, proofs
from tests.build.world import World

pytestmark = pytest.mark.slow
MONTHS = (spring.january, spring.february, spring.march)
# Home → fee → owed before, billed, paid, given back, void, corrected, owed at the end.
STATEMENTS = {
    "li": {
        # billed 51.18 + 51.18 + 53.82; paid 102.36 + 20.00; back 10.00
        "property_fee": (0, 15618, 12236, 1000, 0, 0, 4382),
        "waste_fee": (0, 1500, 0, 0, 0, 0, 1500),
    },
    "wang": {
        # billed 36.00 + 36.00 + 37.86; paid 36.00 + 36.00
        "property_fee": (0, 10986, 7200, 0, 0, 0, 3786),
        "waste_fee": (0, 1500, 1500, 0, 0, 0, 0),
    },
    "sun": {
        # billed 42.00 + 42.00 + 44.10; paid 42.00 + 42.00
        "property_fee": (0, 12810, 8400, 0, 0, 0, 4410),
        "waste_fee": (0, 1500, 1500, 0, 0, 0, 0),
    },
}


async def test_a_year_is_to_the_fen_what_was_worked_out_by_hand(world: World) -> None:
    await founding.found(world)
    year = Year(world)
    for month in MONTHS:
        await month(year)
    for name, home in HOMES.items():
        sums, _ = await year.statement(name, home)
        assert sums == STATEMENTS[name], name
    await books.check(world)
    await proofs.sealed(world)
    assert await proofs.problems(world) == []
