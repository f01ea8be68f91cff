"""Clipping of template values: the results keep the table of parameter limits."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wechat.template_values import BadTemplateValue, amount, clip, clip_data

HAN = "春城物业缴费通知报修单元楼"
TEXTS = st.text(HAN + string.printable + "😀👨‍👩‍👧㎡℃②—“”…\u3000\u200b𠮷", max_size=60)
# Written anew from WeChat's table, not from the module under test.
ACCEPTED = {
    "thing": re.compile(r"[^\x00-\x1f\x7f]{1,20}"),
    "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "number": re.compile(r"[0-9]+(\.[0-9]+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "amount": re.compile(r"[¥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?"),
    "phone_number": re.compile(r"[0-9+() -]{1,17}"),
    "name": re.compile(r"[A-Za-z· ]{1,20}|[\u3400-\u9fff\U00020000-\U0003ffffA-Za-z· ]{1,10}"),
}


@given(kind=st.sampled_from(sorted(ACCEPTED)), text=TEXTS)
def test_whatever_comes_out_is_acceptable(kind: str, text: str) -> None:
    try:
        clipped = clip(f"{kind}1", text)
    except BadTemplateValue:
        return
    assert ACCEPTED[kind].fullmatch(clipped)
    assert clipped == clipped.strip() != ""


@given(text=TEXTS)
def test_clipping_twice_changes_nothing(text: str) -> None:
    try:
        once = clip("thing1", text)
    except BadTemplateValue:
        return
    assert clip("thing1", once) == once


@given(text=st.text(HAN, min_size=1, max_size=20))
def test_a_short_text_is_left_alone(text: str) -> None:
    assert clip("thing9", text) == text


@pytest.mark.parametrize(
    ("key", "value", "clipped"),
    [
        ("thing1", "二" * 21, "二" * 19 + "…"),
        ("thing1", "一\r\n二\t三", "一 二 三"),
        ("thing1", "建筑面积89.5㎡，室温18℃，第②单元", "建筑面积89.5㎡，室温18℃，第②单元"),
        ("thing1", "谢谢👨‍👩‍👧❤️！", "谢谢！"),
        ("name1", "欧阳·古丽娜扎尔·艾合买提", "欧阳·古丽娜扎尔·艾"),
        ("name1", "Maximilian Alexander Smith", "Maximilian Alexander"),
        ("car_number1", "吉A12345", "吉A12345"),
        ("car_number1", "吉AD12345", "吉AD12345"),
        ("time1", "9:05", "9:05"),
        (
            "time12",
            "2026年3月2日 15:01~2026年3月2日 17:00",
            "2026年3月2日 15:01~2026年3月2日 17:00",
        ),
        ("phone_number3", "+86-0431-88886666", "+86-0431-88886666"),
    ],
)
def test_free_text_is_shortened_and_facts_are_kept(key: str, value: str, clipped: str) -> None:
    assert clip(key, value) == clipped


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", ""),
        ("thing1", " \n"),
        ("thing1", "😀"),
        ("name1", "502"),
        ("phrase1", "六个汉字太长"),
        ("phrase1", "已OK"),
        ("number1", "1" * 33),
        ("number1", "-5"),
        ("number1", "１２"),
        ("amount1", "12345678901.00"),
        ("amount1", "¥1,000.00"),
        ("time1", "明天下午"),
        ("date1", "2026/3/2"),
        ("time1", "25:00"),
        ("character_string1", "单号1"),
        ("phone_number1", "1" * 18),
        ("unheard_of1", "value"),
        ("thing", "key without number"),
    ],
)
def test_what_cannot_be_shortened_honestly_is_refused(key: str, value: str) -> None:
    with pytest.raises(BadTemplateValue):
        clip(key, value)


def test_the_first_bad_value_stops_the_message() -> None:
    with pytest.raises(BadTemplateValue) as refused:
        clip_data({"thing1": "好", "number2": "许多"})
    assert refused.value.key == "number2"
    assert "许多" not in str(refused.value)


@given(fen=st.integers(0, 10**10 - 1))
def test_every_amount_up_to_a_hundred_million_yuan_can_be_shown(fen: int) -> None:
    assert clip("amount1", amount(fen)) == amount(fen)
