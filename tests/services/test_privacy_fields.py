"""The table of personal data knows every collection, and says what it must."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final, get_args, get_type_hints

import msgspec
import pytest

import mongo_indexes
import services
from server.features import FEATURES
from services.calls.privacy import SETTINGS
from services.idempotency.models import ANSWER
from services.kernel.callables import CallCircle
from services.kernel.labels import Labelled
from services.kernel.personal_data import Fate, Holding
from services.photos.models import FILE
from services.privacy.labels import PLACES
from services.privacy.rows import readable

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


CHINESE: Final = re.compile(r"[^a-z_]*[\u4e00-\u9fff][^a-z_]*")


def structs() -> Iterator[type[msgspec.Struct]]:
    """Yield what is kept: every struct with an `_id`."""
    for found in pkgutil.walk_packages(services.__path__, "services."):
        if found.name.rpartition(".")[2] == "models":
            module = import_module(found.name)
            for each in vars(module).values():
                is_struct = isinstance(each, type) and issubclass(each, msgspec.Struct)
                if is_struct and "_id" in each.__struct_encode_fields__:
                    yield each


KEPT: Final = tuple(structs())


def within(hint: Any) -> Iterator[Any]:
    """Yield a type and those that it is made of."""
    yield getattr(hint, "__origin__", None) or hint
    for each in get_args(hint):
        yield from within(each)


def kinds_of(holding: Holding, name: str) -> set[Any]:
    """Return the types of a field, in whatever is kept with all that the holding shows."""
    found = set()
    for kept in KEPT:
        names = dict(zip(kept.__struct_encode_fields__, kept.__struct_fields__, strict=True))
        if {*holding.shows, *holding.staff, holding.person} <= names.keys():
            found |= {*within(get_type_hints(kept)[names[name]])}
    return found


def unlabelled(holding: Holding) -> set[str]:
    """Return fields that an export would show by a name, a code or a path of ours."""
    found = {name for name, label in holding.shows.items() if not CHINESE.fullmatch(label)}
    found |= {n for n, label in holding.shows.items() if n in PATHS and label not in PLACES}
    rows = {each.COLLECTION: getattr(each, "VALIDATOR", {}) for each in mongo_indexes.ALL}
    rules = rows[holding.collection].get("properties", {})
    for name in holding.shows.keys() - holding.words.keys():
        kinds = kinds_of(holding, name)
        is_code = any(isinstance(each, type) and issubclass(each, Labelled) for each in kinds)
        is_code |= "enum" in rules.get(name, {})
        is_map = dict in kinds and holding.complete is None and name not in READ_BY_STAFF
        found |= {name} if is_code or is_map else set()
    return found


PATHS: Final = frozenset({"home", "place"})
READ_BY_STAFF: Final = frozenset({"consents", "facts"})  # of people and the audit: by policy


@EACH
def test_whatever_an_export_shows_has_a_chinese_name(holding: Holding) -> None:
    assert unlabelled(holding) == set()


def test_what_has_no_name_would_be_found() -> None:
    [visits] = [each for each in FEATURES.holdings if each.collection == "visits"]
    replace = msgspec.structs.replace
    assert unlabelled(replace(visits, words={})) == {"purpose", "outcome", "state"}
    assert unlabelled(replace(visits, shows={"day": "day", "home": "哪里"})) == {"day", "home"}
    [records] = [each for each in FEATURES.holdings if each.collection == "work_records"]
    assert unlabelled(replace(records, complete=None)) == {"figures"}


def test_each_value_of_a_list_is_shown_by_its_label() -> None:
    nothing: Any = None
    row = {"_id": "somebody", "shown_to": ["case", "heads"]}
    shown = readable(nothing, SETTINGS, row)
    assert shown == {"向谁显示": [CallCircle.CASE.label, CallCircle("heads").label]}
