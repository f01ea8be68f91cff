"""What tests of notices through WeChat begin with: the residents, signed in."""

import pytest

from tests.build.cast import Estate
from tests.build.mailbox import open_push
from tests.build.notices import READERS
from tests.build.sign_ins import Member


@pytest.fixture
async def people(estate: Estate) -> dict[str, Member]:
    """Li and Mei of one home, Wang and Sun; nobody has allowed a message."""
    await open_push(estate.world)
    return {name: await estate.member(name) for name in READERS}
