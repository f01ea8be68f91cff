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
