import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from server.embedded.ports import free_port
from server.settings import Settings
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def run(*words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mongo_indexes", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SAFETY_NET,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "uri",
    [
        f"mongodb://app:hunter2@127.0.0.1:{free_port()}/?replicaSet=rs0",
        "nonsense",
        "mongodb://127.0.0.1:notaport",
        "mongodb://127.0.0.1:99999",
    ],
    ids=["away", "no scheme", "no port", "no such port"],
)
def test_an_address_that_is_none_is_refused_in_one_line(uri: str) -> None:
    code, out, err = run("check", "--uri", uri)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("--uri: ")
    assert "hunter2" not in err


def test_every_command_says_what_came_of_it(base_settings: Settings) -> None:
    where = ("--uri", base_settings.mongodb_uri, "--database", f"test_{uuid4().hex[:12]}")
    assert run("check", *where)[0] == 1
    code, out, _ = run("apply", *where)
    assert (code, out.startswith("applied: ")) == (0, True)
    code, out, _ = run("check", *where)
    assert (code, out.endswith(" are there\n")) == (0, True)
    assert run("plan", *where) == (0, "nothing to do\n", "")
