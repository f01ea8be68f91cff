"""Personal data of hand-overs: who gave and who received one, as acts in office."""

from typing import Final

from mongo_indexes import hand_overs
from services.heads.states import HandOverState
from services.kernel.permissions import Role
from services.kernel.personal_data import OFFICE, Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=hand_overs.COLLECTION,
        fate=Fate.KEPT,
        title="工作交接清单",
        person="giver",
        shows={
            "role": "职务",
            "place": "范围",
            "made_at": "时间",
            "state": "状态",
            "homes": "户数",
        },
        words={"role": Role, "state": HandOverState},
        law=OFFICE,
        staff=("made_by", "received_by"),
    ),
)
