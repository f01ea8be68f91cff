"""Who brings in the statements of a bank."""

import pytest

from tests.build.bank_statements import cashier_of
from tests.build.cast import Estate
from tests.build.sign_ins import Member


@pytest.fixture
async def cashier(estate: Estate) -> Member:
    return await cashier_of(estate)
