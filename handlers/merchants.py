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
# Made for this page and used nowhere. A new key: openssl genrsa 2048
PRIVATE_KEY: Final = """-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDOc8bi8OttVPT8
0fvq2MoW+r9mSvaZ1X0lu4zDX4JZRffPYf539z83YA4c0UmXk1Th/VCwrokp+gN3
wljwDFXe0Fx4lFbiT3W4HIvwh5b/dxHoGXkQzBF9N9JF2ApxSAMCg7Tf7kW5GH3D
lhEXAIQIFhJaQnTW+u+ba9twS6m7KXFcataziyulS4N84u9g29eZidV2WesuLIyw
rO1l2a3lDRYFdwUtIYVpSq14r1DIziX4dF0ZzlSkkPtx8EkgeXrkPtEFqbEXKs+a
G7cESpiHgf8U/kcVyxhVujs4pyU+jy5jzECvnrLpNDq5JRgMYHFxlFWm6sGmJwFg
LmY7O+cbAgMBAAECggEAM5eAMK9HDhPogxOQkkApxHNWCGCcXpYYx6imRR6lityu
0F7rQhyB6jsxW6c7bksNr8nnc7eyJFDLtA5Xvmk+vkcwjJt5WOXFg8RyfiHMLLwb
N/bBp95vUmz0OasC9QsrYWH7fehj+RzzNMDYNXjWBdVKMc8gtqaP4TWjaV0nJdOD
BBa4pq2DKZmYh2wYqKLQgs+8x1HE/fjHbpEIeyVFLp7XtlLDKd1CM0Uq7o1zaqpv
/X/gST5497wRZrrMmCs1rzpjr80AJ47KkFyBafSTF3eXHTjV0mT1OBhYReiFImEw
CQX/TXnc+8RYEm4wB2FTd2mbFvJ+qj/C1NnhHvwF0QKBgQDsVWmoA861WVpF2uJN
JQBbuApPrYLyBVwL1zVE1Iz1aN05pfegQ9+avVvPSEMjcsx+8LTmoDvbBZ3LIDyO
ffDDeHb5H3gzCpnRG5WzhnxcdDtx+W9jef3U1O3d6DqQRaJguylGSceQcZs/FCCX
w/DhuFQLFPQwtfl3/xH1UCJTCwKBgQDfoc30hjuX2OaGB0hrM1a5z0it2q6Xz/Zl
FUPfHiAEolujfQ5/f3N7coWQr6uR5cDV0sCdcwzHMf/7ExqRyINbdrCn4o5fqT8f
sUjkLshBR6MkL6ch5TWZpVXRzT4WFHBPWvb1n3ZSy/w+XrJSGXlfVWHb+ISk6ztU
dUmlnv9GMQKBgQC02Zuztc4t2oWJJTm9vQ3sIgbJ+EZXPCC28uXRmTGQ7sEzxzya
SLZI7JTgJzUxYDz6+uoD/iQvs7mPYkjU5a0jeADbHOjXbkpMyWYibkymV0/SJQXH
QugqQRMRmA+QrajXiwHHxtfPQhCCEb3rRUcFBBBUNqGy0N5ppCgy6DKMBwKBgDj1
STOijMMcJ3qzmCpVpR0mQmilbhqUiTkttV+6mIUVpSl6zJqEp7Eldgdn9tbuIbNU
PmLbzsFdZslYEEhZPbup+0yHU6Phw4Ya7WnQ0Ihv6olo6bSkYIaFqdoJ4GpXQlOz
43qj5ssn0VNBY0Gt40/4uzf/kClBEJduWBeq63HBAoGBAI70zPG1HM/Fz97aw/nc
fqnKbe3fy6kWn51Ee07STlU5ZzPeL9myqcih0ncswvqdJ35znwVmuMXNCUjPKXkD
goAogaCp4fkNscboSkv85uO1/w5rVVaphv/1Nz+Dg/8/Ft68uOxH4lrhYpC49AKt
uuzZuwZEqKVB+jJTz5aT1cBI
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
