"""Who is told is said by services.audiences: nobody else reads the people of many places.

Read off the names that are used through imports. The questions below find people of places;
each is asked by audiences, by its own package, and by the few who do not tell anybody by it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.shape import Module, SourceTree
from server.features import FEATURES
from services.audiences.models import Audience
from tests.architecture.test_source_tree import bindings, feature, tree, used_names

RESIDENCIES: Final = "services.residencies.actions"
OFFICES: Final = "services.appointments.offices"
QUESTIONS: Final = frozenset(
    {
        f"{RESIDENCIES}.of_homes",
        f"{RESIDENCIES}.ties_of",
        f"{OFFICES}.holders_at",
        f"{OFFICES}.acting_around",
        f"{OFFICES}.acting_at",
        f"{OFFICES}.staff_over",
    }
)
WHO: Final = "services.audiences"
# Module that asks one all the same → what it compares.
MAY_ASK: Final = {
    ("services.feedback.filings.drafts", f"{OFFICES}.holders_at"): "whom it is about",
    ("services.feedback.filings.holders", f"{OFFICES}.acting_at"): "what a head is called",
    (
        "services.feedback.filings.whereabouts",
        f"{RESIDENCIES}.ties_of",
    ): "in which flats somebody lives",
    ("services.home_requests.views", f"{RESIDENCIES}.of_homes"): "whom the register means",
    ("services.mediations.interests", f"{RESIDENCIES}.ties_of"): "who is close to whom",
    ("services.mediations.mediators.actions", f"{OFFICES}.acting_around"): "whom one may ask",
    ("services.mediations.mediators.actions", f"{RESIDENCIES}.ties_of"): "who is close to whom",
    ("services.mediations.openings.actions", f"{OFFICES}.holders_at"): "whom it is about",
    (
        "services.mediations.openings.actions",
        f"{RESIDENCIES}.of_homes",
    ): "who is meant",
    ("services.notices.readings.households", f"{RESIDENCIES}.of_homes"): "who lives there yet",
    ("services.repairs.crews.actions", f"{OFFICES}.holders_at"): "whom one is handed to",
    ("services.visits.offices.households", f"{RESIDENCIES}.of_homes"): "whose consent it is",
    ("services.reachability.actions", f"{RESIDENCIES}.ties_of"): "homes, by their grants",
}


def askers(source: SourceTree) -> Iterator[tuple[str, str]]:
    """Yield (module, question) of each who asks a question that is not theirs."""
    for module in source.of("services", "handlers", "server", "demo"):
        for name in sorted(asked(module)):
            if feature(module.name) not in {WHO, feature(name)}:
                yield module.name, name


def asked(module: Module) -> set[str]:
    return QUESTIONS & {*used_names(module), *bindings(module).values()}


def test_only_audiences_say_who_is_told(source_tree: SourceTree) -> None:
    assert sorted(askers(source_tree)) == sorted(MAY_ASK)


def test_every_question_is_there(source_tree: SourceTree) -> None:
    for name in QUESTIONS:
        module, _, function = name.rpartition(".")
        assert f"\nasync def {function}(" in source_tree.modules[module].text


def test_what_narrows_homes_is_registered_by_who_knows_it() -> None:
    assert {*FEATURES.selections} == {"owing_since"}
    assert {*FEATURES.selections} < {*Audience.__struct_fields__}


@pytest.mark.parametrize(
    "text",
    [
        "from services.residencies import actions as residencies\nresidencies.of_homes()\n",
        "from services.residencies.actions import of_homes\n",
        "from services.appointments import offices as who\nwho.staff_over()\n",
    ],
)
def test_a_loop_of_ones_own_is_found(text: str, tmp_path: Path) -> None:
    files = {f"services/{name}/notify.py": text for name in ("audiences", "lamps")}
    [found] = askers(tree(tmp_path, files))
    assert found[0] == "services.lamps.notify"
