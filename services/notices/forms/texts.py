"""Texts of usual notices, as communities and firms write them.

Names of blanks never change: clients send them.
"""

from typing import Final

from services.notices.forms.models import Form
from services.notices.models import NoticeKind

K = NoticeKind
FORMS: Final = (
    Form(
        key="water_outage",
        kind=K.INFORMATION,
        title="停水通知({day})",
        text=(
            "各位居民:\n因{reason},{area}将于{day}{from_time}至{to_time}停水。\n"
            "- 请提前储水\n- 停水期间请关好水龙头,防止来水后漏水\n"
            "恢复时间如有变化,另行通知。咨询电话:{phone}。给您带来不便,敬请谅解。"
        ),
        blanks={
            "reason": "停水原因",
            "area": "停水范围",
            "day": "日期",
            "from_time": "开始时间",
            "to_time": "结束时间",
            "phone": "咨询电话",
        },
    ),
    Form(
        key="power_outage",
        kind=K.INFORMATION,
        title="停电通知({day})",
        text=(
            "各位居民:\n因{reason},{area}将于{day}{from_time}至{to_time}停电。\n"
            "- 请提前给手机和必要的医疗设备充电\n- 有电梯的楼栋请勿乘坐电梯\n"
            "- 请拔下电器插头\n咨询电话:{phone}。给您带来不便,敬请谅解。"
        ),
        blanks={
            "reason": "停电原因",
            "area": "停电范围",
            "day": "日期",
            "from_time": "开始时间",
            "to_time": "结束时间",
            "phone": "咨询电话",
        },
    ),
    Form(
        key="fee_collection",
        kind=K.INFORMATION,
        title="{fee}缴费通知",
        text=(
            "各位业主:\n{period}{fee}已经出账,请于{due_day}前缴纳。\n"
            "- 可以在本小程序“缴费”里查看和支付\n- 也可以到{office}办理\n"
            "对账单有疑问,请拨打{phone}。谢谢您的支持!"
        ),
        blanks={
            "fee": "费用名称",
            "period": "所属期间",
            "due_day": "截止日期",
            "office": "办理地点",
            "phone": "咨询电话",
        },
    ),
    Form(
        key="flood",
        kind=K.EMERGENCY,
        title="防汛提醒:{level}",
        text=(
            "各位居民:\n气象部门发布{level},预计{period}有强降雨。\n"
            "- 请不要在地下车库和低洼处停留\n- 请收好阳台和窗台上的物品,关好门窗\n"
            "- 住一楼和地下室的居民请把贵重物品移到高处\n"
            "需要转移请到{shelter}。值班电话:{phone}。"
        ),
        blanks={
            "level": "预警名称(如:暴雨橙色预警)",
            "period": "时段",
            "shelter": "安置点",
            "phone": "值班电话",
        },
    ),
    Form(
        key="fire_safety",
        kind=K.INFORMATION,
        title="消防安全提醒",
        text=(
            "各位居民:\n{reason},请注意用火用电安全。\n"
            "- 请不要在楼道堆放杂物,保持消防通道畅通\n"
            "- 请不要把电动自行车和电池带进楼道、电梯和家中充电\n"
            "- 外出前请关好燃气和电源\n{day}将检查{area},请配合。火警电话:119。"
        ),
        blanks={"reason": "提醒的缘由", "day": "检查日期", "area": "检查范围"},
    ),
    Form(
        key="owners_meeting",
        kind=K.INFORMATION,
        title="业主大会会议通知",
        text=(
            "各位业主:\n定于{time}在{venue}召开业主大会会议,议题如下:{agenda}。\n"
            "- 参加方式:{way}\n- 不能参加的业主可以书面委托他人\n"
            "召集人:{convener}。联系电话:{phone}。"
        ),
        blanks={
            "time": "会议时间",
            "venue": "会议地点",
            "agenda": "议题",
            "way": "参加和表决的方式",
            "convener": "召集人",
            "phone": "联系电话",
        },
    ),
    Form(
        key="rating",
        kind=K.INFORMATION,
        title="{subject}评议通知",
        text=(
            "各位居民:\n{period}将对{subject}进行评议。\n- 参加人:{who}\n- 方式:{way}\n"
            "评议结果将于{result_day}公布。您的意见很重要,谢谢参与!"
        ),
        blanks={
            "subject": "评议对象",
            "period": "评议时间",
            "who": "参加评议的人",
            "way": "评议方式",
            "result_day": "公布日期",
        },
    ),
    Form(
        key="gas_outage",
        kind=K.INFORMATION,
        title="停气通知({day})",
        text=(
            "各位居民:\n因{reason},{area}将于{day}{from_time}至{to_time}停气。\n"
            "- 停气前请关好灶具、热水器和燃气阀门\n- 恢复供气后请先检查有无漏气,再点火\n"
            "- 闻到燃气味请开窗,不要开关电器,到户外拨打电话\n燃气服务电话:{phone}。"
        ),
        blanks={
            "reason": "停气原因",
            "area": "停气范围",
            "day": "日期",
            "from_time": "开始时间",
            "to_time": "结束时间",
            "phone": "燃气服务电话",
        },
    ),
    Form(
        key="lift_repair",
        kind=K.INFORMATION,
        title="电梯维修停运通知({day})",
        text=(
            "各位居民:\n因{reason},{area}电梯将于{day}{from_time}至{to_time}停运。\n"
            "- 请走楼梯,扶好老人和孩子\n- 行动不便、需要帮助的居民请提前联系我们\n"
            "联系电话:{phone}。给您带来不便,敬请谅解。"
        ),
        blanks={
            "reason": "维修原因",
            "area": "停运的电梯(如:3栋2单元)",
            "day": "日期",
            "from_time": "开始时间",
            "to_time": "结束时间",
            "phone": "联系电话",
        },
    ),
    Form(
        key="pipe_works",
        kind=K.INFORMATION,
        title="管网施工通知",
        text=(
            "各位居民:\n因{reason},{period}将在{area}施工。\n"
            "- 施工时段:{hours}\n- 请绕行,看好孩子,不要进入围挡\n"
            "- 请把停在施工范围内的车辆提前挪走\n施工单位:{firm}。联系电话:{phone}。"
        ),
        blanks={
            "reason": "施工原因",
            "period": "施工期间",
            "area": "施工范围",
            "hours": "每天施工时段(如:8时至18时)",
            "firm": "施工单位",
            "phone": "联系电话",
        },
    ),
    Form(
        key="pest_control",
        kind=K.INFORMATION,
        title="消杀灭鼠通知({day})",
        text=(
            "各位居民:\n{day}{from_time}至{to_time}将在{area}消杀灭鼠。\n"
            "- 请关好门窗,收好食物和晾晒的衣物\n- 请看好孩子和宠物,不要触碰药物和毒饵\n"
            "- 如有误食,请立即就医并带上药物名称:{agent}\n联系电话:{phone}。"
        ),
        blanks={
            "day": "日期",
            "from_time": "开始时间",
            "to_time": "结束时间",
            "area": "消杀范围",
            "agent": "药物名称",
            "phone": "联系电话",
        },
    ),
    Form(
        key="falling_objects",
        kind=K.INFORMATION,
        title="高空抛物提醒",
        text=(
            "各位居民:\n{reason}。从楼上抛扔物品会伤人,也是违法行为。\n"
            "- 请不要向窗外扔任何东西\n- 请收好窗台和阳台外的花盆、杂物\n"
            "- 请检查窗扇、纱窗和空调外机是否牢固,教育孩子不往楼下扔东西\n"
            "发现抛物或松动的物品,请拨打{phone}。"
        ),
        blanks={"reason": "提醒的缘由", "phone": "联系电话"},
    ),
    Form(
        key="home_inspection",
        kind=K.INFORMATION,
        title="入户安检通知({day})",
        text=(
            "各位居民:\n{day}{from_time}至{to_time},{firm}将到{area}入户检查{subject}。\n"
            "- 请家中留人\n- 工作人员会出示证件,请核实后再开门\n"
            "- 这段时间不方便的,请拨打电话另约时间\n预约和核实电话:{phone}。"
        ),
        blanks={
            "day": "日期",
            "from_time": "开始时间",
            "to_time": "结束时间",
            "firm": "检查单位",
            "area": "检查范围",
            "subject": "检查内容(如:燃气设施)",
            "phone": "预约和核实电话",
        },
    ),
)
