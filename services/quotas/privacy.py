"""Personal data of quotas: a keyed fingerprint and instants, which outlive the account."""

from typing import Final

from mongo_indexes import quotas
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=quotas.COLLECTION,
        fate=Fate.FADES,
        why="一天内提交申请的次数,只存微信用户的加密指纹,注销后也保留到满一天,之后自动删除",
    ),
)
