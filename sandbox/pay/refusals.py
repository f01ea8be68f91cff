"""Products that no merchant here has: refused with WeChat's errors."""

from sandbox.keys import Merchant
from sandbox.pay.errors import PayError
from sandbox.pay.gate import PayRoute
from sandbox.web import Answer, Call
from sandbox.world import World


async def refuse(_world: World, _call: Call, _merchant: Merchant) -> Answer:
    raise PayError(403, "NO_AUTH", "商户未开通此产品权限")


ROUTES = [
    ("GET", "/v3/bill/sub-merchant-fundflowbill", PayRoute(refuse)),
    ("POST", "/v3/profitsharing/orders", PayRoute(refuse)),
    *(
        ("POST", f"/v3/pay/transactions/{kind}", PayRoute(refuse))
        for kind in ("app", "h5", "native")
    ),
]
