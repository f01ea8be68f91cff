"""No figure, and no difference of figures, is about one to four homes."""

from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.paths import parent
from services.statistics.small_groups import (
    REGISTER,
    Group,
    is_small,
    is_withheld,
    withheld,
    withheld_by_rung,
)

ROOT = "cc"


def groups(**homes: int) -> dict[str, Group]:
    return {name.replace("_", "."): Counter({REGISTER: n}) for name, n in homes.items()}


def test_a_small_part_takes_the_next_one_along() -> None:
    found = withheld(ROOT, groups(cc_a_x=4, cc_a_y=6, cc_a_z=9, cc_b_x=9))
    assert found == {"cc.a.x", "cc.a.y"}


def test_small_parts_that_are_enough_together_take_nobody_along() -> None:
    assert withheld(ROOT, groups(cc_a_x=2, cc_a_y=3, cc_a_z=9)) == {"cc.a.x", "cc.a.y"}


def test_a_small_place_hides_all_under_it() -> None:
    found = withheld(ROOT, groups(cc_a_x=1, cc_a_y=1, cc_b_x=9, cc_c_x=7))
    assert found == {"cc.a", "cc.c"}
    assert withheld(ROOT, groups(cc_a_x=4)) == {ROOT}
    assert withheld(ROOT, {}) == frozenset()


UNITS = [f"cc.{b}.{u}" for b in "abc" for u in "xyz"]
CELLS = (REGISTER, "2026-01|p", "2026-01|w", "2026-02|p")
CITIES = st.dictionaries(
    st.sampled_from(UNITS),
    st.fixed_dictionaries(dict.fromkeys(CELLS, st.integers(0, 9))).map(Counter),
)


def sums(units: Mapping[str, Group]) -> dict[str, Group]:
    found: dict[str, Group] = {}
    for unit, group in units.items():
        place: str | None = unit
        while place:
            found.setdefault(place, Counter()).update(group)
            place = parent(place)
    return found


@given(CITIES)
def test_every_difference_of_two_levels_is_none_or_five_homes(units: dict[str, Group]) -> None:
    """Take away from a figure all that is shown below it, however far down."""
    hidden, whole = withheld(ROOT, units), sums(units)

    def shown_below(place: str) -> list[str]:
        found = []
        for part in (p for p in whole if parent(p) == place):
            found += shown_below(part) if is_withheld(part, hidden) else [part]
        return found

    for place, group in whole.items():
        if is_withheld(place, hidden):
            continue
        assert not is_small(group)
        rest = Counter(group)
        for part in shown_below(place):
            rest.subtract(whole[part])
        assert not is_small(rest)


@given(CITIES)
def test_a_longer_span_withholds_all_that_a_shorter_one_does(units: dict[str, Group]) -> None:
    """So that spans and fees cannot be subtracted from each other."""
    shorter = {u: Counter({c: g[c] for c in CELLS[:3]}) for u, g in units.items()}
    less, more = withheld(ROOT, shorter), withheld(ROOT, units)
    assert all(is_withheld(place, more) for place in less)


@given(CITIES, st.sampled_from(["cc", "cc.a", "cc.b"]))
def test_what_is_beside_a_place_and_below_it_is_enough(
    units: dict[str, Group], place: str
) -> None:
    """Of other places nothing is read: the place and its parts are withheld as in the whole."""
    whole = sums(units)
    line = [each for each in ("cc", place) if each in whole and each != place]
    parts = [{p: g for p, g in whole.items() if parent(p) == above} for above in line]
    below = [
        {p: g for p, g in whole.items() if p.count(".") == depth and p.startswith(f"{place}.")}
        for depth in range(place.count(".") + 1, 3)
    ]
    rungs = [{p: g for p, g in whole.items() if p == ROOT}, *parts, *below]
    found, hidden = withheld_by_rung(rungs), withheld(ROOT, units)
    for each in [place, *(part for rung in below for part in rung)]:
        assert is_withheld(each, found) == is_withheld(each, hidden)
