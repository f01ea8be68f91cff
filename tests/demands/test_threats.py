"""No text of the product threatens who owes, or names them in public (民法典 art. 944, 3)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from server.features import FEATURES
from services.demands import threats
from services.demands.letters import sheets

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("services", "handlers", "server", "demo")
# What a text about money speaks of.
MONEY: Final = ("缴", "欠费", "物业费", "处理费", "账单")
# The list of what is forbidden, and its refusal, say it.
EXCEPTED: Final = {"services/demands/threats.py"}


@pytest.mark.parametrize(
    "text",
    [
        "再不缴费就停水停电",
        "逾期将停止供暖",
        "将切断您家的燃气",
        "停 水、停 电",
        "不再供热",
        "电梯卡将停用",
        "门禁卡会失效",
        "欠费的住户不准进小区",
        "锁您家的门",
        "名单将在小区公示",
        "公布欠费户姓名",
        "列入黑名单",
        "水将停",
    ],
)
def test_a_threat_is_found(text: str) -> None:
    assert threats.is_threat(text)
    with pytest.raises(threats.DemandThreat):
        threats.check(text)


@pytest.mark.parametrize(
    "text",
    [
        "周六上午物业在小区门口办理。",
        "可以到物业办公室缴纳,也可以用微信缴。",
        "家里有困难请联系我们,可以分期。",
        "下午五点前都有人。",
        "水费请另缴给自来水公司。",
        "谢谢您的支持!",
    ],
)
def test_a_friendly_sentence_passes(text: str) -> None:
    assert threats.check(text) == text
    assert threats.check(None) == ""


def speaks_of_money(text: str) -> bool:
    return any(word in text for word in MONEY)


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_text_of_the_product_about_money_threatens() -> None:
    """Nor a paper: outages are announced, too, but never beside what somebody owes."""
    found, looked_at = [], 0
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name in EXCEPTED or not speaks_of_money(path.read_text(encoding="utf-8")):
                continue
            for text in filter(speaks_of_money, texts(path)):
                looked_at += 1
                if threats.is_threat(text):
                    found.append((name, text))
    assert found == []
    assert looked_at > 200


def test_no_message_about_payments_and_no_letter_threatens() -> None:
    about_money = [
        template
        for template in FEATURES.templates.values()
        if speaks_of_money(template.body + template.title)
    ]
    assert "payment_reminder" in {template.key for template in about_money}
    bodies = [template.title + template.body for template in about_money]
    for text in (*bodies, sheets.GREETING, sheets.ASKS, sheets.PAYS):
        assert not threats.is_threat(text), text
