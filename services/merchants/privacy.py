"""Personal data of merchant accounts: none; their keys are sealed like it."""

from typing import Final

from mongo_indexes import merchant_probes, merchants
from services.kernel.personal_data import Fate, Holding
from services.merchants.models import EARLIER_KEYS, KEYS

HOLDINGS: Final = (
    Holding(
        collection=merchants.COLLECTION,
        fate=Fate.NOBODYS,
        sealed={"keys": KEYS, "earlier_keys": EARLIER_KEYS},
        why="收款账户的商户号和密钥",
    ),
    Holding(
        collection=merchant_probes.COLLECTION,
        fate=Fate.NOBODYS,
        why="收款账户的检查结果",
    ),
)
