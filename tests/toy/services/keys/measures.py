"""Measures of keys: those that are not back."""

from typing import Final

from mongo_indexes.key_loans import COLLECTION
from services.kernel.measures import Figure, Measure, Scan
from services.keys.states import LoanState

OUT: Final = (LoanState.LENT, LoanState.OVERDUE)
MEASURES: Final = (
    Measure(
        name="keys.out",
        collection=COLLECTION,
        path="home",
        figures={"keys_out": Figure("借出的钥匙", "把")},
        scans=(
            Scan(
                index="state",
                match={"state": {"$in": list(OUT)}},
                sums={"keys_out": {"$sum": 1}},
            ),
        ),
    ),
)
