"""Personal data of prepayments: none, they are of homes; who paid is in orders and receipts."""

from typing import Final

from mongo_indexes import prepayments
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=prepayments.COLLECTION,
        fate=Fate.NOBODYS,
        why="房屋的预存款,付款人在“支付订单”和“收据”里",
    ),
)
