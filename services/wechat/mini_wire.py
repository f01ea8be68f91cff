"""JSON of the mini-program interfaces, as far as we read it."""

from typing import Annotated

import msgspec

from services.wechat.models import Suggestion

Positive = Annotated[int, msgspec.Meta(ge=1)]
Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}$(?!\n)")]


class Watermark(msgspec.Struct):
    appid: str


class PhoneInfo(msgspec.Struct, rename="camel"):
    pure_phone_number: Digits
    country_code: Digits | Positive  # a string in WeChat's table, a number in its example
    watermark: Watermark


class PhoneReply(msgspec.Struct):
    phone_info: PhoneInfo


class CheckResult(msgspec.Struct):
    suggest: Suggestion
    label: int = 0


class CheckReply(msgspec.Struct):
    result: CheckResult
    trace_id: str = ""


class Sent(msgspec.Struct):
    msgid: int | str = ""  # seen in answers, promised by no page


class Traced(msgspec.Struct):
    trace_id: str


class TradeManaged(msgspec.Struct):
    is_trade_managed: bool
