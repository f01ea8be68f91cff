"""Words by which the handbook is searched: what says something, and what else it is called.

Residents name things as they hear them, articles as the law does. What somebody typed is looked
for first, so that an article which uses their word is found by it.
"""

from collections.abc import Iterator
from typing import Final

from services.kernel.words import Dictionary

# Of a text, the longest ones: a sentence has some ten that say anything.
WORDS_ASKED: Final = 24
LONGEST_COUNTED: Final = 4
# What people write whatever it is about.
_NOTHING: Final = (
    "怎么 怎么办 怎样 如何 什么 为什么 我们 你们 他们 我家 你好 您好 请问 谢谢 可以 没有 "
    "不能 不了 一个 一下 一直 现在 今天 昨天 已经 还是 就是 因为 所以 但是 而且 这个 那个 "
    "有人 有没有 是不是 麻烦 帮忙 办法 问题 情况 时候 知道 觉得 需要 应该 处理 "
    "解决 小区 社区 物业"
)
_SIGNS: Final = (
    "的了不是有我你他她它在和就都也还要去来到上下个把被给让很太这那吗呢吧啊没人说看大小又再"
)
SAYS_NOTHING: Final = frozenset([*_NOTHING.split(), *_SIGNS])

# What people call it → how articles and laws do. A longer one stands before its parts.
SYNONYMS: Final = {
    "公共维修基金": "维修资金",
    "大修基金": "维修资金",
    "维修基金": "维修资金",
    "滞纳金": "欠物业费",
    "违约金": "欠物业费",
    "欠费": "欠物业费",
    "物业管理费": "物业费",
    "物管费": "物业费",
    "噪音": "噪声",
    "停车位": "车位",
    "业主委员会": "业委会",
    "遛狗": "养狗",
    "渗水": "漏水",
}


def wanted(dictionary: Dictionary, text: str) -> Iterator[list[str]]:
    """Yield the words that an article has to have, all of them: as typed, then as it is called.

    Without those that say nothing, unless there are no others. None for a text of no words.
    """
    for each in dict.fromkeys((text, called(text))):
        asked = dictionary.asked(each)
        if asked:
            yield [word for word in asked if word not in SAYS_NOTHING] or asked


def called(text: str) -> str:
    """Return a text with the words by which articles call things."""
    for said, meant in SYNONYMS.items():
        text = text.replace(said, meant)
    return text


def weights(dictionary: Dictionary, text: str) -> dict[str, int]:
    """Return word → what it counts, of the longest words of a text and what they are called."""
    both = dict.fromkeys([*dictionary.asked(text), *dictionary.asked(called(text))])
    said = [word for word in both if word not in SAYS_NOTHING]
    longest = sorted(said, key=len, reverse=True)[:WORDS_ASKED]
    return {word: min(len(word), LONGEST_COUNTED) for word in longest}
