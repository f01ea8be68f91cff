"""What an import holds about people: the file and its rows, until they have served."""

from typing import Final

from mongo_indexes import register_chunks, register_imports, register_problems
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=register_chunks.COLLECTION,
        fate=Fate.FADES,
        sealed={"sealed": "register_chunks/{id}"},
        why="社区上传的登记表原件,加密,导入后即删,最多三十天",
    ),
    Holding(
        collection=register_imports.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("uploaded_by",),
        why="导入的进度和计数",
    ),
    Holding(
        collection=register_problems.COLLECTION,
        fate=Fate.NOBODYS,
        why="登记表里的问题:行、列和说法,没有姓名和电话",
    ),
)
