"""Registration of meters, their prices, and the rounds in which they are billed."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.meters import actions as meters
from services.meters import privacy
from services.meters.models import MetersQuery, MeterView
from services.meters.prices import actions as prices
from services.meters.prices.models import MeterPricesQuery, MeterPriceView
from services.meters.rounds import actions as rounds
from services.meters.rounds import jobs
from services.meters.rounds.models import (
    MeterDuesQuery,
    MeterDueView,
    MeterRoundsQuery,
    MeterRoundView,
)

METERS: Final = List(
    name="meters",
    needs=Permission.READ_METERS,
    title="计量表",
    query=MetersQuery,
    read=meters.listing,
    columns=columns(
        MeterView,
        address="房屋",
        kind="类型",
        serial="表号",
        unit="单位",
        from_day="装表日期",
        to_day="换表日期",
        read_day="最近抄表日期",
        read_value="最近读数(千分之一)",
        billed_day="已计费到",
        billed_value="已计费读数(千分之一)",
    ),
)
PRICES: Final = List(
    name="meter_prices",
    needs=Permission.VIEW_UNPAID,
    title="计量单价",
    query=MeterPricesQuery,
    read=prices.listing,
    columns=columns(
        MeterPriceView,
        kind="类型",
        price="单价(万分之一元)",
        from_day="开始日期",
        version="版本",
        source="依据",
        payee_name="收款单位",
        written_at="设定时间",
    ),
)
ROUNDS: Final = List(
    name="meter_rounds",
    needs=Permission.RUN_BILLS,
    title="按表计费批次",
    query=MeterRoundsQuery,
    read=rounds.listing,
    columns=columns(
        MeterRoundView,
        kind="类型",
        to_day="计费到",
        state="状态",
        bills="账单数",
        estimated="其中估算",
        amount_fen="账单合计(元)",
        asked_at="出账时间",
    ),
)
DUES: Final = List(
    name="meter_dues",
    needs=Permission.RUN_BILLS,
    title="按表计费预览",
    query=MeterDuesQuery,
    read=rounds.preview,
    columns=columns(
        MeterDueView,
        address="房屋",
        kind="类型",
        serial="表号",
        first_day="开始日期",
        last_day="结束日期",
        is_estimated="估算",
        amount_fen="金额(元)",
        explanation="计算方法",
        because="不计费的原因",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=dict.fromkeys(jobs.JOBS, Lane.LONG),
    holdings=privacy.HOLDINGS,
    lists=(METERS, PRICES, ROUNDS, DUES),
)
