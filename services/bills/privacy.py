"""Personal data of bills and bill runs: who ordered a repair, and ids of staff who acted."""

from typing import Final

from mongo_indexes import bill_run_skips, bill_runs, bills, debt_certificates
from services.bills.states import BillState
from services.kernel.personal_data import ACCOUNTING, Fate, Holding

HOLDINGS: Final = (
    # Fees name nobody: the register says who owned a home. Only repairs have a debtor.
    Holding(
        collection=bills.COLLECTION,
        fate=Fate.KEPT,
        title="维修费账单",
        person="debtor",
        shows={
            "explanation": "计算方法",
            "payee_name": "收款单位",
            "amount_fen": "金额(元)",
            "state": "状态",
            "issued_at": "出账时间",
            "paid_at": "缴费时间",
        },
        words={"state": BillState},
        law=ACCOUNTING,
        staff=("voided_by",),
    ),
    Holding(
        collection=bill_runs.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("asked_by", "published_by", "withdrawn_by"),
        why="小区的出账批次",
    ),
    Holding(
        collection=debt_certificates.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("issued_by",),
        why="房屋缴费证明,只有金额",
    ),
    Holding(
        collection=bill_run_skips.COLLECTION,
        fate=Fate.NOBODYS,
        why="没有出账的房屋和原因",
    ),
)
