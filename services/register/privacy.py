"""Personal data of imports: ids of staff, and no more."""

from typing import Final

from mongo_indexes import register_imports, register_problems
from services.kernel.personal_data import Fate, Holding
from services.register.models import DOCUMENT, REASON

HOLDINGS: Final = (
    Holding(
        collection=register_imports.COLLECTION,
        fate=Fate.NOBODYS,
        sealed={
            "document_sealed": DOCUMENT,
            "reason_sealed": REASON,
        },
        staff=("uploaded_by", "confirmed_by"),
        why="导入的进度和计数",
    ),
    Holding(
        collection=register_problems.COLLECTION,
        fate=Fate.NOBODYS,
        why="登记表里的问题:行、列和说法,没有姓名和电话",
    ),
)
