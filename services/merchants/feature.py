"""Registration of merchant accounts."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.merchants import actions, privacy
from services.merchants.models import MerchantsQuery, MerchantView
from services.merchants.probes import actions as probes
from services.merchants.probes import jobs
from services.merchants.probes.models import ProbesQuery, ProbeView

MERCHANTS: Final = List(
    name="merchants",
    needs=Permission.MANAGE_PAYEES,
    title="收款账户",
    query=MerchantsQuery,
    read=actions.listing,
    subject="",
    columns=columns(
        MerchantView,
        account="代号",
        name="名称",
        mode="接入方式",
        mchid="商户号",
        sub_mchid="特约商户号",
        serial="证书序列号",
        is_on="可以下单",
        combines="合单支付",
        orders_left="待关闭的订单",
        changed_at="最近更改时间",
    ),
)
PROBES: Final = List(
    name="merchant_probes",
    needs=Permission.OPERATE,
    title="收款账户检查",
    query=ProbesQuery,
    read=probes.listing,
    subject="",
    columns=columns(
        ProbeView,
        account="收款账户",
        kind="检查项目",
        passed="正常",
        said="说明",
        checked_at="检查时间",
        failing_since="从何时起不正常",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    holdings=privacy.HOLDINGS,
    lists=(MERCHANTS, PROBES),
)
