"""Plants each fault in a copy of the tree and runs the test that must notice it: make planted.

Ends with 1 when a fault goes unnoticed. Names of faults as arguments: only those whose title
holds one of them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.faults.test_table import FAULTS, ROOT, Fault, module_file, planted

AT_ONCE: Final = 2


def verdict(fault: Fault) -> str:
    """Plant the fault in a copy and tell whether its test fails there."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*"))
        file = tree / module_file(fault)
        file.write_text(planted(file.read_text(encoding="utf-8"), fault), encoding="utf-8")
        said = last_line(fault.test, tree)
    if " failed" in said:
        return "noticed"
    return "MISSED" if " passed" in said else f"DID NOT RUN ({said})"


def last_line(test: str, tree: Path) -> str:
    """Run the test; return pytest's closing line. Its temporary files lie in the tree."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", test],
        cwd=tree,
        env={**os.environ, "TMPDIR": str(tree)},  # noqa: TID251  # handed on, not read
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,  # Ctrl-C reaches us only: it tidies up
    )
    return (done.stdout.splitlines() or [""])[-1]


def main(words: Sequence[str]) -> int:
    faults = [f for f in FAULTS if not words or any(word in f.title for word in words)]
    noticed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for fault, found in zip(faults, pool.map(verdict, faults), strict=True):
            noticed += found == "noticed"
            sys.stdout.write(f"{found:<11} {fault.title}: {fault.test}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{noticed} of {len(faults)} noticed\n")
    return 0 if noticed == len(faults) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
