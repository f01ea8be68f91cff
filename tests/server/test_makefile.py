"""Arguments that `make` hands to the commands."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Stand in for Python: tell what was asked for, and on which folder and port."""
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho "$*|$DATA_DIR|$PORT"\n')
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("words", "environ", "asked"),
    [
        (["run"], {}, "-m server run||"),
        (["run", "DATA_DIR=/srv/d", "PORT=81"], {}, "-m server run|/srv/d|81"),
        (["run"], {"DATA_DIR": "/srv/d", "PORT": "81"}, "-m server run|/srv/d|81"),
        (["token"], {}, "-m server token resident||"),
        (["token", "AS=unit", "DATA_DIR=/srv/d"], {}, "-m server token unit|/srv/d|"),
        (["tour"], {}, "-m server tour||"),
        (["tour", "CHAPTER=heads", "DATA_DIR=/srv/d"], {}, "-m server tour heads|/srv/d|"),
    ],
)
def test_the_data_folder_has_one_name(
    words: list[str], environ: dict[str, str], asked: str, python: Path
) -> None:
    installed = ["-o", ".venv/.installed", "-o", ".venv/.installed-dev"]
    done = subprocess.run(
        ["make", "-s", *installed, f"PY={python}", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},  # noqa: TID251
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{asked}\n"


# A Python whose virtual environments have pip; it tells what it was asked to do.
INTERPRETER = """#!/bin/sh
here=$(dirname "$0")
case "$*" in
"-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; touch "$3/bin/pip" ;;
"-m pip "*) [ -e "$here/pip" ] || { echo "No module named pip" >&2; exit 1; } ;;
"-m server run") echo "runs in $here" ;;
esac
"""


def test_a_virtual_environment_that_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    for program in ("bin/python3.11", ".venv/bin/python"):
        (tmp_path / program).parent.mkdir(parents=True)
        (tmp_path / program).write_text(INTERPRETER)
        (tmp_path / program).chmod(0o755)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())

    def run() -> tuple[str, str]:
        done = subprocess.run(
            ["make", "-s", "run"],
            cwd=tmp_path,
            env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},  # noqa: TID251
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout, done.stderr

    out, err = run()
    assert out == "runs in .venv/bin\n", err
    assert err.startswith(".venv was left half made\nMaking .venv with ")
    assert run() == ("runs in .venv/bin\n", "")
