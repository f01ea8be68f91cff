"""Area and use of a home on a day, after any corrections: as if each day had its own."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.days import FIRST_DAY, plus_days
from services.kernel.documents import to_document
from services.places import homes
from services.places.models import Kind, Place, Usage

FIRST = "2026-01-01"
DAYS = 12
CORRECTIONS = st.lists(
    st.tuples(
        st.integers(1, DAYS - 1),
        st.none() | st.integers(1, 9999),
        st.none() | st.sampled_from(Usage),
    ),
    min_size=1,
    max_size=6,
)
BUILT = Place(
    id="cc.b1.u1.101",
    kind=Kind.HOME,
    name="101",
    address="1栋1单元101室",
    area=100,
    usage=Usage.FLAT,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@given(CORRECTIONS)
def test_each_correction_counts_from_its_day_in_what_it_names(
    wishes: list[tuple[int, int | None, Usage | None]],
) -> None:
    home = BUILT
    areas, usages = [100] * DAYS, [Usage.FLAT] * DAYS
    for first, area, usage in wishes:
        home = homes.corrected(home, plus_days(FIRST, first), area=area, usage=usage)
        areas[first:] = [area or known for known in areas[first:]]
        usages[first:] = [usage or known for known in usages[first:]]
    shown = [homes.on(home, plus_days(FIRST, day)) for day in range(DAYS)]
    assert [place.area for place in shown] == areas
    assert [place.usage for place in shown] == usages
    assert len(home.earlier) <= len(wishes)


def test_a_correction_from_the_first_of_all_days_leaves_nothing_unreadable() -> None:
    home = homes.corrected(BUILT, FIRST_DAY, area=200)
    assert (home.area, home.earlier) == (200, [])
    assert msgspec.convert(to_document(home), type(home)) == home
