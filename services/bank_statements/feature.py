"""Registration of bank statements."""

from typing import Final

from services.bank_statements import actions, jobs, privacy
from services.bank_statements.models import BankStatementRow, StatementsQuery
from services.bank_statements.transfers.models import BankTransferView, TransfersQuery
from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns

STATEMENTS: Final = List(
    name="bank_statements",
    needs=Permission.KEEP_CASH,
    title="银行流水",
    query=StatementsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.KEEP_CASH),
    columns=columns(
        BankStatementRow,
        account="收款账户",
        state="状态",
        first="开始日期",
        last="结束日期",
        totals__received="收入笔数",
        totals__received_fen="收入(元)",
        totals__paid_out="支出笔数",
        totals__paid_out_fen="支出(元)",
        known="以前已导入",
        refusal__message="未能导入的原因",
        uploaded_at="上传时间",
    ),
)
TRANSFERS: Final = List(
    name="bank_transfers",
    needs=Permission.KEEP_CASH,
    title="银行收支",
    query=TransfersQuery,
    read=actions.transfers,
    subject="",
    place_of=around(Permission.KEEP_CASH),
    columns=columns(
        BankTransferView,
        account="收款账户",
        direction="收支方向",
        day="日期",
        number="银行流水号",
        amount_fen="金额(元)",
        payer="对方户名",
        remark="附言",
        state="状态",
        fit="对应情况",
        refusal="未能登记的原因",
        set_aside_because="是什么款项",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    holdings=privacy.HOLDINGS,
    lists=(STATEMENTS, TRANSFERS),
)
