"""Personal data of call-backs."""

from typing import Final

from mongo_indexes import repair_call_backs
from services.kernel.personal_data import Fate, Holding
from services.repairs.call_backs.models import NOTE, CallBackResult

HOLDINGS: Final = (
    Holding(
        collection=repair_call_backs.COLLECTION,
        fate=Fate.BLANKED,
        title="报修回访",
        person="person",
        shows={
            "number": "报修编号",
            "place": "地点",
            "result": "回访结果",
            "note_sealed": "回访记录",
            "called_at": "时间",
        },
        words={"result": CallBackResult},
        sealed={"note_sealed": NOTE},
        law="《物业管理条例》第35、36条:服务质量记录;保留结果,去掉记录的内容",
        staff=("called_by", "worker"),
    ),
)
