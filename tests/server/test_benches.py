"""Measured comparisons: who runs one learns by its end whether what is promised is kept."""

from types import ModuleType
from typing import Any

import pytest

from bench import pairs, repairs
from bench.feedback import __main__ as feedback


@pytest.mark.parametrize("bench", [repairs, feedback])
@pytest.mark.parametrize("kept", [True, False])
def test_a_bench_fails_where_a_ratio_is_larger_than_promised(
    monkeypatch: pytest.MonkeyPatch, bench: ModuleType, *, kept: bool
) -> None:
    async def run(*_: Any) -> bool:
        return kept

    monkeypatch.setattr(bench, "run", run)
    monkeypatch.setattr("sys.argv", ["bench"])
    if kept:
        bench.main()
        return
    with pytest.raises(SystemExit) as ended:
        bench.main()
    assert ended.value.code == "a ratio is larger than the one that is promised"


@pytest.mark.parametrize(("ratio", "kept"), [(1.0, True), (2.0, True), (2.004, False)])
def test_the_largest_ratio_stands_beside_the_promised_one(
    capsys: pytest.CaptureFixture[str], ratio: float, *, kept: bool
) -> None:
    assert pairs.is_kept(ratio) is kept
    said = capsys.readouterr().out
    assert said == f"The largest ratio is {ratio:.2f}; 2 is the most that is promised.\n\n"
