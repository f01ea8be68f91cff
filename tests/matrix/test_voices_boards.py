"""Rows about boards of feedback: who sees which of it.

Walked before the steps: what those file has a row of its filer, which is watched as theirs
alone.
"""

from dataclasses import replace
from typing import Final

import pytest

from tests.matrix.posts import COMPOUND, COMPOUNDS, HOMES, UNIT, UNITS
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.test_voices_steps import said
from tests.matrix.town import Furniture
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

FURNITURE: Final[Furniture] = ((said(), (*UNITS, *HOMES, *COMPOUNDS)),)
ROWS = (
    Row("get", "/api/v1/feedback", somewhere(), query={"limit": "100"}),
    Row(
        "get",
        "/api/v1/places/{place}/feedback-figures",
        at(UNIT, COMPOUND),
        query={"from_month": "2026-01", "to_month": "2026-03", "by": "place"},
    ),
    Row(
        "get",
        "/api/v1/places/{place}/rising-words",
        # not also at each one's own place: words are counted up to the community
        replace(at(UNIT, COMPOUND), by_place=False),
        bare="words of five people, and nothing of anybody",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
