"""Personal data of the words of feedback: fingerprints that fade with the week."""

from typing import Final

from mongo_indexes import feedback_words
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=feedback_words.COLLECTION,
        fate=Fate.FADES,
        why="只记每个词每周有多少人提到;是谁只以带密钥的指纹记到当周结束,五人以下的词不写明",
    ),
)
