"""Area of a home on a day, after any corrections: as if each day had its own area."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.days import plus_days
from services.places import homes
from services.places.models import Kind, Place

FIRST = "2026-01-01"
DAYS = 12
CORRECTIONS = st.lists(
    st.tuples(st.integers(1, DAYS - 1), st.integers(1, 9999)), min_size=1, max_size=6
)
BUILT = Place(
    id="cc.b1.u1.101",
    kind=Kind.HOME,
    name="101",
    address="1栋1单元101室",
    area=100,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@given(CORRECTIONS)
def test_the_last_correction_of_a_day_counts_on_it(wishes: list[tuple[int, int]]) -> None:
    home, days = BUILT, [100] * DAYS
    for first, area in wishes:
        earlier = homes.counted_before(home, plus_days(FIRST, first))
        home = msgspec.structs.replace(home, area=area, earlier=earlier)
        days[first:] = [area] * (DAYS - first)
    shown = [homes.on(home, plus_days(FIRST, day)).area for day in range(DAYS)]
    assert shown == days
    assert len(home.earlier) <= len(wishes)
