"""Contracts of property firms: a firm sees a compound while its contract holds."""

from collections.abc import Iterable, Sequence

import msgspec

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import actions, store, views
from services.firms.actions import ContractDays
from services.firms.models import (
    Contract,
    ContractsQuery,
    ContractView,
    EndContract,
    SignContract,
)
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import check_day, plus_days
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.unions import Part
from services.places import actions as places
from services.places.models import ContactLine, Kind


class ContractOverlaps(errors.Conflict):
    """A compound has one firm at a time. The other's days in details."""

    code = "contract_overlaps"
    details_type = ContractDays


class BadTerm(errors.InvalidInput):
    code = "bad_term"
    details_type = errors.LatestDay


async def sign(
    deps: Dependencies, actor: Actor, firm_id: str, request: SignContract
) -> ContractView:
    """Sign that a firm serves a compound. Of two for the same days, the first counts.

    Raises NotFound, BadTerm, ContractOverlaps.
    """
    require_at(actor, Permission.MANAGE_FIRMS, request.compound)
    today = deps.today()
    first, last = check_day(request.from_day), check_day(request.to_day)
    if last < first or last < today:
        raise BadTerm("合同期限不对,结束不能早于开始,也不能已经过去")

    contract = _draft(deps, actor, firm_id, request)

    async def save(tx: Transaction) -> None:
        await _require_free(deps, tx, contract)
        await store.insert_contract(deps.db, tx, contract)
        about = {"place": contract.place, "subject": contract.id, "firm": firm_id}
        about |= {"from_day": first, "to_day": last}
        await audit.record(deps, tx, actor, Act.CONTRACT_SIGNED, **about)

    await deps.in_transaction(save)
    return await views.contract_view(deps, contract)


async def _require_free(deps: Dependencies, tx: Transaction, contract: Contract) -> None:
    """Hold the compound; raise unless it and the firm exist and no other contract is there."""
    compound = await places.hold(deps, tx, contract.place)
    if compound is None or compound.kind is not Kind.COMPOUND:
        raise errors.NotFound("没有找到这个小区")
    await actions.get(deps, tx, contract.firm)
    first, last = contract.from_day, contract.to_day
    rival = await store.overlapping(deps.db, tx, compound.id, first, last)
    if rival is not None:
        days = {"from_day": rival.from_day, "to_day": rival.to_day}
        raise ContractOverlaps("这段时间小区已有物业服务合同", **days)


def _draft(deps: Dependencies, actor: Actor, firm_id: str, request: SignContract) -> Contract:
    now = deps.now()
    return Contract(
        id=deps.new_id(),
        firm=firm_id,
        place=request.compound,
        from_day=request.from_day,
        to_day=request.to_day,
        agreed_to_day=request.to_day,
        signed_by=actor.person_id,
        signed_at=now,
    )


async def end(
    deps: Dependencies, actor: Actor, contract_id: str, request: EndContract
) -> ContractView:
    """End a contract early: after the last day its people see nothing of the compound.

    Raises NotFound, BadTerm, Conflict when somebody else ended it meanwhile.
    """
    last = check_day(request.last_day)
    yesterday = plus_days(deps.today(), -1)

    async def save(tx: Transaction) -> Contract:
        contract = await _access(deps, tx, actor, contract_id)
        if not yesterday <= last < contract.to_day:
            raise BadTerm("最后一天应在昨天之后、合同到期之前", to_day=contract.to_day)
        ended = msgspec.structs.replace(
            contract,
            to_day=last,
            ended_by=actor.person_id,
            ended_at=deps.now(),
            ended_because=request.reason,
        )
        if not await store.end_contract(deps.db, tx, ended, contract.to_day):
            raise errors.Conflict("合同刚刚改过,请刷新后再试")
        about = {"place": contract.place, "subject": contract.id, "last_day": last}
        await audit.record(deps, tx, actor, Act.CONTRACT_ENDED, **about)
        return ended

    return await views.contract_view(deps, await deps.in_transaction(save))


async def set_contact(
    deps: Dependencies, actor: Actor, contract_id: str, contact: ContactLine
) -> ContractView:
    """Write down the line of the firm's office in the compound: its residents may call it."""

    async def save(tx: Transaction) -> Contract:
        contract = await _access(deps, tx, actor, contract_id)
        await store.set_contact(deps.db, tx, contract_id, contact)
        about = {"place": contract.place, "subject": contract.id}
        await audit.record(deps, tx, actor, Act.CONTRACT_CONTACT_CHANGED, **about)
        return msgspec.structs.replace(contract, contact=contact)

    return await views.contract_view(deps, await deps.in_transaction(save))


async def _access(
    deps: Dependencies, tx: Transaction, actor: Actor, contract_id: str
) -> Contract:
    contract = await store.find_contract(deps.db, contract_id, tx=tx)
    return accessible(
        actor,
        contract,
        Permission.MANAGE_FIRMS,
        at=lambda contract: contract.place,
        missing="没有找到这份合同",
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: ContractsQuery
) -> Page[ContractView]:
    """Contracts of the compounds under a place, the earliest signed first by default."""
    await places.access_place(deps, actor, place, Permission.MANAGE_FIRMS)
    page = await store.page_under(deps.db, place, query)
    return page.of(await views.contract_views(deps, page.items))


async def serving(deps: Dependencies, compounds: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return (firm, compound) of the contracts that hold today: read on every request."""
    return pairs(await store.holding_on(deps.db, compounds, deps.today()))


def part_serving(deps: Dependencies, compounds: Sequence[str]) -> Part[Contract]:
    """Return the query of `serving`, to be read with others; then `pairs`."""
    return store.part_holding(compounds, deps.today())


def pairs(found: Iterable[Contract]) -> frozenset[tuple[str, str]]:
    """Return (firm, compound) of contracts."""
    return frozenset((contract.firm, contract.place) for contract in found)


async def holding(deps: Dependencies, compound: str) -> Contract | None:
    """Return the contract by which a firm serves a compound today; None when none does."""
    found = await store.holding_on(deps.db, [compound], deps.today())
    return next(iter(found), None)


async def firm_of(deps: Dependencies, compound: str) -> tuple[str, Contract] | None:
    """Return the name of the firm that serves a compound today, and its contract."""
    found = await store.holding_on(deps.db, [compound], deps.today())
    firm = await store.find_firm(deps.db, found[0].firm) if found else None
    return (firm.name, found[0]) if firm else None


async def of_compound(deps: Dependencies, compound: str) -> list[Contract]:
    """Return all contracts of a compound, also those that are over: who may charge when."""
    return await store.of_compound(deps.db, compound)


async def has_contract(
    deps: Dependencies, tx: Transaction, firm_id: str, compound: str
) -> bool:
    """Tell whether the firm serves the compound, or will."""
    return await store.not_over(deps.db, tx, firm_id, compound, deps.today())
