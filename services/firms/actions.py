"""Actions on the directory of property firms."""

from collections.abc import Collection

from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import credit_code, store, views
from services.firms.models import Firm, FirmsQuery, FirmView, NewFirm
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import Day
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require


class FirmExistsDetails(Struct, frozen=True, kw_only=True):
    """Firm that is in the directory already.

    `firm_id`: Id of the firm that has this credit code.
    """

    firm_id: str


class FirmExists(errors.Conflict):
    """`firm_id` in details: the firm of the directory that has this credit code."""

    code = "firm_exists"
    details_type = FirmExistsDetails


class ContractDays(Struct, frozen=True, kw_only=True):
    """Days of the contract that is in the way.

    `from_day`: First day of the other contract.
    `to_day`: Last day of the other contract.
    """

    from_day: Day
    to_day: Day


async def add(deps: Dependencies, actor: Actor, request: NewFirm) -> FirmView:
    """Enter a firm into the directory, which is the whole city's."""
    require(actor, Permission.MANAGE_FIRMS)
    now = deps.now()
    firm = Firm(
        id=deps.new_id(),
        name=request.name,
        credit_code=credit_code.check(request.credit_code),
        added_by=actor.person_id,
        added_at=now,
    )

    async def save(tx: Transaction) -> None:
        await store.insert_firm(deps.db, tx, firm)
        first = actor.places(Permission.MANAGE_FIRMS)[0]
        await audit.record(deps, tx, actor, Act.FIRM_ADDED, place=first, subject=firm.id)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        there = await deps.in_transaction(
            lambda tx: store.firm_with(deps.db, tx, firm.credit_code)
        )
        found = there.id if there else ""
        raise FirmExists("这家企业已经登记过", firm_id=found) from None
    return views.firm_view(firm)


async def get(deps: Dependencies, tx: Transaction, firm_id: str) -> Firm:
    """Return a firm of the directory. NotFound when it is not there."""
    firm = await store.find_firm(deps.db, firm_id, tx=tx)
    if firm is None:
        raise errors.NotFound("没有找到这家企业")
    return firm


async def names(deps: Dependencies, ids: Collection[str]) -> dict[str, str]:
    """Return id → name of those of the firms that are in the directory; one query."""
    return {firm.id: firm.name for firm in await store.find_firms(deps.db, ids)}


async def listing(deps: Dependencies, actor: Actor, query: FirmsQuery) -> Page[FirmView]:
    """The directory, the longest known first by default; what it says of firms is public."""
    require(actor, Permission.MANAGE_FIRMS)
    return (await store.firms_page(deps.db, query)).map(views.firm_view)
