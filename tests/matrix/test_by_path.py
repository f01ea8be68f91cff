"""Rows that routes have by themselves: see by_path.py."""

import pytest

from tests.matrix.row import Row
from tests.matrix.rows import BY_THEMSELVES
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


@pytest.mark.parametrize("row", BY_THEMSELVES, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
