"""The cast of mediations."""

import pytest

from tests.build import mediations
from tests.build.cast import Estate
from tests.build.mediations import Talks


@pytest.fixture
async def talks(estate: Estate) -> Talks:
    return await mediations.build(estate)
