"""Registration of counter payments."""

from typing import Final

from services.counter_payments import actions, notify, privacy, proofs
from services.counter_payments.deliveries import actions as deliveries
from services.counter_payments.deliveries.models import DeliveriesQuery, DeliveryView
from services.counter_payments.models import CounterPaymentsQuery, CounterPaymentView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

COUNTER_PAYMENTS: Final = List(
    name="counter_payments",
    needs=Permission.TAKE_PAYMENTS,
    title="线下缴费",
    query=CounterPaymentsQuery,
    read=actions.listing,
    columns=columns(
        CounterPaymentView,
        address="房屋",
        way="缴款方式",
        voucher="凭证号",
        payee_name="收款单位",
        amount_fen="金额(元)",
        bills="账单数",
        paid_at="缴款时间",
        taken_at="登记时间",
    ),
)

CASH_DELIVERIES: Final = List(
    name="cash_deliveries",
    needs=Permission.KEEP_CASH,
    title="现金交接",
    query=DeliveriesQuery,
    read=deliveries.listing,
    columns=columns(
        DeliveryView,
        payee_name="收款单位",
        booked_fen="账面金额(元)",
        counted_fen="清点金额(元)",
        difference_fen="差额(元)",
        note="差额说明",
        state="状态",
        given_at="交出时间",
        taken_at="接收时间",
    ),
)

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    lists=(CASH_DELIVERIES, COUNTER_PAYMENTS),
    projections=(proofs.PROJECTION,),
    templates=notify.TEMPLATES,
)
