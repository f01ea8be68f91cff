"""The page about HTTP has every code that sending notices and work of heads can end with."""

import re
from pathlib import Path
from typing import Final

import pytest

from handlers.http.statuses import error_classes, status_of
from services.kernel.errors import DomainError

PAGE: Final = Path(__file__).parents[2] / "docs/reference/http.md"
ROW: Final = re.compile(r"^\| (`[^|]+`) \| ([\d, ]+) \| .+ \|$", re.MULTILINE)
# What senders, readers, those who judge contents and heads at their work meet is all there; of
# the other features what clients meet most.
WHOLE: Final = (
    *("notices", "audiences", "content_checks", "reachability"),
    *("visits", "tasks", "today", "work_records"),
)


def statuses() -> dict[str, int]:
    """Return code → status as the table of the page says; one for all of a row, or for each."""
    found = {}
    for codes, numbers in ROW.findall(PAGE.read_text(encoding="utf-8")):
        names = re.findall(r"`(\w+)`", codes)
        said = [int(number) for number in numbers.split(",")]
        found |= dict(zip(names, said * len(names) if len(said) == 1 else said, strict=True))
    return found


CLASSES: Final = [each for each in error_classes() if each.__module__.split(".")[1] in WHOLE]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.code)
def test_every_code_is_on_the_page_with_its_status(kind: type[DomainError]) -> None:
    assert statuses().get(kind.code) == status_of(kind)


def test_there_are_some() -> None:
    assert len(CLASSES) > 70
