"""Personal data of deposits: who paid one, and who signed for what came back."""

from typing import Final

from mongo_indexes import deposits
from services.deposits.models import PAYER, SIGNED_BY
from services.kernel.personal_data import ACCOUNTING, Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=deposits.COLLECTION,
        fate=Fate.KEPT,
        why="押金,交款人和领款人是柜台登记的姓名,不关联账号,按会计凭证保存",
        law=ACCOUNTING,
        sealed={"payer_sealed": PAYER, "signed_by_sealed": SIGNED_BY},
        staff=("taken_by", "asked_by", "decided_by", "reviewed_by", "paid_out_by"),
    ),
)
