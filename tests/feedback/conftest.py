"""The cast of feedback."""

import pytest

from tests.build import feedback
from tests.build.cast import Estate
from tests.build.feedback import Voices


@pytest.fixture
async def voices(estate: Estate) -> Voices:
    return await feedback.build(estate)
