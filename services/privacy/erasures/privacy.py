"""Personal data of erasures: whose account it was, until all is cleared.

What is kept as proof that it was done is the audit's row (`privacy.erased`, under an id that
leads to nobody): for a year and a day. An erasure that is over holds instants and counts.
"""

from typing import Final

from mongo_indexes import erasures
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=erasures.COLLECTION,
        fate=Fate.FADES,
        why="注销的进度:办完前只有编号,办完即去掉编号,九十天后删除",
    ),
)
