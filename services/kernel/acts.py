"""Names of the acts that the audit keeps, and their guards against conflicts of interest.

Not beside the rows of the audit, so that a table of states may name the act of a transition.
"""

from typing import Self

from services.kernel.interests import Guard
from services.kernel.labels import Labelled


class Act(Labelled):
    """Acts with their labels and guards. Their names never change: they are kept for a year.

    `guard`: against conflicts of interest; without one, whoever may do it may do it for
    themselves.
    """

    guard: Guard

    def __new__(cls, value: str, label: str = "", guard: Guard = Guard.FREE) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.guard = guard
        return member

    SIGNED_IN = "session.signed_in", "登录"
    SIGNED_OUT = "session.signed_out", "退出登录"
    SIGNED_OUT_EVERYWHERE = "session.signed_out_everywhere", "退出所有设备"
    SESSION_ENDED = "session.ended", "退出一台设备"
    REFRESH_REUSED = "session.refresh_reused", "旧登录凭证被再次使用,已退出"
    BROWSER_ALLOWED = "session.browser_allowed", "允许网页登录"
    BROWSER_REFUSED = "session.browser_refused", "拒绝网页登录"
    BROWSER_LOOKED_AT = "session.browser_looked_at", "查看网页登录请求"
    CONFIRMATION_ASKED = "session.confirmation_asked", "请求再次确认"
    CONFIRMED = "session.confirmed", "再次确认本人"
    PHONE_PROVED = "person.phone_proved", "验证手机号"

    PLACE_ADDED = "place.added", "登记地点"
    PLACE_CONTACT_CHANGED = "place.contact_changed", "更改办公电话"
    HEADS_DEBTS_SET = "place.heads_debts_set", "设定三长能否查看欠费"
    GRID_CHANGED = "place.grid_changed", "调整网格"
    WORKING_HOURS_SET = "place.working_hours_set", "设定工作时间"
    WORKING_HOURS_REMOVED = "place.working_hours_removed", "取消工作时间"
    CALENDAR_DAY_SET = "calendar.day_set", "登记放假或上班日"
    CALENDAR_DAY_REMOVED = "calendar.day_removed", "取消登记的放假或上班日"
    PLACE_CODE_ADDED = "place.code_added", "添加报修码"
    PLACE_CODE_RENEWED = "place.code_renewed", "更换报修码"
    PLACE_CODE_ENDED = "place.code_ended", "停用报修码"
    PLACE_CODES_PRINTED = "place.codes_printed", "打印报修码"
    APPOINTED = "appointment.made", "任命"
    SUBSTITUTED = "appointment.substituted", "指定代理"
    RESIGNED = "appointment.resigned", "辞任"
    APPOINTMENT_ENDED = "appointment.ended", "免去职务"
    HANDED_OVER = "appointment.handed_over", "移交工作"
    HAND_OVER_RECEIVED = "appointment.hand_over_received", "接收移交"
    CONTACT_CHANGED = "appointment.contact_changed", "更改电话公开范围"
    TERM_END_NOTED = "appointment.term_end_noted", "知悉任期将满"
    FIRM_ADDED = "firm.added", "登记物业企业"
    CONTRACT_SIGNED = "firm.contract_signed", "登记物业合同"
    CONTRACT_ENDED = "firm.contract_ended", "终止物业合同"
    CONTRACT_CONTACT_CHANGED = "firm.contract_contact_changed", "更改物业电话"

    HOME_REQUESTED = "home.requested", "申请绑定房屋"
    HOME_WITHDRAWN = "home.request_withdrawn", "撤回房屋绑定申请"
    HOME_ADVISED = "home.advised", "对房屋绑定申请提意见", Guard.OWN_HOME
    HOME_PASSED_ON = "home.passed_on", "房屋绑定申请转社区"
    HOME_PROOF_REMOVED = "home.proof_removed", "删除证明照片"
    HOME_DECIDED = "home.decided", "决定房屋绑定申请", Guard.OWN_HOME
    HOME_INVITED = "home.invited", "邀请绑定房屋"
    INVITATION_REVOKED = "home.invitation_revoked", "收回邀请"
    INVITATION_ACCEPTED = "home.invitation_accepted", "接受邀请"
    CODES_PRINTED = "home.codes_printed", "打印绑定码", Guard.OWN_HOME
    CODE_USED = "home.code_used", "使用绑定码"
    RESIDENT_ADDED = "home.resident_added", "登记住户", Guard.OWN_HOME
    RESIDENT_CHANGED = "home.resident_changed", "更改住户登记", Guard.OWN_HOME
    RESIDENCY_ENDED = "home.residency_ended", "结束房屋关系", Guard.BY_OFFICE
    OWNER_CHANGED = "home.owner_changed", "房屋过户", Guard.OWN_HOME
    TENANT_PAYS_SET = "home.tenant_pays_set", "登记租户是否承担费用", Guard.OWN_HOME
    DEBTS_DISCLOSED = "home.debts_disclosed", "同意新业主查看欠费"
    DEBTS_HIDDEN = "home.debts_hidden", "不再让新业主查看欠费"
    HOME_CORRECTED = "home.corrected", "更正房屋登记", Guard.OWN_HOME

    REGISTER_UPLOADED = "register.uploaded", "上传登记表"
    REGISTER_CONFIRMED = "register.confirmed", "确认导入登记表"
    REGISTER_DISCARDED = "register.discarded", "放弃登记表"
    REGISTER_UNDONE = "register.undone", "撤回导入"
    PAYEE_ADDED = "fee.payee_added", "登记收款单位"
    PAYEE_ENDED = "fee.payee_ended", "停用收款单位"
    MERCHANT_PROPOSED = "merchant.change_proposed", "提出更改收款账户"
    MERCHANT_CHANGED = "merchant.change_approved", "批准更改收款账户"
    MERCHANT_REFUSED = "merchant.change_refused", "不批准更改收款账户"
    PAYEE_RECEIPTS_SET = "fee.payee_receipts_set", "设定收据连续编号"
    FEE_RULE_ADDED = "fee.rule_added", "制定收费标准", Guard.OWN_HOME
    FEE_RULE_ENDED = "fee.rule_ended", "停用收费标准", Guard.OWN_HOME
    FEE_REDUCTION_RULE_ADDED = "fee.reduction_rule_added", "制定减免标准"
    FEE_REDUCTION_RULE_ENDED = "fee.reduction_rule_ended", "停用减免标准"
    FEE_REDUCTION_ASKED = "fee.reduction_asked", "申请减免"
    FEE_REDUCTION_ENTERED = "fee.reduction_entered", "代录减免申请", Guard.OWN_HOME
    FEE_REDUCTION_WITHDRAWN = "fee.reduction_withdrawn", "撤回减免申请"
    FEE_REDUCTION_DECIDED = "fee.reduction_decided", "决定减免申请", Guard.OWN_HOME
    FEE_REDUCTION_GIVEN_UP = "fee.reduction_given_up", "提前停用自家减免"
    FEE_REDUCTION_ENDED = "fee.reduction_ended", "提前结束减免", Guard.OWN_HOME
    BILL_RUN_STARTED = "fee.run_started", "开始出账", Guard.OWN_MONEY
    BILL_RUN_PUBLISHED = "fee.run_published", "发布账单", Guard.OWN_MONEY
    BILL_RUN_CANCELLED = "fee.run_cancelled", "取消出账", Guard.OWN_MONEY
    BILL_RUN_WITHDRAWN = "fee.run_withdrawn", "撤回出账", Guard.OWN_HOME_AND_MONEY
    DEBTS_CERTIFIED = "fee.debts_certified", "出具缴费证明", Guard.OWN_HOME_AND_MONEY
    DEMANDS_STARTED = "fee.demands_started", "开始催缴", Guard.OWN_MONEY
    DEMANDS_PAUSED = "fee.demands_paused", "暂停催缴", Guard.OWN_HOME
    DEMANDS_RESUMED = "fee.demands_resumed", "恢复催缴", Guard.OWN_HOME
    DEMAND_RULE_SET = "fee.demand_rule_set", "设定定期催缴"
    DEMAND_LETTERS_PRINTED = "fee.demand_letters_printed", "打印催缴通知书"
    DEMAND_LETTER_DELIVERED = (
        "fee.demand_letter_delivered",
        "登记催缴通知书送达",
        Guard.OWN_HOME,
    )
    STATEMENT_PRINTED = "fee.statement_printed", "打印房屋年度对账单"
    INVOICE_ASKED = "payment.invoice_asked", "申请发票"
    INVOICE_READ = "payment.invoice_read", "查看开票资料"
    INVOICE_SENT = "payment.invoice_sent", "登记已开发票", Guard.OWN_HOME_AND_MONEY
    INVOICE_RED_LETTERED = (
        "payment.invoice_red_lettered",
        "登记红冲发票",
        Guard.OWN_HOME_AND_MONEY,
    )
    BILL_VOIDED = "fee.bill_voided", "作废账单", Guard.OWN_HOME_AND_MONEY
    BILL_NOTE_PROPOSED = "fee.note_proposed", "提出更正账单", Guard.OWN_HOME_AND_MONEY
    BILL_NOTE_APPLIED = "fee.note_applied", "批准更正账单", Guard.OWN_HOME_AND_MONEY
    BILL_NOTE_REFUSED = "fee.note_refused", "不批准更正账单", Guard.OWN_HOME_AND_MONEY
    BILL_NOTE_WITHDRAWN = "fee.note_withdrawn", "撤回更正账单的申请"
    SHARED_COST_PROPOSED = "fee.shared_cost_proposed", "登记公摊费", Guard.OWN_HOME_AND_MONEY
    SHARED_COST_APPROVED = "fee.shared_cost_approved", "批准公摊费", Guard.OWN_HOME_AND_MONEY
    SHARED_COST_REFUSED = "fee.shared_cost_refused", "不批准公摊费", Guard.OWN_HOME_AND_MONEY
    INSTALMENTS_OFFERED = "fee.instalments_offered", "提出分期约定", Guard.OWN_HOME_AND_MONEY
    INSTALMENTS_AGREED = "fee.instalments_agreed", "同意分期约定"
    INSTALMENTS_DECLINED = "fee.instalments_declined", "不同意分期约定"
    INSTALMENTS_APPROVED = "fee.instalments_approved", "批准分期约定", Guard.OWN_HOME_AND_MONEY
    INSTALMENTS_REFUSED = "fee.instalments_refused", "不批准分期约定", Guard.OWN_HOME_AND_MONEY
    LOAN_RATE_SET = "fee.loan_rate_set", "登记贷款市场报价利率"
    LATE_RULE_PROPOSED = "fee.late_rule_proposed", "提出违约金标准"
    LATE_RULE_APPROVED = "fee.late_rule_approved", "批准违约金标准"
    LATE_RULE_REFUSED = "fee.late_rule_refused", "不批准违约金标准"
    LATE_RULE_ENDED = "fee.late_rule_ended", "停用违约金标准"
    LATE_FEES_PROPOSED = "fee.late_fees_proposed", "提出收取违约金", Guard.OWN_HOME_AND_MONEY
    LATE_FEES_APPROVED = "fee.late_fees_approved", "批准收取违约金", Guard.OWN_HOME_AND_MONEY
    LATE_FEES_REFUSED = "fee.late_fees_refused", "不批准收取违约金", Guard.OWN_HOME_AND_MONEY
    AGREED_SERVICE_PROPOSED = (
        "fee.service_proposed",
        "登记楼栋服务",
        Guard.OWN_HOME_AND_MONEY,
    )
    AGREED_SERVICE_OPENED = "fee.service_opened", "开始征求服务意见", Guard.OWN_HOME_AND_MONEY
    AGREED_SERVICE_WITHDRAWN = "fee.service_withdrawn", "撤回楼栋服务", Guard.OWN_HOME_AND_MONEY
    AGREED_SERVICE_ENDED = "fee.service_ended", "结束楼栋服务", Guard.OWN_HOME_AND_MONEY
    AGREED_SERVICE_ANSWERED = "fee.service_answered", "答复楼栋服务"
    AGREED_SERVICE_PAPER_ENTERED = (
        "fee.service_paper_entered",
        "录入服务的纸质答复",
        Guard.OWN_HOME,
    )
    DEPOSIT_TAKEN = "deposit.taken", "收取押金", Guard.OWN_HOME_AND_MONEY
    DEPOSIT_RETURN_ASKED = "deposit.return_asked", "申请退还押金", Guard.OWN_HOME_AND_MONEY
    DEPOSIT_RETURN_APPROVED = (
        "deposit.return_approved",
        "批准退还押金",
        Guard.OWN_HOME_AND_MONEY,
    )
    DEPOSIT_RETURN_REFUSED = (
        "deposit.return_refused",
        "不批准退还押金",
        Guard.OWN_HOME_AND_MONEY,
    )
    DEPOSIT_RETURNED = "deposit.returned", "退还押金", Guard.OWN_HOME_AND_MONEY
    DEPOSIT_OBJECTED = "deposit.objected", "登记押金异议", Guard.OWN_HOME_AND_MONEY
    DEPOSIT_OBJECTION_ANSWERED = (
        "deposit.objection_answered",
        "答复押金异议",
        Guard.OWN_HOME_AND_MONEY,
    )
    DEPOSIT_APPROVAL_TAKEN_BACK = (
        "deposit.approval_taken_back",
        "撤回押金退还的批准",
        Guard.OWN_HOME_AND_MONEY,
    )
    METER_ADDED = "meter.added", "登记计量表", Guard.OWN_HOME
    METER_READ = "meter.read", "登记抄表读数"
    METER_REPLACED = "meter.replaced", "登记换表", Guard.OWN_HOME
    METER_PRICE_SET = "meter.price_set", "制定计量单价"
    METERS_BILLED = "meter.billed", "按表计费出账", Guard.OWN_MONEY
    PAYMENT_ORDERED = "payment.ordered", "下单支付"
    PAYMENT_LINK_MADE = "payment.link_made", "请人代缴"
    PAYMENT_LINK_WITHDRAWN = "payment.link_withdrawn", "收回代缴链接"
    CASH_OFFERED = "cash.offered", "交出现金"
    CASH_TAKEN = "cash.taken", "接收现金", Guard.OWN_MONEY
    CASH_WITHDRAWN = "cash.withdrawn", "撤回交款"
    PAYMENT_TAKEN = "payment.taken", "登记线下缴费", Guard.OWN_HOME_AND_MONEY
    BANK_STATEMENT_UPLOADED = "bank.statement_uploaded", "上传银行流水"
    BANK_TRANSFERS_CONFIRMED = (
        "bank.transfers_confirmed",
        "确认银行到账",
        Guard.OWN_HOME_AND_MONEY,
    )
    BANK_PAYOUT_CONFIRMED = "bank.payout_confirmed", "确认银行转出是哪笔退款", Guard.OWN_HOME
    BANK_CARDS_SETTLED = "bank.cards_settled", "核对刷卡结算款"
    BANK_TRANSFER_SET_ASIDE = "bank.transfer_set_aside", "标记到账不是缴费"
    BANK_TRANSFER_TAKEN_BACK = "bank.transfer_taken_back", "恢复待认领的到账"
    DIFFERENCE_TAKEN = "payment.difference_taken", "接手对账差异"
    DIFFERENCE_CLOSED = "payment.difference_closed", "处理对账差异", Guard.OWN_HOME
    DAY_CLOSED = "payment.day_closed", "对账完成"
    SUSPENSE_RETURNED = "payment.suspense_returned", "退回待核款项", Guard.OWN_HOME
    REFUND_ASKED = "payment.refund_asked", "申请退款", Guard.OWN_HOME_AND_MONEY
    REFUND_APPROVED = "payment.refund_approved", "批准退款", Guard.OWN_HOME_AND_MONEY
    REFUND_REFUSED = "payment.refund_refused", "不批准退款", Guard.OWN_HOME_AND_MONEY
    REFUND_WITHDRAWN = "payment.refund_withdrawn", "撤回退款申请"
    REFUND_PAID_OUT = "payment.refund_paid_out", "线下退款", Guard.OWN_HOME_AND_MONEY
    REFUND_RETRIED = "payment.refund_retried", "重新退款", Guard.OWN_HOME
    RETURN_ASKED = "prepayment.return_asked", "申请退还预存款", Guard.OWN_HOME_AND_MONEY
    RETURN_APPROVED = "prepayment.return_approved", "批准退还预存款", Guard.OWN_HOME_AND_MONEY
    RETURN_REFUSED = "prepayment.return_refused", "不退还预存款", Guard.OWN_HOME_AND_MONEY
    RETURN_WITHDRAWN = "prepayment.return_withdrawn", "撤回退还预存款的申请"
    RETURN_PAID_OUT = "prepayment.return_paid_out", "退还预存款", Guard.OWN_HOME_AND_MONEY

    NOTICE_CHANGED = "notice.changed", "起草或修改通知"
    NOTICE_SUBMITTED = "notice.submitted", "提交通知审核"
    NOTICE_REVIEWED = "notice.reviewed", "审核通知"
    NOTICE_RECALLED = "notice.recalled", "收回通知修改"
    NOTICE_SCHEDULED = "notice.scheduled", "定时发布通知"
    NOTICE_PUBLISHED = "notice.published", "发布通知"
    NOTICE_HELD_BACK = "notice.held_back", "定时通知未能发布"
    NOTICE_CORRECTION_PROPOSED = "notice.correction_proposed", "提交通知更正"
    NOTICE_CORRECTED = "notice.corrected", "更正通知"
    NOTICE_WITHDRAWN = "notice.withdrawn", "撤回通知"
    NOTICE_RULES_SET = "notice.rules_set", "制定通知规则"
    NOTICE_ANSWERED = "notice.answered", "回复通知"
    NOTICE_ANSWER_ENTERED = "notice.answer_entered", "代住户填写回复", Guard.OWN_HOME
    NOTICE_VISITED = "notice.visited", "登记上门告知", Guard.OWN_HOME
    NOTICE_QUESTION_ASKED = "notice.question_asked", "在通知下提问"
    NOTICE_QUESTIONS_GROUPED = "notice.questions_grouped", "归并通知下的提问"
    NOTICE_QUESTION_ANSWERED = "notice.question_answered", "答复通知下的提问"

    SURVEY_CHANGED = "survey.changed", "起草或修改征求意见"
    SURVEY_OPENED = "survey.opened", "发出征求意见"
    SURVEY_EXTENDED = "survey.extended", "延长征求意见"
    SURVEY_CLOSED = "survey.closed", "结束征求意见"
    SURVEY_PUBLISHED = "survey.published", "公布征求意见结果"
    SURVEY_WITHDRAWN = "survey.withdrawn", "撤回征求意见"
    SURVEY_ANSWERED = "survey.answered", "填写征求意见"
    SURVEY_ANSWER_ENTERED = "survey.answer_entered", "录入纸质意见", Guard.OWN_HOME
    SURVEY_ENTERED_AGAIN = "survey.entered_again", "第二次录入纸质意见", Guard.OWN_HOME
    SURVEY_ENTRY_DECIDED = "survey.entry_decided", "核定两次录入不一致的意见", Guard.OWN_HOME
    SURVEY_TEXT_CHOSEN = "survey.text_chosen", "选用征求到的意见原文"

    REPAIR_CATEGORY_ADDED = "repair.category_added", "增加报修类别"
    REPAIR_CATEGORY_CHANGED = "repair.category_changed", "更改报修类别"
    REPAIR_TERMS_SET = "repair.terms_set", "制定报修时限"
    REPAIR_REPORTED = "repair.reported", "报修"
    REPAIR_JOINED = "repair.joined", "加入报修"
    REPAIR_CHANGED = "repair.changed", "修改报修"
    REPAIR_CANCELLED = "repair.cancelled", "取消报修"
    REPAIR_ADDED_TO = "repair.added_to", "补充报修说明"
    REPAIR_URGED = "repair.urged", "催办报修"
    REPAIR_ACCEPTED = "repair.accepted", "受理报修"
    REPAIR_REFUSED = "repair.refused", "不予受理报修"
    REPAIR_APPEALED = "repair.appealed", "对不予受理提出申诉"
    REPAIR_APPEAL_DECIDED = "repair.appeal_decided", "决定报修申诉", Guard.OWN_HOME
    REPAIR_RECLASSIFIED = "repair.reclassified", "更改报修类别"
    REPAIR_ASSIGNED = "repair.assigned", "派工"
    REPAIR_TAKEN = "repair.taken", "接单"
    REPAIR_GIVEN_BACK = "repair.given_back", "退单"
    REPAIR_SET_OUT = "repair.set_out", "出发上门"
    REPAIR_STARTED = "repair.started", "开始维修"
    REPAIR_PAUSED = "repair.paused", "暂停维修"
    REPAIR_RESUMED = "repair.resumed", "恢复维修"
    REPAIR_FINISHED = "repair.finished", "完成维修"
    REPAIR_CONFIRMED = "repair.confirmed", "确认修好"
    REPAIR_RETURNED = "repair.returned", "反馈没有修好"
    REPAIR_REOPENED = "repair.reopened", "重新打开报修"
    REPAIR_MERGED = "repair.merged", "合并报修"
    REPAIR_SPLIT = "repair.split", "拆分报修"
    REPAIR_RATED = "repair.rated", "评价报修"
    REPAIR_RATING_ANSWERED = "repair.rating_answered", "回复报修评价"
    REPAIR_REVIEW_ANSWERED = "repair.review_answered", "答复差评"
    REPAIR_REVIEW_CLOSED = "repair.review_closed", "了结差评"
    REPAIR_REVIEW_NOTED = "repair.review_noted", "登记差评备注"
    REPAIR_CALLED_BACK = "repair.called_back", "回访报修"
    REPAIR_NOTED = "repair.noted", "登记维修备注"
    REPAIR_CREW_SET = "repair.crew_set", "登记维修人员工种"
    REPAIR_QUOTE_OFFERED = "repair.quote_offered", "维修报价"
    REPAIR_QUOTE_ACCEPTED = "repair.quote_accepted", "同意维修报价"
    REPAIR_QUOTE_DECLINED = "repair.quote_declined", "不同意维修报价"
    REPAIR_QUOTE_WITHDRAWN = "repair.quote_withdrawn", "撤回维修报价"
    REPAIR_GUARANTEE_LIFTED = "repair.guarantee_lifted", "认定不在保修范围"
    REPAIR_PRICE_SET = "repair.price_set", "设定维修价目"
    REPAIR_PRICE_ENDED = "repair.price_ended", "停用维修价目"
    REPAIR_PRINTED = "repair.printed", "打印维修工单"

    MEDIATION_OPENED = "mediation.opened", "申请调解"
    MEDIATION_ASSIGNED = "mediation.assigned", "指派调解员"
    MEDIATION_ANSWERED = "mediation.answered", "答复是否参加调解"
    MEDIATION_STATED = "mediation.stated", "填写调解陈述"
    MEDIATION_LEFT = "mediation.left", "退出调解"
    MEDIATION_SESSION_PLANNED = "mediation.session_planned", "安排调解会"
    MEDIATION_SESSION_HELD = "mediation.session_held", "记录调解会"
    MEDIATION_SESSION_CANCELLED = "mediation.session_cancelled", "取消调解会"
    MEDIATION_PROPOSED = "mediation.proposed", "拟定调解协议"
    MEDIATION_CONFIRMED = "mediation.confirmed", "答复调解协议"
    MEDIATION_ENDED = "mediation.ended", "终止调解"
    MEDIATION_FOLLOWED_UP = "mediation.followed_up", "回访调解协议"
    WORK_REMARKED = "work_record.remarked", "说明工作记录"
    VISIT_PLANNED = "visit.planned", "计划走访", Guard.OWN_HOME
    VISIT_POSTPONED = "visit.postponed", "更改走访日期", Guard.OWN_HOME
    VISIT_RECORDED = "visit.recorded", "登记走访", Guard.OWN_HOME
    VISIT_CANCELLED = "visit.cancelled", "取消走访", Guard.OWN_HOME
    CARD_NOTED = "card.noted", "登记户卡", Guard.OWN_HOME
    CARD_ADDED = "card.added", "本人填写户卡"
    CARD_CORRECTED = "card.corrected", "更正户卡"
    CARD_RENEWED = "card.renewed", "续期户卡", Guard.BY_OFFICE
    CARD_WITHDRAWN = "card.withdrawn", "撤回户卡内容"
    CARD_REMOVED = "card.removed", "删除户卡内容", Guard.OWN_HOME
    PROMISE_NOTED = "promise.noted", "登记承诺缴费", Guard.OWN_HOME
    PROMISE_CLOSED = "promise.closed", "了结承诺缴费", Guard.OWN_HOME
    FEEDBACK_FILED = "feedback.filed", "反映民情"
    FEEDBACK_ADDED_TO = "feedback.added_to", "补充民情说明"
    FEEDBACK_WITHDRAWN = "feedback.withdrawn", "撤回民情"
    FEEDBACK_TAKEN = "feedback.taken", "开始办理民情"
    FEEDBACK_SOLVED = "feedback.solved", "办理完成民情"
    FEEDBACK_THANKED = "feedback.thanked", "答谢表扬"
    FEEDBACK_ASKED = "feedback.asked", "请反映人补充"
    FEEDBACK_HANDED_ON = "feedback.handed_on", "民情交上一级"
    FEEDBACK_HANDED_BACK = "feedback.handed_back", "民情退回下一级"
    FEEDBACK_TO_FIRM = "feedback.to_firm", "民情交物业"
    FEEDBACK_TO_DEPARTMENT = "feedback.to_department", "民情交有关部门"
    FEEDBACK_GIVEN_BACK = "feedback.given_back", "交回民情"
    FEEDBACK_NOTED = "feedback.noted", "登记民情备注"
    FEEDBACK_CONFIRMED = "feedback.confirmed", "确认民情已解决"
    FEEDBACK_RETURNED = "feedback.returned", "反馈民情没有解决"
    FEEDBACK_REOPENED = "feedback.reopened", "同一民情再次反映"
    FEEDBACK_TERMS_SET = "feedback.terms_set", "制定民情办理时限"

    CITY_CLIENT_ADDED = "city_client.added", "接入城市平台"
    CITY_CLIENT_ENDED = "city_client.ended", "停用城市平台接入"

    OUTAGE_ANNOUNCED = "outage.announced", "通告停水停电等"
    OUTAGE_POSTPONED = "outage.postponed", "更改预计恢复时间"
    OUTAGE_ENDED = "outage.ended", "通告恢复"
    OUTAGE_CANCELLED = "outage.cancelled", "取消停水停电等计划"

    TODAY_PUT_OFF = "today.put_off", "暂缓待办"
    TODAY_TAKEN_BACK = "today.taken_back", "取消暂缓待办"
    HANDBOOK_WRITTEN = "handbook.written", "起草或修改手册内容"
    HANDBOOK_DISCARDED = "handbook.discarded", "删除手册草稿"
    HANDBOOK_PUBLISHED = "handbook.published", "发布手册内容"
    HANDBOOK_RETIRED = "handbook.retired", "停用手册内容"
    HANDBOOK_REVIEWED = "handbook.reviewed", "核对手册内容"
    HANDBOOK_LOADED = "handbook.loaded", "导入手册初始内容"
    HANDBOOK_JUDGED = "handbook.judged", "评价手册内容"

    CALL_ASKED = "call.asked", "请求通话", Guard.OWN_HOME
    CALL_ANSWERED = "call.answered", "答复通话请求"
    CALL_NUMBER_SHOWN = "call.number_shown", "查看通话号码"
    CALL_SETTINGS_CHANGED = "call.settings_changed", "更改电话向谁显示"
    TASK_GIVEN = "task.given", "布置任务"
    TASK_WITHDRAWN = "task.withdrawn", "撤回任务"
    TASK_HOME_ANSWERED = "task.home_answered", "登记一户的任务情况"
    TASK_PART_FINISHED = "task.part_finished", "上报任务完成"
    TASK_PART_ACCEPTED = "task.part_accepted", "任务通过"
    TASK_PART_RETURNED = "task.part_returned", "退回任务"
    ROUND_PLAN_MADE = "round.plan_made", "制定巡查计划"
    ROUND_PLAN_ENDED = "round.plan_ended", "停用巡查计划"
    ROUND_PLAN_STARTED = "round.plan_started", "发起巡查"
    ROUND_ITEM_CHECKED = "round.item_checked", "登记巡查项目"
    ROUND_FINDING_FILED = "round.finding_filed", "上报巡查发现的问题"
    ROUND_FINISHED = "round.finished", "完成巡查"

    PHOTO_ADDED = "photo.added", "上传照片"
    CONTENT_DECIDED = "content.decided", "审核内容", Guard.OWN_HOME
    CONSENT_GIVEN = "privacy.consent_given", "同意"
    CONSENT_WITHDRAWN = "privacy.consent_withdrawn", "撤回同意"
    REVEALED = "privacy.revealed", "查看完整信息", Guard.BY_OFFICE
    EXPORTED = "privacy.exported", "导出信息"
    ERASED = "privacy.erased", "注销账号"
    AUDIT_READ = "audit.read", "查看操作记录"
    REFUSED = "refused", "被拒绝的操作"  # forbidden, or asked for what one may not know
