"""Personal data in the audit: what people did, and who saw what is held about them."""

from typing import Final

from mongo_indexes import audit, audit_anchors, audit_heads
from services.audit.models import Result
from services.kernel.acts import Act
from services.kernel.personal_data import LOGS, Fate, Holding

ROWS: Final = Holding(
    collection=audit.COLLECTION,
    fate=Fate.KEPT,
    title="操作记录",
    rank=20,
    person="person",
    shows={
        "at": "时间",
        "act": "操作",
        "result": "结果",
        "code": "拒绝原因",
        "place": "地点",
        "subject": "对象编号",
        "facts": "内容",
        "address": "网络地址",
    },
    words={"act": Act, "result": Result},
    law=LOGS,
)
# The export does not say who looked: only auditors see that, to protect staff.
ABOUT_ME: Final = Holding(
    collection=audit.COLLECTION,
    fate=Fate.KEPT,
    title="谁查看过我的信息",
    person="subject",
    shows={"at": "时间", "act": "操作", "facts": "内容", "place": "地点"},
    words={"act": Act},
    law=LOGS,
)
HOLDINGS: Final = (
    ROWS,
    Holding(
        collection=audit_heads.COLLECTION, fate=Fate.NOBODYS, why="操作记录的链尾,只有指纹"
    ),
    Holding(collection=audit_anchors.COLLECTION, fate=Fate.NOBODYS, why="操作记录每小时的指纹"),
)
