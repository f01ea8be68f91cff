"""Registration of demands."""

from typing import Final

from services.bills.arrears import actions as arrears
from services.bills.arrears.models import ArrearsQuery, HomeArrears
from services.demands import actions, notify, privacy
from services.demands.letters import actions as letters
from services.demands.letters import sheets
from services.demands.letters.models import DemandLettersQuery, DemandLetterView
from services.demands.models import DemandsQuery, DemandView
from services.demands.pauses import actions as pauses
from services.demands.pauses.models import DemandPausesQuery, DemandPauseView
from services.demands.rounds import actions as rounds
from services.demands.rounds import jobs as rounds_jobs
from services.demands.rounds import recipients
from services.demands.rounds.models import (
    DemandRoundsQuery,
    DemandRoundView,
    DemandSkipsQuery,
    DemandSkipView,
)
from services.demands.rules import jobs as rules_jobs
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

DEMANDS: Final = List(
    name="demands",
    needs=Permission.VIEW_DEBTORS,
    title="催缴记录",
    query=DemandsQuery,
    read=actions.listing,
    columns=columns(
        DemandView,
        address="房屋",
        debtors="欠费人",
        owners_until="原业主最后一天",
        way="方式",
        state="送达情况",
        at="时间",
        role="经办",
        amount_fen="欠费金额(元)",
        since="最早的缴费期限",
        text="内容",
        read="已阅读",
        handed_to="交给谁",
        promised_for="承诺缴费日",
        arrived_on="送达日期",
    ),
)

ROUNDS: Final = List(
    name="demand_rounds",
    needs=Permission.VIEW_DEBTORS,
    title="催缴批次",
    query=DemandRoundsQuery,
    read=rounds.listing,
    columns=columns(
        DemandRoundView,
        address="地点",
        way="方式",
        kind="费用",
        state="状态",
        planned="定期",
        role="经办",
        demands="提醒户数",
        skipped="未提醒户数",
        amount_fen="欠费金额(元)",
        started_at="开始时间",
        done_at="完成时间",
    ),
)

SKIPPED: Final = List(
    name="demand_skips",
    needs=Permission.VIEW_DEBTORS,
    title="未提醒的房屋",
    query=DemandSkipsQuery,
    read=rounds.skipped,
    subject="round_id",
    place_of=rounds.place_of,
    columns=columns(
        DemandSkipView,
        address="房屋",
        owners_until="原业主最后一天",
        because="原因",
        until="到哪天",
        amount_fen="欠费金额(元)",
    ),
)

LETTERS: Final = List(
    name="demand_letters",
    needs=Permission.VIEW_UNPAID,
    title="催缴通知书",
    query=DemandLettersQuery,
    read=letters.listing,
    columns=columns(
        DemandLetterView,
        letter_id="编号",
        address="房屋",
        debtors="欠费人",
        amount_fen="欠费金额(元)",
        since="最早的缴费期限",
        state="送达情况",
        made_at="制作时间",
        handed_to="交给谁",
        role="送达人",
        done_at="登记时间",
    ),
)

PAUSES: Final = List(
    name="demand_pauses",
    needs=Permission.PAUSE_DEMANDS,
    title="暂停催缴",
    query=DemandPausesQuery,
    read=pauses.listing,
    columns=columns(
        DemandPauseView,
        address="地点",
        firm="物业企业",
        kind="类别",
        reason="原因",
        from_day="开始日期",
        until="结束日期",
        role="经办",
        state="状态",
        lifted_at="恢复时间",
    ),
)

ARREARS: Final = List(
    name="arrears",
    needs=Permission.VIEW_DEBTORS,
    title="欠费账龄",
    query=ArrearsQuery,
    read=arrears.listing,
    columns=columns(
        HomeArrears,
        address="房屋",
        owners_until="原业主最后一天",
        kinds="费用",
        since="最早的缴费期限",
        bills="账单数",
        amount_fen="欠费金额(元)",
        not_due_fen="未到期(元)",
        month_fen="逾期1至30天(元)",
        quarter_fen="逾期31至90天(元)",
        year_fen="逾期91至365天(元)",
        older_fen="逾期一年以上(元)",
    ),
)

FEATURE: Final = Feature(
    jobs={**rounds_jobs.JOBS, **rules_jobs.JOBS},
    lanes={**rounds_jobs.LANES, **rules_jobs.LANES},
    schedules=rules_jobs.SCHEDULES,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    lists=(ARREARS, DEMANDS, ROUNDS, SKIPPED, LETTERS, PAUSES),
    exports=sheets.EXPORTS,
    broadcasts=recipients.BROADCASTS,
    at_door=actions.note_talk,
)
