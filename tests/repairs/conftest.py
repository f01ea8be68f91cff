"""The cast of repairs."""

import pytest

from tests.build import repairs
from tests.build.cast import Estate
from tests.build.repairs import Works


@pytest.fixture
async def works(estate: Estate) -> Works:
    return await repairs.build(estate)
