"""Plants each fault in a copy of the tree and runs the test that must notice it.

By day the first, by night and with `make planted` all of them, in a short night one of some.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.depth import by_night, one_of
from tests.faults.fault import ROOT, Fault
from tests.faults.test_table import FAULTS, module_file, planted

pytestmark = [pytest.mark.slow, pytest.mark.deep]
CHOSEN = FAULTS[:: one_of()] if by_night() else FAULTS[:1]


@pytest.mark.parametrize("fault", CHOSEN, ids=lambda fault: fault.title)
def test_a_fault_is_noticed(fault: Fault) -> None:
    with TemporaryDirectory() as folder:  # a short path: a socket will lie below it
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*"))
        file = tree / module_file(fault)
        file.write_text(planted(file.read_text(encoding="utf-8"), fault), encoding="utf-8")
        said = run(fault.test, tree)
    assert " failed" in said.splitlines()[-1], said


def run(test: str, tree: Path) -> str:
    """Run one test of a tree; return what pytest said. Its temporary files lie in the tree."""
    outer = {name: value for name, value in os.environ.items() if "PYTEST" not in name}  # noqa: TID251  # handed on, not read
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", test],
        cwd=tree,
        env={**outer, "TMPDIR": str(tree)},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ).stdout
