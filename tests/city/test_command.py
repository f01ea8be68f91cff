"""The program of `make city-bench`: its page, and its end."""

import re
from pathlib import Path
from typing import Any

import pytest

from bench.city import __main__ as command
from bench.city import page
from bench.city.layout import Scale
from bench.city.page import Run
from bench.city.reads import Query, Read
from bench.city.stage import Asked


@pytest.mark.parametrize(("keys", "ends"), [(3, False), (4, True)])
def test_the_page_is_written_and_a_broken_promise_ends_in_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keys: int, *, ends: bool
) -> None:
    to = tmp_path / "growth.md"
    scales: list[Scale] = []

    async def run(scale: Scale) -> Run:
        scales.append(scale)
        asked = Asked("staff: runs", Query("bills", "", {}), [Read("bills", keys, 1, 1, "run")])
        return Run(scale, "2026-11-26", 1.0, [asked], [])

    def write(made: Run, path: Path = to, **_: Any) -> None:
        path.write_text(page.page(made), encoding="utf-8")

    monkeypatch.setattr(command, "run", run)
    monkeypatch.setattr(page, "write", write)
    monkeypatch.setattr("sys.argv", ["city", "700", "--months", "6"])
    if ends:
        with pytest.raises(SystemExit, match="read more than is promised:\nstaff: runs: bills"):
            command.main()
    else:
        command.main()
    assert scales == [Scale(700, 6)]
    assert "a city of\n700 homes and 6 months" in to.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["abc"], "homes: abc is no number from 24 on"),
        (["23"], "homes: 23 is no number from 24 on"),
        (["-5"], "homes: -5 is no number from 24 on"),
        (["24", "--months", "3"], "--months: 3 is no number from 4 on"),
    ],
)
def test_a_city_that_is_too_small_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: list[str],
    told: str,
) -> None:
    monkeypatch.setattr("sys.argv", ["city", *typed])
    with pytest.raises(SystemExit):
        command.parsed()
    assert re.search(told, capsys.readouterr().err)
