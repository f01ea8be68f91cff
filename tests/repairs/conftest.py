"""The cast of repairs."""

import pytest

from tests.build import quotes, repairs
from tests.build.cast import Estate
from tests.build.quotes import Quoted
from tests.build.repairs import Works


@pytest.fixture
async def works(estate: Estate) -> Works:
    return await repairs.build(estate)


@pytest.fixture
async def quoted(works: Works) -> Quoted:
    return await quotes.build(works)
