"""Personal data of bank statements: who paid and what they wrote, for a year."""

from typing import Final

from mongo_indexes import bank_statements, bank_transfers
from services.bank_statements.transfers.models import PAYER, REMARK
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=bank_statements.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("uploaded_by",),
        why="银行流水文件的起止日期、笔数和合计;文件读取后即删",
    ),
    Holding(
        collection=bank_transfers.COLLECTION,
        fate=Fate.NOBODYS,
        sealed={"payer_sealed": PAYER, "remark_sealed": REMARK},
        staff=("chosen_by", "set_aside_by", "settled_by"),
        why="银行收支的日期、流水号和金额;对方姓名和附言加密保存,一年后清除",
    ),
)
