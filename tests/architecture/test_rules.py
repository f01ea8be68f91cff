"""Each rule of the source tree finds what breaks it, and only that."""

from pathlib import Path

import pytest

from scripts.shape import SourceTree
from tests.architecture import rules

STORE = "services/parks/store.py"
ACTIONS = "services/parks/actions.py"
# rule → files that break it once
BROKEN: dict[rules.Rule, dict[str, str]] = {
    rules.no_module_is_named_by_a_verb: {"services/parks/signing_in.py": ""},
    rules.no_package_has_over_twelve_modules: {
        f"services/parks/m{number}.py": "" for number in range(13)
    },
    rules.no_package_keeps_over_two_collections: {
        **{f"mongo_indexes/{name}.py": "" for name in "abc"},
        STORE: "from mongo_indexes import a, b\n",
        "services/parks/code_store.py": "from mongo_indexes.c import COLLECTION\n",
    },
    rules.no_file_is_over_400_lines: {"tests/test_long.py": "\n" * 401},
    rules.no_name_is_an_alias_of_another_modules: {
        ACTIONS: "from services.parks import store\n\nfind = store.find\n"
    },
    rules.shared_parameters_come_first: {STORE: "def find(db, home, tx): ...\n"},
}
KEPT = {
    STORE: "from mongo_indexes import a, b\n\n\ndef find(db, tx, home): ...\n",
    "mongo_indexes/a.py": "",
    "mongo_indexes/b.py": "",
    "mongo_indexes/c.py": "",
    ACTIONS: (
        "from services.parks import store\n\n\n"
        "def move(deps, tx, actor, home): return store.find(deps.db, tx, home)\n"
        "def show(deps, home, *, tx: Transaction | None = None): ...\n"
        "class Job:\n    def run(self, deps, home): ...\n"
    ),
    "services/parks/codes/store.py": "from mongo_indexes.c import COLLECTION\n",
    "services/watering/__init__.py": "",
    "services/gravel/actions.py": "from services.parks import actions\nactions.move()\n",
    "server/serving.py": "",
}
REACHES = {
    "imported": "from services.parks import store\n",
    "imported by name": "from services.parks.store import find\n",
    "a name imported by its neighbour": "from services.parks.actions import find\n",
    "an attribute": "from services.parks import actions\nactions.store.find()\n",
    "an attribute of a neighbour": "from services.parks import actions\nactions.find()\n",
}


def tree(root: Path, files: dict[str, str]) -> SourceTree:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return SourceTree(root)


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
def test_a_rule_finds_what_breaks_it(rule: rules.Rule, tmp_path: Path) -> None:
    assert len([*rule(tree(tmp_path, BROKEN[rule]))]) == 1


@pytest.mark.parametrize("text", REACHES.values(), ids=REACHES)
def test_a_store_is_found_on_every_way_to_it(text: str, tmp_path: Path) -> None:
    files = {
        STORE: "def find(db): ...\n",
        ACTIONS: "from services.parks import store\nfrom services.parks.store import find\n",
        "services/lamps/actions.py": text,
    }
    found = [*rules.no_store_is_reached_from_another_package(tree(tmp_path, files))]
    assert found == ["services/lamps/actions.py: services.parks.store"]


@pytest.mark.parametrize(
    "signature",
    [
        "(tx, deps)",
        "(actor, tx)",
        "(home, deps)",
        "(deps, actor, tx)",
        "(db, home, tx=None)",
        "(db, tx=None)",
        "(db, *, tx)",
        "(db, *, tx: Transaction | None)",
        "(home, *, actor)",
    ],
)
def test_shared_parameters_anywhere_else_are_found(signature: str, tmp_path: Path) -> None:
    files = {STORE: f"def find{signature}: ...\n"}
    assert [*rules.shared_parameters_come_first(tree(tmp_path, files))]


def test_a_noun_in_ing_that_is_gone_is_found(tmp_path: Path) -> None:
    found = [*rules.every_listed_noun_in_ing_is_there(tree(tmp_path, KEPT))]
    assert found == sorted(rules.NOUNS_IN_ING.keys() - {"server.serving"})


def test_what_keeps_the_rules_breaks_none(tmp_path: Path) -> None:
    small = tree(tmp_path, KEPT)
    held = [rule for rule in rules.RULES if rule is not rules.every_listed_noun_in_ing_is_there]
    assert [broken for rule in held for broken in rule(small)] == []


def test_every_rule_is_tried() -> None:
    apart = {
        rules.no_store_is_reached_from_another_package,
        rules.every_listed_noun_in_ing_is_there,
    }
    assert BROKEN.keys() | apart == {*rules.RULES}
