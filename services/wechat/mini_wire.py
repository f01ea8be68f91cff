"""The mini-program interfaces' JSON, as far as we read it."""

import msgspec

from services.wechat.models import Suggestion


class Watermark(msgspec.Struct):
    appid: str


class PhoneInfo(msgspec.Struct, rename="camel"):
    pure_phone_number: str
    country_code: str | int  # a string in WeChat's table, a number in its example
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
