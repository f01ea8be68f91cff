from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from server.embedded.folders import claim, throwaway_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder in memory, safe from whoever removes what killed tests left behind."""
    memory = throwaway_folder()
    with claim(memory, "a test"):
        (memory / "pid").touch()  # should we be killed: this is one to remove
        (memory / "data").mkdir()
        yield memory / "data"
        rmtree(memory)
