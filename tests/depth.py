"""Depth of the suite: a representative part by day, everything with `--nightly`.

By day Hypothesis chooses the same examples in every run, so that a run is red because of a
change and never by chance; by night it chooses new ones, and prints how to repeat a failure.
No example is kept on the disk: what failed yesterday must not make today's run red.
"""

from typing import Final

import pytest
from hypothesis import HealthCheck, settings

DAY, NIGHT, SHORT_NIGHT = "day", "night", "short night"
SHARE: Final = 4  # a short night draws and asks one of so many
settings.register_profile(
    DAY,
    derandomize=True,
    database=None,
    deadline=None,  # it would measure the machine, not the product
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    NIGHT,
    max_examples=1000,
    print_blob=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(SHORT_NIGHT, settings.get_profile(NIGHT), max_examples=1000 // SHARE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="try everything; takes long")
    parser.addoption("--short", action="store_true", help="of a night: draw a quarter as much")


def pytest_configure(config: pytest.Config) -> None:
    """Choose before the tests are imported: their own settings begin with these."""
    night = SHORT_NIGHT if config.getoption("short") else NIGHT
    settings.load_profile(night if config.getoption("nightly") else DAY)
    config.addinivalue_line("markers", "slow: a group of seconds, left out by `make quick`")
    config.addinivalue_line(
        "markers", "deep: tries more with --nightly, like all of Hypothesis'"
    )


def by_night() -> bool:
    return settings.get_current_profile_name() != DAY


def all_night() -> bool:
    """Tell whether there is time for everybody, where a short night asks one by chance."""
    return settings.get_current_profile_name() == NIGHT


def one_of() -> int:
    """Return n where one question of n is asked: 1 in a whole night, and 0 by day."""
    return {DAY: 0, NIGHT: 1, SHORT_NIGHT: SHARE}[settings.get_current_profile_name()]


def by_depth(*, day: int, night: int) -> int:
    """Return how many to draw, where the usual number takes too long.

    Not for a size, which a short night does not lessen: that is asked of by_night().
    """
    if settings.get_current_profile_name() == SHORT_NIGHT:
        return max(day, night // SHARE)
    return night if by_night() else day
