"""What a city weighs, and what a larger one comes to after years: by calculation."""

from collections.abc import Sequence
from typing import Final

import pytest

import mongo_indexes
from bench.city import page, sizes
from bench.city.layout import Scale
from bench.city.page import Run
from bench.city.reads import Query, Read
from bench.city.sizes import Size, kept_days
from bench.city.stage import Asked
from services.dependencies import Dependencies

SCALE: Final = Scale(homes=100, months=12)


def size(name: str, days: int = 0) -> Size:
    return Size(
        name=name,
        documents=10,
        plain=9_000,
        stored=4_000,
        indexes=6_000,
        largest=("slots", 2_000),
        kept_days=days,
    )


@pytest.mark.parametrize(
    ("name", "days", "year", "ten"),
    [
        ("bills", 0, 100, 1_000),
        ("people", 0, 100, 100),  # of a home once
        ("audit", 365, 100, 100),
        ("audit", 730, 100, 200),
        ("outbox", 30, 100, 100),
    ],
)
def test_a_collection_grows_by_the_year_unless_it_is_removed_or_there_once(
    name: str, days: int, year: float, ten: float
) -> None:
    found = size(name, days)
    assert [found.after(years, SCALE) for years in (1, 10)] == [year, ten]


def test_less_than_a_year_is_reckoned_up() -> None:
    half = Scale(homes=100, months=6)
    assert [size("bills").after(years, half) for years in (0.5, 1)] == [100, 200]
    assert size("outbox", 30).after(10, half) == 100
    assert size("audit", 365).after(10, half) == 200


def test_how_long_documents_are_kept_is_said_by_the_indexes() -> None:
    assert kept_days("audit") == 366
    assert kept_days("outbox") == 30
    assert kept_days("idempotency_keys") == 1
    assert kept_days("bills") == 0
    assert kept_days("sessions") == 0, "of whoever signs in there is one again"


def test_what_a_home_has_once_are_collections() -> None:
    known = {module.COLLECTION for module in mongo_indexes.ALL}
    assert known >= sizes.ONCE


async def test_collections_are_weighed_with_their_indexes(deps: Dependencies) -> None:
    await deps.db.phones.insert_many({"_id": f"{number}", "person": "x"} for number in range(9))
    [found] = await sizes.measure(deps.db)
    assert (found.name, found.documents, found.largest[0]) == ("phones", 9, "_id_")
    assert found.plain > 0
    assert found.on_disk == found.stored + found.indexes > 0


def asked(*reads: Read) -> Sequence[Asked]:
    return [Asked("resident: me/bills", Query("bills", "find bills", {}), [*reads])]


def test_the_page_says_what_was_read_and_what_it_comes_to() -> None:
    found = asked(Read("bills", 3, 2, 2, "home_liable"), Read("refunds", 0, 0, 0, "state"))
    told = page.page(Run(SCALE, "2026-11-26", 2.4, found, [size("bills"), size("people")]))
    assert "| `bills` | `home_liable` | 3 | 2 | 2 | 1.5 | resident: `me/bills` |" in told
    assert "1 parts found nothing and read nothing: of `refunds`." in told
    assert "(kept, but for what the first table names)" in told
    assert "| `bills` | 0.10 | 900 | 400 | 600 | `slots`, 200 | 0.10 | for good |" in told
    assert "| `bills` | 0.1 GB | 1.0 GB |" in told
    assert "| **all** | **0.2 GB** | **1.1 GB** |" in told


def test_the_page_says_when_a_promise_is_broken() -> None:
    told = page.page(Run(SCALE, "2026-11-26", 2.4, asked(Read("bills", 9, 9, 1, "run")), []))
    assert "(broken)" in told
