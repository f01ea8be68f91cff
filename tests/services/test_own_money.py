"""Own money of a firm: an office that does not give what somebody does widens nothing."""

import pytest

from services.bills import own_money
from services.demands import creditors
from services.kernel.permissions import Actor, Grant, Permission, Role
from services.reconciliations import scopes
from tests.build.cast import COMMUNITY, COMPOUND, Estate, payee_of
from tests.build.fees import PROPERTY
from tests.build.offices import firm_at

pytestmark = pytest.mark.slow

CASHIER = Grant(Role.CASHIER, COMPOUND)
MANAGER = Grant(Role.FIRM_MANAGER, COMPOUND)
STAFF = Grant(Role.COMMUNITY_STAFF, COMMUNITY)


@pytest.fixture
async def account(estate: Estate) -> str:
    """The account of the firm that serves the compound and is paid its property fee."""
    firm, payee = await firm_at(estate.world, COMPOUND), payee_of(PROPERTY)
    own = {"$set": {"firm": firm, "place": COMPOUND}}
    await estate.world.db.payees.update_one({"_id": payee}, own)
    found = await estate.world.db.payees.find_one({"_id": payee})
    assert found is not None
    return str(found["account"])


async def test_a_cashier_who_is_also_staff_reconciles_what_the_firm_is_paid(
    estate: Estate, account: str
) -> None:
    """Staff run bills, and look after no merchant account."""
    both = Actor("both", "s", grants=(CASHIER, STAFF))
    assert not STAFF.gives(Permission.RECONCILE)
    assert await scopes.accounts(estate.world.deps, both) == frozenset({account})


@pytest.mark.parametrize("by", [Permission.VIEW_DEBTORS, Permission.SEND_DEMANDS])
async def test_a_public_office_that_gives_it_sees_all(
    estate: Estate, account: str, by: Permission
) -> None:
    deps = estate.world.deps
    both = Actor("both", "s", grants=(MANAGER, STAFF))
    alone = Actor("alone", "s", grants=(MANAGER,))
    assert await own_money.find(deps, both, COMPOUND, by=by) is None
    own = await own_money.find(deps, alone, COMPOUND, by=by)
    assert own is not None
    assert own.accounts == [account]
    assert (await creditors.of_actor(deps, alone, COMPOUND)).accounts == (account,)
