"""Threats that no demand may hold: a check of the sentences that staff add to one.

A firm may not urge payment by stopping power, water, heat or gas (民法典 art. 944, 3), nor by
doors, gates and lifts, which many cities forbid by name, and names nobody in public (PIPL
art. 25). The texts of the product are fixed; tests/demands holds all of them against this.
"""

import re
import unicodedata
from typing import Annotated, Final

from msgspec import Meta

from services.kernel import errors
from services.kernel.types import LINE

WHOSE: Final = "(?:你|您|住户|业主|家|的|用|供|使用|乘坐)*"
SOON: Final = "(?:将|会|要|就|被|予以)*"
SUPPLY: Final = "(?:自来水|热水|水|电力|电|燃气|煤气|天然气|气|采暖|暖气|暖|热|网络|网)"
CUT: Final = "(?:停止|停掉|停用|停供|暂停|停|切断|中断|掐断|断掉|断|掐|限制|限|关停|关闭|关)"
DOOR: Final = "(?:门禁|大门|单元门|房门|门锁|门|电梯|梯|道闸|闸机|钥匙)"
BAR: Final = "(?:停止|停用|停掉|停|禁用|限制|关停|关闭|封|堵|锁死|锁)"
REFUSE: Final = "(?:不让|不准|不许|不得|禁止|拒绝|阻止)"
NAME: Final = "(?:姓名|名字|名单|房号|门牌|照片|欠费)"
SHOW: Final = "(?:公示|公布|公开|张贴|通报)"
THREATS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        f"{CUT}{WHOSE}{SUPPLY}",
        f"(?:不再|不予|拒绝|不给|不)(?:提供|供应|供|送|通){SUPPLY}",
        f"{SUPPLY}{SOON}{CUT}",
        f"{BAR}{WHOSE}{DOOR}",
        f"{DOOR}卡?{SOON}(?:停用|停掉|停|锁死|锁|失效|注销|作废)",
        f"{REFUSE}{WHOSE}(?:再)?(?:进|出|回家|乘|坐|用|停车)",
        "拉闸|黑名单|曝光|示众|点名",
        f"{SHOW}.{{0,6}}{NAME}",
        f"{NAME}.{{0,8}}{SHOW}",
    )
)
_BETWEEN: Final = re.compile(r"[^0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]")

# A sentence that staff add to the fixed text of a demand.
Sentence = Annotated[
    str,
    Meta(min_length=1, max_length=60, pattern=LINE, examples=["周六上午物业在小区门口办理。"]),
]


class DemandThreat(errors.InvalidInput):
    """The sentence threatens, or would name somebody in public: no demand may do so."""

    code = "demand_threat"


def is_threat(text: str) -> bool:
    """Tell whether a text threatens, also with blanks and signs between its words."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    return any(each.search(plain) for each in THREATS)


def check(sentence: str | None) -> str:
    """Return a sentence that may stand in a demand; "" for none. Raises DemandThreat."""
    if sentence is not None and is_threat(sentence):
        raise DemandThreat("催缴时不能提停水停电、限制出行或公开姓名,请换一句温和的话")
    return sentence or ""
