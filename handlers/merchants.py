"""Endpoints of merchant accounts: changed by two administrators of the whole city."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.merchant_changes import actions as changes
from services.merchant_changes.models import (
    ChangeKind,
    ChangesQuery,
    ChangeView,
    Decision,
    NewChange,
    NewMerchant,
)
from services.merchants import actions as merchants
from services.merchants.models import Keys, MerchantKey, MerchantsQuery, MerchantView, Mode
from services.merchants.probes import actions as probes
from services.merchants.probes.models import ProbesQuery, ProbeView

PathAccount = Annotated[MerchantKey, Meta(description="Key of the merchant account.")]
PathChangeId = Annotated[
    str, Meta(max_length=64, description="Id of the change, as the list shows it.")
]
# No key: whoever sends the example as it stands gets bad_merchant.
PRIVATE_KEY: Final = """-----BEGIN PRIVATE KEY-----
PLACEHOLDER==
-----END PRIVATE KEY-----
"""
EXAMPLE: Final = NewMerchant(
    account="anju",
    name="安居物业",
    mode=Mode.DIRECT,
    mchid="1900000109",
    appid="wx0000000000000001",
    keys=Keys(
        serial="5157F09EFDC096DE15EBE81A47057A72",
        private_key_pem=PRIVATE_KEY,
        api_v3_key="0123456789abcdef0123456789abcdef",
    ),
    reason="新签约的物业企业",
)


class MerchantsHandler(ApiHandler):
    @endpoint("listMerchants", needs=Permission.MANAGE_PAYEES)
    async def get(self, query: MerchantsQuery) -> Page[MerchantView]:
        """Merchant accounts that are kept here; those of the environment are not listed."""
        return await merchants.listing(self.deps, self.actor, query)

    @endpoint(
        "proposeMerchant",
        needs=Permission.MANAGE_PAYEES,
        status=201,
        errors=("bad_merchant", "merchant_taken", "merchant_change_waits"),
        example=EXAMPLE,
        asks_again=True,
    )
    async def post(self, body: NewMerchant) -> ChangeView:
        """Propose to add a merchant account; another administrator approves."""
        return await changes.propose_new(self.deps, self.actor, body)


class MerchantChangesHandler(ApiHandler):
    @endpoint(
        "proposeMerchantChange",
        needs=Permission.MANAGE_PAYEES,
        status=201,
        errors=("bad_merchant", "merchant_unchanged", "merchant_change_waits"),
        example=NewChange(kind=ChangeKind.SWITCH_OFF, reason="企业申请停用"),
        asks_again=True,
    )
    async def post(self, account: PathAccount, body: NewChange) -> ChangeView:
        """Propose to rotate an account's keys, switch it off or on; another one approves."""
        return await changes.propose(self.deps, self.actor, account, body)


class ChangesHandler(ApiHandler):
    @endpoint("listMerchantChanges", needs=Permission.MANAGE_PAYEES)
    async def get(self, query: ChangesQuery) -> Page[ChangeView]:
        """Changes of merchant accounts, the latest first."""
        return await changes.listing(self.deps, self.actor, query)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideMerchantChange",
        needs=Permission.MANAGE_PAYEES,
        errors=(
            "same_person",
            "merchant_change_decided",
            "merchant_taken",
            "merchant_unchanged",
        ),
        example=Decision(approve=True, reason="已与企业核实"),
        asks_again=True,
    )
    async def post(self, change_id: PathChangeId, body: Decision) -> ChangeView:
        """Approve a change that somebody else proposed, or refuse it; it counts at once."""
        return await changes.decide(self.deps, self.actor, change_id, body)


class ProbesHandler(ApiHandler):
    @endpoint("listMerchantProbes", needs=Permission.OPERATE)
    async def get(self, query: ProbesQuery) -> Page[ProbeView]:
        """What the latest look at each merchant account found."""
        return await probes.listing(self.deps, self.actor, query)


ROUTES = [
    Route("/api/v1/merchants", MerchantsHandler),
    Route("/api/v1/merchants/{account}/changes", MerchantChangesHandler),
    Route("/api/v1/merchant-changes", ChangesHandler),
    Route("/api/v1/merchant-changes/{change_id}/decision", DecisionHandler),
    Route("/api/v1/merchant-probes", ProbesHandler),
]
