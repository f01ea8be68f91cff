"""Reading of a mini-program interface's answer, or of the WeChatError it amounts to."""

import json
from typing import Any, Final, TypeVar

import msgspec

from services.wechat.errors import WeChatError, WeChatUnavailable
from services.wechat.transport import Reply

T = TypeVar("T")

OK: Final = 200
SYSTEM_BUSY: Final = -1


def typed(reply: Any, kind: type[T]) -> T:
    """Read an answer of a known shape. The complaint names fields, never values."""
    try:
        return msgspec.convert(reply, kind)
    except msgspec.ValidationError as surprise:
        raise WeChatUnavailable(f"unexpected answer: {surprise}", unknown=True) from None


def read_reply(reply: Reply) -> Any:
    """Return bytes for a picture, else the JSON; errors come with HTTP 200 too."""
    if reply.status != OK:
        raise WeChatUnavailable(f"HTTP {reply.status}", unknown=True)
    is_picture = reply.headers.get("Content-Type", "").startswith("image/")
    if is_picture and not reply.body.startswith(b"{"):
        return reply.body
    try:
        # Not strict, and with replacement: nicknames bring control characters and worse.
        answer = json.loads(reply.body.decode("utf-8", "replace"), strict=False)
        errcode = int(answer.get("errcode") or 0)
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise WeChatUnavailable("unreadable answer", unknown=True) from None
    if errcode == SYSTEM_BUSY:
        raise WeChatUnavailable(
            str(answer.get("errmsg", "")), unknown=False, errcode=SYSTEM_BUSY
        )
    if errcode:
        raise WeChatError(errcode, str(answer.get("errmsg", "")))
    return answer
