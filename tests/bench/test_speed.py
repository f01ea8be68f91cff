"""Arithmetic of the speed figures, their goals, and the page that is made of them."""

import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import StatisticsError

import pytest
from msgspec import structs

from bench.product import child
from bench.speed import __main__ as command
from bench.speed import figures, page, wrk
from bench.speed.models import Figure, Found, Goal, Machine, Report, Sides, number
from bench.speed.registry import FIGURES
from bench.speed.rounds import Spread, alternate, ratios, spread
from server.errors import StartError

FAST = Goal("fast", "twice as fast", at_least=2)
SMALL = Goal("small", "a small one", unit="bytes", at_most=500)
KEPT = Goal("kept", "what must not grow", unit="MB")


def measured(found: Found, *goals: Goal) -> Figure:
    return Figure("toy", "A toy", "What it is.", goals, lambda _: found)


def report(figure: Figure, found: Found) -> Report:
    machine = Machine("a CPU", 2, 8.0, "6.1", "3.11.7")
    findings, behind = figure.findings(found), found.behind
    return Report(machine, "2026-11-26", "full", "0ldc0de", "newc0de", findings, behind)


def feed(values: Sequence[float], order: list[str], name: str) -> Iterator[float]:
    for value in values:
        order.append(name)
        yield value


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3, 1, 2], Spread(2, 1, 3)), ([4, 1, 2, 3], Spread(2.5, 1, 4)), ([7], Spread(7, 7, 7))],
)
def test_the_median_is_told_with_the_least_and_the_most(
    values: list[float], expected: Spread
) -> None:
    assert spread(values) == expected


def test_no_round_is_no_figure() -> None:
    with pytest.raises(StatisticsError):
        spread([])


def test_a_ratio_is_taken_within_a_round() -> None:
    """Both sides of the second round were slow: that is the machine's, not the product's."""
    assert ratios([100, 10], [50, 5]) == [2, 2]


def test_a_side_that_lacks_a_round_is_not_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])


def test_sides_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []
    one, two = feed([9, 1, 2], order, "a"), feed([9, 3, 4], order, "b")
    found = alternate({"a": lambda: next(one), "b": lambda: next(two)}, 2)
    assert found == {"a": [1, 2], "b": [3, 4]}
    assert "".join(order) == "abbaab"


@pytest.mark.parametrize(
    ("goal", "before", "after", "met"),
    [
        (FAST, 1, 2, True),
        (FAST, 1, 1.99, False),
        (SMALL, 900, 500, True),
        (SMALL, 900, 501, False),
        (KEPT, 100, 105, True),
        (KEPT, 100, 106, False),
    ],
)
def test_a_goal_is_met_or_not(goal: Goal, before: float, after: float, *, met: bool) -> None:
    assert goal.is_met(before, after) is met


def test_a_goal_that_nothing_measured_is_heard() -> None:
    with pytest.raises(KeyError):
        measured(Found({}), FAST).findings(Found({}))


def test_the_page_is_made_of_the_run() -> None:
    found = Found({"fast": Sides([0.5, 0.25], [2, 4]), "kept": Sides([83], [1234.5])})
    figure = measured(found, FAST, KEPT)
    text = page.page({"toy": report(figure, found)}, [figure])
    assert "0ldc0de" in text
    assert "newc0de" in text
    assert "Measured by `make bench FIGURE=toy` on 2026-11-26" in text
    assert "2 cores (a CPU), 8 GB" in text
    assert "| twice as fast | 0.375 × (0.25–0.5) | 3 × (2–4) | ≥ 2 | yes |" in text
    assert "| what must not grow | 83 MB | 1,234 MB | no worse | no |" in text


def test_what_the_ratios_are_made_of_is_told_below_them() -> None:
    found = Found({"fast": Sides([1], [2])}, {"a, per second": [100, 300], "b, µs": [7]})
    figure = measured(found, FAST)
    text = page.section(report(figure, found), figure)
    assert "\n| a, per second | 200 (100–300) |\n| b, µs | 7 |\n" in text
    without = measured(Found(found.sides), FAST)
    assert "behind" not in page.section(report(without, Found(found.sides)), without)


def test_a_run_of_one_figure_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    first, second = Found({"fast": Sides([1], [2])}), Found({"fast": Sides([1], [4])})
    one, other = (structs.replace(measured(first, FAST), name=name) for name in "ab")
    written, kept = tmp_path / "speed.md", tmp_path / "speed.json"
    both = {"a": report(one, first), "b": report(other, first)}
    page.keep(both, [one, other], written, kept)
    page.keep({"b": report(other, second)}, [one, other], written, kept)
    text = written.read_text()
    assert [text.count(row) for row in ("| 1 × | 2 × |", "| 1 × | 4 × |")] == [1, 1]


def test_the_page_is_that_of_what_is_kept() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(page.read(), FIGURES)


@pytest.mark.parametrize(
    ("value", "told"), [(0.2468, "0.247"), (24.68, "24.7"), (12345.6, "12,346"), (3.0, "3")]
)
def test_a_figure_has_the_digits_that_mean_something(value: float, told: str) -> None:
    assert number(value) == told


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_each_figure_has_goals(figure: Figure) -> None:
    keys = [goal.key for goal in figure.goals]
    assert keys
    assert len(set(keys)) == len(keys)
    assert not [goal for goal in figure.goals if None not in {goal.at_least, goal.at_most}]


def test_each_module_of_a_figure_is_registered() -> None:
    modules = {found.name for found in pkgutil.iter_modules(figures.__path__)}
    assert modules == {figure.measure.__module__.rpartition(".")[2] for figure in FIGURES}


def test_who_lacks_the_load_generator_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileNotFoundError, match="apt-get install wrk"):
        wrk.find()


def test_whoever_names_no_figure_is_told_which_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--figure", "start"])
    with pytest.raises(SystemExit):
        command.parsed()
    assert "there is no start, but: requests, round-trips, " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("named", "count"), [([], len(FIGURES)), ([""], len(FIGURES)), (["processes"], 1)]
)
def test_one_figure_is_measured_or_all_of_them(
    monkeypatch: pytest.MonkeyPatch, named: list[str], count: int
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", *(f"--figure={each}" for each in named)])
    assert len(command.parsed().figure) == count


def test_a_server_that_cannot_start_ends_the_program_in_one_line() -> None:
    def begin() -> None:
        raise StartError("No mongod found")

    with pytest.raises(SystemExit, match="No mongod found"), child(begin):
        pass
