"""The table of personal data knows every collection, and says what it must."""

import pytest

import mongo_indexes
from services.kernel.personal_data import Fate, Holding
from services.privacy.registry import TABLE

EACH = pytest.mark.parametrize("holding", TABLE, ids=lambda holding: holding.collection)


def test_every_collection_is_in_the_table_once() -> None:
    named = [holding.collection for holding in TABLE]
    assert set(named) == {module.COLLECTION for module in mongo_indexes.ALL}
    assert len(named) == len(set(named))


@EACH
def test_what_is_kept_names_the_law_and_what_is_not_given_the_reason(holding: Holding) -> None:
    assert bool(holding.law) == (holding.fate is Fate.KEPT) or holding.fate is Fate.BLANKED
    assert bool(holding.title) != bool(holding.why)


@EACH
def test_what_is_given_is_found_by_person_and_has_words(holding: Holding) -> None:
    if holding.title:
        assert holding.person
        assert holding.shows


def test_titles_are_told_apart() -> None:
    titles = [holding.title for holding in TABLE if holding.title]
    assert len(titles) == len(set(titles))
