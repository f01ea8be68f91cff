"""Registration of payments."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.payments import jobs, privacy
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import DiscrepanciesQuery, DiscrepancyView
from services.payments.invoices import actions as invoices
from services.payments.invoices import notify as invoices_notify
from services.payments.invoices.models import InvoiceRow, InvoicesQuery
from services.payments.prepayment_returns import actions as prepayment_returns
from services.payments.prepayment_returns import notify as prepayment_returns_notify
from services.payments.prepayment_returns.models import ReturnsQuery, ReturnView
from services.payments.proofs import orders
from services.payments.proofs import prepayment_returns as prepayment_returns_proofs
from services.payments.proofs import refund_requests as refund_requests_proofs
from services.payments.proofs import refunds as proofs
from services.payments.receipts import notify as receipts
from services.payments.refund_requests import actions as refund_requests
from services.payments.refund_requests import notify as refund_requests_notify
from services.payments.refund_requests.models import RefundRequestsQuery, RefundRequestView
from services.payments.refunds import actions as refunds
from services.payments.refunds import notify
from services.payments.refunds.models import RefundsQuery, RefundView

REFUNDS: Final = List(
    name="refunds",
    needs=Permission.OPERATE,
    title="退款",
    query=RefundsQuery,
    read=refunds.listing,
    subject="",
    columns=columns(
        RefundView,
        number="微信退款单号",
        payment_id="支付单号",
        account="收款账户",
        amount_fen="金额(元)",
        reason="原因",
        state="状态",
        problem="微信的说明",
        requested_at="申请时间",
    ),
)

REFUND_REQUESTS: Final = List(
    name="refund_requests",
    needs=Permission.VIEW_DEBTORS,
    title="退款申请",
    query=RefundRequestsQuery,
    read=refund_requests.listing,
    columns=columns(
        RefundRequestView,
        number="退款号",
        address="房屋",
        payee_name="收款单位",
        way="原缴款方式",
        amount_fen="金额(元)",
        reason="原因",
        state="状态",
        asked_at="申请时间",
        decided_at="审批时间",
        decided_because="审批的原因",
        refund_number="微信退款单号",
        back="退款方式",
        voucher="转账凭证号",
        finished_at="退回时间",
    ),
)

PREPAYMENT_RETURNS: Final = List(
    name="prepayment_returns",
    needs=Permission.VIEW_DEBTORS,
    title="预存款退还",
    query=ReturnsQuery,
    read=prepayment_returns.listing,
    columns=columns(
        ReturnView,
        number="退还单号",
        address="房屋",
        kind="费用",
        payee_name="收款单位",
        amount_fen="金额(元)",
        reason="原因",
        state="状态",
        asked_at="申请时间",
        decided_at="审批时间",
        decided_because="审批的原因",
        back="退款方式",
        voucher="转账凭证号",
        finished_at="退还时间",
    ),
)

DISCREPANCIES: Final = List(
    name="discrepancies",
    needs=Permission.OPERATE,
    title="对账差异",
    query=DiscrepanciesQuery,
    read=discrepancies.listing,
    subject="",
    columns=columns(
        DiscrepancyView,
        account="收款账户",
        out_trade_no="商户订单号",
        transaction_id="微信支付单号",
        doubts="哪里不符",
        amount_fen="微信金额(元)",
        expected_fen="应收金额(元)",
        state="状态",
        found_at="发现时间",
    ),
)

INVOICES: Final = List(
    name="invoice_requests",
    needs=Permission.KEEP_INVOICES,
    title="发票申请",
    query=InvoicesQuery,
    read=invoices.listing,
    columns=columns(
        InvoiceRow,
        address="小区",
        payee_name="收款单位",
        receipt_number="收据号",
        amount_fen="金额(元)",
        reversed_fen="已退(元)",
        kind="抬头类型",
        title_masked="抬头",
        state="状态",
        numbers="发票号",
        asked_at="申请时间",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    holdings=privacy.HOLDINGS,
    templates=(
        *receipts.TEMPLATES,
        *notify.TEMPLATES,
        *invoices_notify.TEMPLATES,
        *refund_requests_notify.TEMPLATES,
        *prepayment_returns_notify.TEMPLATES,
    ),
    require_free=privacy.require_no_money_under_way,
    close=privacy.close,
    forget=privacy.forget,
    forgets="付款时的微信用户编号、代缴链接和发票抬头",
    lists=(DISCREPANCIES, INVOICES, PREPAYMENT_RETURNS, REFUND_REQUESTS, REFUNDS),
    projections=(
        orders.ORDERS,
        orders.RECEIPTS,
        *proofs.PROJECTIONS,
        refund_requests_proofs.REFUND_REQUESTS,
        prepayment_returns_proofs.PREPAYMENT_RETURNS,
    ),
)
