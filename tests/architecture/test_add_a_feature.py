"""Adding a feature touches the places that CONTRIBUTING.md lists, and nothing else.

A toy (keys of a staircase, lent to the people of a home: tests/toy) is added to a copy of the
repository by these places alone. By day it is found there by all that looks for features; by
night its own tests and those of the whole product pass, too.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import pytest

from tests.depth import by_night

ROOT: Final = Path(__file__).parents[2]
TOY: Final = ROOT / "tests" / "toy"
BIN: Final = Path(sys.executable).parent
NAME: Final = Path(__file__).name
AT_MOST: Final = 8
NEW: Final = sorted(
    path.relative_to(TOY)
    for path in TOY.rglob("*.py")
    if path.parent != TOY and "__pycache__" not in path.parts
)
# File → what stands there, and what stands there with the toy.
EDITS: Final = {
    "services/kernel/permissions.py": (
        ("    OPERATE = auto()", "    BORROW_KEYS = auto()\n    LEND_KEYS = auto()\n"),
        ("P.VIEW_RESIDENTS, P.ADVISE_HOMES, P.DO_TASKS}", "P.LEND_KEYS, "),
        ("P.PAY_BILLS, P.VIEW_HOME, P.READ_METERS}", "P.BORROW_KEYS, "),
    ),
    "services/kernel/acts.py": (
        (
            '    PHOTO_ADDED = "photo.added"',
            """    KEY_BORROWED = "key.borrowed", "借用钥匙"
    KEY_RETURNED = "key.returned", "归还钥匙"
""",
        ),
    ),
    "pyproject.toml": (("homes : home_codes :", "keys : "),),
}
ASKED: Final = """
import sys, msgspec, mongo_indexes
from server.app import ROUTES
from server.contract import document
from server.features import FEATURES
from tests.matrix.rows import BY_THEMSELVES, FURNITURE, ROWS

made = document(ROUTES)
sys.stdout.buffer.write(msgspec.json.encode({
    "collection": [m.COLLECTION for m in mongo_indexes.ALL if "loans" in m.COLLECTION],
    "jobs": [name for name in FEATURES.jobs if name.startswith("keys.")],
    "templates": [key for key in FEATURES.templates if key.startswith("key")],
    "named in the contract": [
        key for key in made["components"]["schemas"]["TemplateKey"]["enum"] if "key" in key
    ],
    "holdings": [h.title for h in FEATURES.holdings if h.collection == "key_loans"],
    "erased": "keys" in FEATURES.erasure,
    "lists": [name for name in FEATURES.lists if "key" in name],
    "measures": [name for name in FEATURES.measures if name.startswith("keys.")],
    "tag": [t["description"] for t in made["tags"] if t["name"] == "key-loans"],
    "example": made["components"]["examples"]["LoanView"]["value"],
    "by themselves": [row.name for row in BY_THEMSELVES if "/key-" in row.path],
    "rows": [row.name for row in ROWS if "/key-" in row.path],
    "everywhere": [make.__module__ for make, _ in FURNITURE if "keys" in make.__module__],
}))
"""
FOUND: Final = {
    "collection": ["key_loans"],
    "jobs": ["keys.remind"],
    "templates": ["key_overdue"],
    "named in the contract": ["key_overdue"],
    "holdings": ["借用的钥匙"],
    "erased": True,
    "lists": ["key_loans"],
    "measures": ["keys.out"],
    "tag": ["Keys: borrowed by a home, listed and counted below a place, taken back."],
    "example": {
        "loan_id": "01kt9a7c4m8q2v5x1z3b6d0ea2",
        "home": "cc.chaoyang.guilin.xincheng.c07.b3.u2.502",
        "door": "单元门",
        "back_on": "2026-03-02",
        "state": "lent",
        "lent_at": "2026-03-02T04:00:00Z",
        "returned_at": "2026-03-02T04:00:00Z",
    },
    "by themselves": [
        "post /api/v1/homes/{home}/key-loans",
        "get /api/v1/places/{place}/key-loans",
        "get /api/v1/places/{place}/key-figures",
    ],
    "rows": [
        "post /api/v1/key-loans/{loan_id}/return",
        "post /api/v1/homes/{home}/key-loans",
        "get /api/v1/places/{place}/key-loans",
        "get /api/v1/places/{place}/key-figures",
    ],
    "everywhere": ["tests.matrix.test_keys"],
}
GENERATED: Final = ("tests.matrix", "scripts.privacy_table", "scripts.message_table")
PYTEST: Final = ("-m", "pytest", "-q", "-n", "0", f"--ignore=tests/architecture/{NAME}")
OF_THE_PRODUCT: Final = (
    "tests/architecture",
    "tests/services/test_messaging_tables.py",
    "tests/services/test_privacy_fields.py",
    "tests/handlers/test_contract.py",
    "tests/handlers/test_examples.py",
    "tests/handlers/test_openapi.py",
    "tests/handlers/test_free_text.py",
    "tests/matrix/test_matrix.py",
    "tests/matrix/test_page.py",
)
OF_THE_TOY: Final = (
    "tests/handlers/test_keys.py",
    "tests/lists/test_all.py",
    "tests/matrix/test_keys.py",
    "tests/matrix/test_by_path.py",
)


def listed() -> list[str]:
    """Return the places of CONTRIBUTING.md: new ones end in a slash."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Add a feature\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def place_of(file: Path) -> Path:
    """Return the folder that is there already, to which a new file or its package is added."""
    return next(folder for folder in file.parents if (ROOT / folder).is_dir())


