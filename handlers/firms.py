"""Endpoints of property firms and their contracts with compounds."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.firms import actions, contracts
from services.firms.models import (
    ContractsQuery,
    ContractView,
    EndContract,
    FirmId,
    FirmsQuery,
    FirmView,
    NewFirm,
    SignContract,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.places.models import ContactLine

ContractId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the contract, as lists show it.")
]


class FirmsHandler(ApiHandler):
    @endpoint("listFirms", needs=Permission.MANAGE_FIRMS)
    async def get(self, query: FirmsQuery) -> Page[FirmView]:
        """Firms of the city's directory, the longest known first."""
        return await actions.listing(self.deps, self.actor, query)

    @endpoint(
        "createFirm",
        needs=Permission.MANAGE_FIRMS,
        status=201,
        errors=("firm_exists", "bad_credit_code"),
        example=NewFirm(name="安居物业", credit_code="91220104MA0Y4XJ075"),
    )
    async def post(self, body: NewFirm) -> FirmView:
        """Enter a property firm, as on its business licence."""
        return await actions.add(self.deps, self.actor, body)


class FirmContractsHandler(ApiHandler):
    @endpoint(
        "createContract",
        needs=Permission.MANAGE_FIRMS,
        status=201,
        errors=("contract_overlaps", "bad_term"),
        example=SignContract(
            compound="cc.chaoyang.guilin.xincheng.c07",
            from_day="2026-04-01",
            to_day="2028-03-31",
        ),
    )
    async def post(self, firm_id: FirmId, body: SignContract) -> ContractView:
        """Write that a firm serves a compound from a day to a day."""
        return await contracts.sign(self.deps, self.actor, firm_id, body)


class ContractEndHandler(ApiHandler):
    @endpoint(
        "endContract",
        needs=Permission.MANAGE_FIRMS,
        errors=("bad_term",),
        example=EndContract(reason="业主大会决定解聘", last_day="2026-12-31"),
    )
    async def post(self, contract_id: ContractId, body: EndContract) -> ContractView:
        """End a contract early. After the last day the firm's people see nothing of it."""
        return await contracts.end(self.deps, self.actor, contract_id, body)


class ContractContactHandler(ApiHandler):
    @endpoint(
        "updateContractContact",
        needs=Permission.MANAGE_FIRMS,
        example=ContactLine(phone="0431-87654321", hours="每天 8:00-20:00"),
    )
    async def post(self, contract_id: ContractId, body: ContactLine) -> ContractView:
        """Write the line of the firm's office in the compound, for its residents to call."""
        return await contracts.set_contact(self.deps, self.actor, contract_id, body)


class ContractsHandler(ApiHandler):
    @endpoint("listContracts", needs=Permission.MANAGE_FIRMS)
    async def get(self, place: PlacePath, query: ContractsQuery) -> Page[ContractView]:
        """Contracts of the compounds under a place, the earliest signed first."""
        return await contracts.listing(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/firms", FirmsHandler),
    Route("/api/v1/firms/{firm_id}/contracts", FirmContractsHandler),
    Route("/api/v1/contracts/{contract_id}/end", ContractEndHandler),
    Route("/api/v1/contracts/{contract_id}/contact", ContractContactHandler),
    Route("/api/v1/places/{place}/contracts", ContractsHandler),
]
