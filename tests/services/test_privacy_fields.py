"""The table of personal data knows every collection, and says what it must."""

import pytest

import mongo_indexes
from server.features import FEATURES
from services.idempotency.models import ANSWER
from services.kernel.personal_data import Fate, Holding
from services.photos.models import FILE

# Where values are sealed to, in row 7 of each collection.
SEALED = {
    "appointments/7/because",
    "appointments/7/name",
    "appointments/7/phone",
    "exports/7/key",
    "home_corrections/7/document",
    "home_corrections/7/reason",
    "home_invitations/7/name",
    "home_requests/7/advice",
    "home_requests/7/decision",
    "home_requests/7/id_number",
    "home_requests/7/name",
    "home_requests/7/note",
    "idempotency_keys/7/answer",
    "people/7/phone",
    "photos/7/file",
    "photos/7/key",
    "register_chunks/7",
    "register_imports/7/document",
    "register_imports/7/reason",
    "residencies/7/because",
    "residencies/7/id_number",
    "residencies/7/name",
    "residencies/7/phone",
}
EACH = pytest.mark.parametrize(
    "holding", FEATURES.holdings, ids=lambda holding: holding.collection
)


def test_every_collection_is_in_the_table_once() -> None:
    named = [holding.collection for holding in FEATURES.holdings]
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


def test_no_sealed_field_has_moved() -> None:
    """What was sealed to another place than its field says would be unreadable."""
    fields = {sealed for holding in FEATURES.holdings for sealed in holding.sealed.values()}
    fields |= {FILE, ANSWER}  # sealed under a key of its own; never read again after a day
    assert {sealed.place("7") for sealed in fields} >= SEALED


@EACH
def test_a_sealed_field_is_called_as_it_is_kept(holding: Holding) -> None:
    """Older ones are where they are; the place of a new one follows from its name."""
    for name, sealed in holding.sealed.items():
        called = name.rpartition(".")[2].removesuffix("_sealed")
        by_name = f"{holding.collection}/7/{called}"
        assert sealed.place("7") in SEALED | {by_name}


@EACH
def test_a_sealed_field_belongs_to_its_collection(holding: Holding) -> None:
    assert {sealed.collection for sealed in holding.sealed.values()} <= {holding.collection}


def test_titles_are_told_apart() -> None:
    titles = [holding.title for holding in FEATURES.holdings if holding.title]
    assert len(titles) == len(set(titles))
