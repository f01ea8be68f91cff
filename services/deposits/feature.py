"""Registration of deposits."""

from typing import Final

from services.deposits import actions, notify, privacy, proofs
from services.deposits.models import DepositsQuery, DepositView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

DEPOSITS: Final = List(
    name="deposits",
    needs=Permission.TAKE_PAYMENTS,
    title="押金",
    query=DepositsQuery,
    read=actions.listing,
    columns=columns(
        DepositView,
        address="房屋",
        kind="押金种类",
        why="事由",
        payer_masked="交款人",
        payee_name="保管单位",
        way="缴款方式",
        voucher="凭证号",
        amount_fen="押金(元)",
        paid_at="收取时间",
        days_kept="在押天数",
        state="状态",
        deduct_fen="扣除(元)",
        deducted_because="扣除原因",
        objection="交款人异议",
        objecting="异议待答复",
        reviewed_because="撤回批准或答复异议的说明",
        back_fen="退还(元)",
        returned_at="退还时间",
    ),
)

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    lists=(DEPOSITS,),
    projections=(proofs.PROJECTION,),
    templates=notify.TEMPLATES,
)
