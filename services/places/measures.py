"""Measures of places: the homes of the register."""

from typing import Final

from mongo_indexes.places import COLLECTION
from services.kernel.measures import HOMES, Figure, Measure, Scan
from services.places.models import Kind

MEASURES: Final = (
    Measure(
        name="places.homes",
        collection=COLLECTION,
        path="_id",
        figures={"homes": Figure("房屋户数", HOMES)},
        scans=(
            Scan(index="kind", match={"kind": Kind.HOME}, sums={"homes": {"$sum": 1}}),
            # less those that are retired, which are few and have an index of their own
            Scan(
                index="retired",
                match={"retired_from": {"$gt": ""}},
                sums={"homes": {"$sum": -1}},
            ),
        ),
    ),
)
