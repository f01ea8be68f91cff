"""Groups of results: nothing about one to four can be had from what is told, by any sum."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.paths import ancestors, covers
from services.statistics.small_groups import SMALLEST_GROUP
from services.surveys.results import groups

ROOT: Final = "cc.a.b.c"
LEAVES: Final = [
    f"{ROOT}.c{compound}.b{building}.u{unit}.@{relation}"
    for compound in (1, 2)
    for building in (1, 2)
    for unit in (1, 2, 3)
    for relation in ("owner", "tenant")
]
COUNTS: Final = st.fixed_dictionaries({leaf: st.integers(0, 9) for leaf in LEAVES})
Told = Mapping[str, int | None]


def size(leaves: Mapping[str, int], node: str) -> int:
    return sum(count for leaf, count in leaves.items() if covers(node, leaf))


def nodes(leaves: Mapping[str, int]) -> list[str]:
    """Return all groups of the tree, told or not."""
    found = {node for leaf in leaves for node in ancestors(leaf) if covers(ROOT, node)}
    return sorted(found)


def inside(node: str, atoms: list[str]) -> list[Fraction]:
    return [Fraction(covers(node, atom)) for atom in atoms]


def basis(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Return rows of which each begins where the others have nothing (Gauss)."""
    kept: list[list[Fraction]] = []
    for row in rows:
        left = reduced(row, kept)
        at = next((n for n, value in enumerate(left) if value), None)
        if at is not None:
            kept.append([value / left[at] for value in left])
    return kept


def reduced(row: list[Fraction], kept: list[list[Fraction]]) -> list[Fraction]:
    """Return what of a row is no sum of multiples of others."""
    for one in kept:
        at = next(n for n, value in enumerate(one) if value)
        row = [value - row[at] * other for value, other in zip(row, one, strict=True)]
    return row


def derived(leaves: Mapping[str, int], told: Told) -> Iterator[str]:
    """Yield the small groups whose figures are sums and differences of what is told.

    Whoever looks may know where nobody answered: such leaves are nobody's secret.
    """
    atoms = [leaf for leaf, count in leaves.items() if count]
    kept = basis([inside(node, atoms) for node, count in told.items() if count is not None])
    for node in nodes(leaves):
        is_small = 0 < size(leaves, node) < SMALLEST_GROUP
        if is_small and not any(reduced(inside(node, atoms), kept)):
            yield node


def rests(leaves: Mapping[str, int], told: Told) -> Iterator[int]:
    """Yield how many are in a told group and in no told part of it."""
    known = [node for node, count in told.items() if count is not None]
    for node in known:
        parts = [each for each in known if each != node and covers(node, each)]
        yield sum(
            count
            for leaf, count in leaves.items()
            if covers(node, leaf) and not any(covers(part, leaf) for part in parts)
        )


@given(COUNTS)
def test_no_small_group_is_a_sum_of_what_is_told(leaves: dict[str, int]) -> None:
    told = groups.told(ROOT, leaves)
    assert [*derived(leaves, told)] == []
    assert not [rest for rest in rests(leaves, told) if 0 < rest < SMALLEST_GROUP]
    for node, count in told.items():
        assert count in {None, size(leaves, node)}, node
        assert count is None or not 0 < count < SMALLEST_GROUP


GIVERS: Final = ("head", "clerk", "owner")
THEIRS: Final = st.dictionaries(
    st.tuples(st.sampled_from(LEAVES), st.sampled_from(GIVERS)), st.integers(1, 6)
)


def answerers(
    leaves: Mapping[str, int], several: Mapping[str, Mapping[str, int]], inside: list[str]
) -> int:
    """Count by hand who gave the answers of some leaves."""
    givers = {who for leaf in inside for who in several.get(leaf, {})}
    alone = sum(leaves[leaf] - sum(several.get(leaf, {}).values()) for leaf in inside)
    return alone + len(givers)


@given(COUNTS, THEIRS)
def test_nothing_that_is_told_is_about_fewer_than_five_who_answered(
    alone: dict[str, int], theirs: dict[tuple[str, str], int]
) -> None:
    """Nor what is left of it without told parts: papers of one head are one answerer."""
    several: dict[str, dict[str, int]] = {}
    for (leaf, who), count in theirs.items():
        several.setdefault(leaf, {})[who] = count
    leaves = {leaf: n + sum(several.get(leaf, {}).values()) for leaf, n in alone.items()}
    told = groups.told(ROOT, leaves, several)
    known = [node for node, count in told.items() if count is not None]
    assert all(told[node] == size(leaves, node) for node in known)
    for node in known:
        parts = [each for each in known if each != node and covers(node, each)]
        for taken in ([], parts):
            rest = [
                leaf
                for leaf in leaves
                if covers(node, leaf) and not any(covers(part, leaf) for part in taken)
            ]
            assert not 0 < answerers(leaves, several, rest) < SMALLEST_GROUP, (node, taken)


@given(COUNTS)
def test_what_is_told_of_two_rungs_is_told_of_all_between(leaves: dict[str, int]) -> None:
    """Below what is withheld nothing is told, so that no deeper sum gives it away."""
    told = groups.told(ROOT, leaves)
    hidden = [node for node, count in told.items() if count is None]
    assert not [node for node in told for top in hidden if node != top and covers(top, node)]


@given(st.fixed_dictionaries({leaf: st.integers(5, 9) for leaf in LEAVES}))
def test_nothing_is_withheld_where_all_groups_are_large(leaves: dict[str, int]) -> None:
    assert groups.told(ROOT, leaves) == {node: size(leaves, node) for node in nodes(leaves)}


def test_the_search_finds_what_the_first_withholding_alone_gives_away() -> None:
    """A control: with its small groups alone withheld, one is what the others leave."""
    leaves = {LEAVES[0]: 3, LEAVES[2]: 7, LEAVES[4]: 8}
    naive = {node: size(leaves, node) for node in nodes(leaves)}
    naive = {node: n for node, n in naive.items() if not 0 < n < SMALLEST_GROUP}
    assert LEAVES[0] in {*derived(leaves, naive)}
    assert 3 in {*rests(leaves, naive)}
    told = groups.told(ROOT, leaves)
    unit = LEAVES[0].rpartition(".")[0]
    assert told[unit] is None
    assert told[LEAVES[2].rpartition(".")[0]] is None  # the next smallest beside it


@pytest.mark.parametrize("count", range(1, 5))
def test_of_few_answers_nothing_at_all_is_told(count: int) -> None:
    assert groups.told(ROOT, {LEAVES[0]: count}) == {ROOT: None}
    assert groups.told(ROOT, {}) == {ROOT: 0}
