"""Tenures of a home: who owned it from when to when, and so since when each owes for it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.days import plus_days
from services.residencies import tenures
from services.residencies.models import Relation, Residency
from services.residencies.tenures import BEGINNING

JANUARY, MARCH, MAY = "2026-01-01", "2026-03-15", "2026-05-01"


def row(
    from_day: str, to_day: str | None = None, relation: Relation = Relation.OWNER
) -> Residency:
    return Residency(
        id=f"{relation} {from_day} {to_day}",
        home="h",
        relation=relation,
        name_sealed="",
        from_day=from_day,
        to_day=to_day,
        source="test",
    )


def since(rows: list[Residency]) -> list[str]:
    found = tenures.of(rows)
    return [tenures.owes_since(each, found) for each in rows]


def test_the_first_owners_owe_from_the_beginning() -> None:
    """The register says who owns a home on the day it is written, not since when."""
    assert since([row(MARCH)]) == [BEGINNING]


def test_who_buys_a_home_owes_from_their_first_day() -> None:
    rows = [row(JANUARY, "2026-03-14"), row(MARCH)]
    assert since(rows) == [BEGINNING, MARCH]
    assert tenures.turns(tenures.of(rows)) == [MARCH]


def test_whoever_joins_an_owner_owes_with_them() -> None:
    rows = [row(JANUARY), row(MARCH, relation=Relation.CO_OWNER), row(MAY)]
    assert since(rows) == [BEGINNING] * 3
    assert tenures.turns(tenures.of(rows)) == []


def test_days_between_two_owners_are_nobodys() -> None:
    rows = [row(JANUARY, "2026-02-28"), row(MARCH)]
    assert tenures.turns(tenures.of(rows)) == ["2026-03-01", MARCH]


def test_an_owner_who_left_and_was_not_followed_yet_hands_nothing_over() -> None:
    assert tenures.turns(tenures.of([row(JANUARY, "2026-02-28")])) == []


def test_family_sees_what_their_owners_owe_and_tenants_what_is_charged_from_then() -> None:
    rows = [row(JANUARY, "2026-03-14"), row(MARCH)]
    rows += [row(MAY, relation=Relation.FAMILY), row(MAY, relation=Relation.TENANT)]
    rows += [row(MAY, relation=Relation.PAYER)]
    assert since(rows)[2:] == [MARCH, MAY, MARCH]


def test_who_was_written_down_by_mistake_never_owned_it() -> None:
    rows = [row(JANUARY, "2025-12-31"), row(MARCH)]
    assert since(rows)[1] == BEGINNING


def test_each_household_consents_for_itself() -> None:
    rows = [row(JANUARY, "2026-03-14"), row(MARCH, "2026-04-30"), row(MAY)]

    def seen(consenting: set[int]) -> list[str | None]:
        told = [
            msgspec.structs.replace(each, discloses=number in consenting)
            for number, each in enumerate(rows)
        ]
        owned = tenures.households(told)
        return [tenures.disclosed_since(each, owned) for each in told]

    assert seen(set()) == [None, None, None]
    assert seen({0}) == [None, BEGINNING, None]
    assert seen({1}) == [None, None, MARCH]
    assert seen({0, 1}) == [None, BEGINNING, BEGINNING]


DAYS = st.integers(0, 60).map(lambda number: plus_days(JANUARY, number))
ROWS = st.lists(
    st.tuples(DAYS, st.none() | DAYS).map(lambda days: row(*days)), min_size=1, max_size=6
)


@given(ROWS, DAYS)
def test_every_day_has_one_household_at_most(rows: list[Residency], day: str) -> None:
    found = tenures.of(rows)
    assert sum(tenure.has(day) for tenure in found) <= 1
    owns = any(each.from_day <= day and (each.to_day or day) >= day for each in rows)
    if owns:
        assert any(tenure.has(day) for tenure in found)


@given(ROWS)
def test_every_owner_is_in_one_household(rows: list[Residency]) -> None:
    real = [each for each in rows if each.to_day is None or each.from_day <= each.to_day]
    owned = tenures.households(rows)
    listed = [owner for household in owned for owner in household.owners]
    assert sorted(each.id for each in listed) == sorted(each.id for each in real)


@pytest.mark.parametrize("last", [None, MAY])
def test_a_tenure_lasts_as_long_as_one_of_its_owners(last: str | None) -> None:
    [tenure] = tenures.of([row(JANUARY, MARCH), row(JANUARY, last)])
    assert tenure.last == last
