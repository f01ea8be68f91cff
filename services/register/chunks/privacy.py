"""Personal data of an import's chunks: the file and its rows, which expire."""

from typing import Final

from mongo_indexes import register_chunks
from services.kernel.personal_data import Fate, Holding
from services.register.chunks.store import CHUNK

HOLDINGS: Final = (
    Holding(
        collection=register_chunks.COLLECTION,
        fate=Fate.FADES,
        sealed={"sealed": CHUNK},
        why="上传的登记表和银行流水原件,加密,读取或导入后即删,最多三十天",
    ),
)
