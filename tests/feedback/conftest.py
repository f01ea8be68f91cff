"""The cast of feedback."""

import pytest

from tests.build import feedback
from tests.build.feedback import Voices
from tests.build.world import World


@pytest.fixture
async def voices(world: World) -> Voices:
    return await feedback.opened(world)
