"""A data folder is one run's, and says where that run answers."""

import subprocess
import sys
from pathlib import Path

import pytest

from server.embedded.occupancy import address_of, occupied
from server.errors import StartError

ADDRESS = "http://127.0.0.1:8123"
# A run that has announced its address and waits to be killed.
RUN = """
import sys
from pathlib import Path
from server.embedded.occupancy import occupied
with occupied(Path(sys.argv[1])) as occupancy:
    occupancy.announce(sys.argv[2])
    print("there", flush=True)
    sys.stdin.read()
"""


def test_others_read_the_address_while_it_runs_and_only_then(folder: Path) -> None:
    with pytest.raises(StartError, match=rf"^Nothing runs on {folder}: start `make run` first"):
        address_of(folder)
    with occupied(folder) as occupancy:
        with pytest.raises(StartError, match="It is still starting on"):
            address_of(folder)
        occupancy.announce(ADDRESS)
        assert address_of(folder) == ADDRESS
    with pytest.raises(StartError, match="Nothing runs on"):
        address_of(folder)


def test_a_second_start_is_told_where_the_first_one_answers(folder: Path) -> None:
    with occupied(folder) as occupancy:
        with pytest.raises(StartError, match="It is already starting on"), occupied(folder):
            pass
        occupancy.announce(ADDRESS)
        already = f"^It already runs at {ADDRESS} "
        with (
            pytest.raises(StartError, match=already),
            occupied(folder),
        ):
            pass
        assert address_of(folder) == ADDRESS  # the refused one took nothing away


def test_the_address_of_a_killed_run_is_nobodys(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), ADDRESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == b"there\n"
        assert address_of(folder) == ADDRESS
        killed.kill()
    with pytest.raises(StartError, match="Nothing runs on"):
        address_of(folder)
    with occupied(folder), pytest.raises(StartError, match="still starting"):
        address_of(folder)
