"""The year begins on the fifth of January 2026."""

from datetime import UTC, datetime

import pytest

from tests.build.world import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 5, 4, tzinfo=UTC))  # noon in Beijing