def test_a_feature_touches_what_is_listed_and_no_more() -> None:
    places = {f"{place_of(file)}/" for file in NEW}
    added = {file.parts[: len(place_of(file).parts) + 1] for file in NEW}
    assert sorted([*places, *EDITS]) == sorted(listed())
    assert len(added) == len(places), "one file or package in each place"
    assert len(added) + len(EDITS) <= AT_MOST


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    """The repository with the toy in it."""
    with TemporaryDirectory() as folder:  # a short path: a socket will lie below it
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*"))
        for file in NEW:
            assert not (tree / file).exists(), file
            (tree / file).parent.mkdir(exist_ok=True)
            shutil.copyfile(TOY / file, tree / file)
        for path, edits in EDITS.items():
            edit(tree / path, edits)
        yield tree


def edit(file: Path, edits: tuple[tuple[str, str], ...]) -> None:
    """Write a text before another one, which stands in the file once."""
    text = file.read_text(encoding="utf-8")
    for before, added in edits:
        assert text.count(before) == 1, f"{file.name}: {before}"
        text = text.replace(before, added + before)
    file.write_text(text, encoding="utf-8")


def run(tree: Path, *command: str) -> str:
    """Run a command in the copy; return what it said. Its temporary files lie there."""
    outer = {name: value for name, value in os.environ.items() if "PYTEST" not in name}  # noqa: TID251  # handed on, not read
    done = subprocess.run(
        command,
        cwd=tree,
        env={**outer, "TMPDIR": str(tree)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def is_found(tree: Path) -> None:
    assert msgspec.json.decode(run(tree, sys.executable, "-c", ASKED)) == FOUND


def is_in_shape(tree: Path) -> None:
    run(tree, str(BIN / "lint-imports"))
    run(tree, str(BIN / "ruff"), "check")
    run(tree, sys.executable, "-m", "mypy")


def works(tree: Path) -> None:
    run(tree, sys.executable, *PYTEST, *OF_THE_TOY, "--nightly")


def fits_in(tree: Path) -> None:
    contract = run(tree, sys.executable, "-m", "server", "openapi")
    (tree / "deploy" / "openapi.json").write_text(contract, encoding="utf-8")
    for module in GENERATED:
        run(tree, sys.executable, "-m", module)
    run(tree, sys.executable, *PYTEST, *OF_THE_PRODUCT)


CHECKS: Final = (is_found, is_in_shape, works, fits_in)


@pytest.mark.slow
@pytest.mark.deep
@pytest.mark.parametrize("check", CHECKS if by_night() else CHECKS[:1])
def test_what_was_added(tree: Path, check: Callable[[Path], None]) -> None:
    check(tree)
