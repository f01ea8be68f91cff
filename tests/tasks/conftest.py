"""The cast of tasks."""

import pytest

from tests.build import tasks as build
from tests.build.cast import Estate
from tests.build.tasks import Tasks


@pytest.fixture
async def tasks(estate: Estate) -> Tasks:
    return await build.build(estate)
