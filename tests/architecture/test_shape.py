"""Figures of the source tree, on a small tree of which each figure is known."""

from graphlib import CycleError
from pathlib import Path

import pytest

from scripts import shape

FILES = {
    "server/__init__.py": "",
    "server/app.py": "from services.parks import actions\nfrom services import money\n",
    "services/money.py": "def fen() -> int:\n    return 1\n",
    "services/parks/__init__.py": "",
    "services/parks/actions.py": (
        "import json\nfrom . import moving, store\nfrom services.money import fen\n"
        "find = store.find\nWORDS = store.WORDS\nloads = json.loads\nroot = fen.x.y\n"
    ),
    "services/parks/moving.py": "import services.parks.store\n",
    "services/parks/store.py": "WORDS = 1\n\n\nasync def find() -> None: ...\n",
    "services/lamps/store.py": "",
    "services/benches/store.py": "",
    "tests/test_one.py": "1\n2\n3\n",
    "tests/help.py": "1\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> shape.SourceTree:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return shape.SourceTree(tmp_path)


def test_imports_are_found_in_every_form(tree: shape.SourceTree) -> None:
    assert tree.imports["server.app"] == {"services.parks.actions", "services.money"}
    assert tree.imports["services.parks.moving"] == {"services.parks.store"}
    assert tree.imports["services.parks.actions"] == {
        "services.parks.moving",
        "services.parks.store",
        "services.money",
    }


def test_figures_of_the_small_tree(tree: shape.SourceTree) -> None:
    found = {what: figure for what, figure, _ in shape.figures(tree)}
    assert found["product: files"] == "9"
    assert found["product: functions"] == "2"
    assert found["  services: lines"] == "14"
    assert found["own imports per file: p90"] == "3"
    assert found["module names shared by 3 packages"] == "60%"
    assert found["-ing modules of services"] == "1"
    assert found["aliases: functions"] == "2"
    assert found["aliases: all"] == "3"
    assert found["biggest package"] == "services.parks (3)"
    assert found["  imports inside it"] == "3"
    assert found["  depth of it"] == "3"
    assert found["support share of test lines"] == "25.0%"


def test_a_package_over_twelve_modules_is_counted(tmp_path: Path) -> None:
    for package in ("homes", "wechat"):
        (tmp_path / "services" / package).mkdir(parents=True)
        for number in range(13):
            (tmp_path / "services" / package / f"m{number}.py").touch()
    found = {what: figure for what, figure, _ in shape.figures(shape.SourceTree(tmp_path))}
    assert found["packages over 12 modules"] == "2"
    assert found["  of these not excepted"] == "1"


def test_a_circle_of_imports_has_no_depth() -> None:
    with pytest.raises(CycleError):
        shape.depth({"a": {"b"}, "b": {"a"}})


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2), (0.9, 4), (0, 1)])
def test_percentiles_are_by_nearest_rank(share: float, expected: int) -> None:
    assert shape.percentile([4, 1, 3, 2], share) == expected
