"""JSON and XML of server pushes → events. The two differ in more than syntax."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from xml.parsers.expat import ExpatError

import msgspec
import xmltodict  # type: ignore[import-untyped]  # ships no types; wechatpy needs it too

from services.wechat.errors import BadSignature, Forgery
from services.wechat.events import (
    Followed,
    MediaCheck,
    Other,
    PushEvent,
    Receipt,
    SubscribeChange,
    SubscribePopup,
    SubscribeSent,
    TemplateSent,
    Unfollowed,
)
from services.wechat.models import Suggestion

Fields = Mapping[str, Any]

# Event → its list's wrapper in XML. In JSON the list stands alone and is called List.
WRAPPERS: Final = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
FOLLOWINGS: Final[dict[str, type[Followed | Unfollowed]]] = {
    "subscribe": Followed,
    "unsubscribe": Unfollowed,
}
RECEIPTS: Final = {"success": Receipt.DELIVERED, "failed:user block": Receipt.BLOCKED}
_WORDS: Final[dict[Any, Suggestion]] = {word.value: word for word in Suggestion}
SIGN_BIT: Final = 1 << 31


def parse(body: bytes, content_type: str) -> Fields:
    """Read JSON or XML. Entities are refused: they could expand without end."""
    is_json = "json" in content_type or body.lstrip().startswith(b"{")
    try:
        fields = msgspec.json.decode(body) if is_json else xmltodict.parse(body)["xml"]
    except (ValueError, ExpatError, KeyError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise BadSignature(Forgery.MALFORMED)
    return fields


def read_events(fields: Fields) -> list[PushEvent]:
    """Normalise one push, which may hold several events. Raises BadSignature if odd."""
    try:
        kind = str(fields.get("Event", ""))
        if kind in WRAPPERS:
            return [_subscription(kind, fields, item) for item in _items(kind, fields)]
        return [READERS.get(kind, _other)(kind, fields)]
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        raise BadSignature(Forgery.MALFORMED) from None


def _items(kind: str, fields: Fields) -> list[Fields]:
    """Return the list, which with one element is that element: in JSON and in XML."""
    holder = fields.get(WRAPPERS[kind], fields)
    found = holder["List"]
    return found if isinstance(found, list) else [found]


def _subscription(kind: str, fields: Fields, item: Fields) -> PushEvent:
    openid, template_id = _openid(fields), str(item["TemplateId"])
    created_at = _created_at(fields)
    common: dict[str, Any] = {
        "openid": openid,
        "template_id": template_id,
        "created_at": created_at,
        "dedupe_key": f"{kind}:{openid}:{int(created_at.timestamp())}:{template_id}",
    }
    if kind == "subscribe_msg_sent_event":
        message_id = str(item["MsgID"])
        return SubscribeSent(
            **common | {"dedupe_key": f"{kind}:{message_id}"},
            message_id=message_id,
            error_code=int(item["ErrorCode"]),
            error_status=str(item.get("ErrorStatus") or ""),
        )
    popup = kind == "subscribe_msg_popup_event"
    accepted = item["SubscribeStatusString"] == "accept"
    return (SubscribePopup if popup else SubscribeChange)(**common, accepted=accepted)


def _following(kind: str, fields: Fields) -> PushEvent:
    openid, created_at = _openid(fields), _created_at(fields)
    return FOLLOWINGS[kind](
        openid=openid,
        created_at=created_at,
        dedupe_key=f"{kind}:{openid}:{int(created_at.timestamp())}",
    )


def _template_sent(kind: str, fields: Fields) -> TemplateSent:
    """Read the receipt of a template message: one Status where others have a code."""
    message_id, status = str(fields["MsgID"]), str(fields["Status"])
    squeezed = status.lower().replace(": ", ":")  # WeChat's pages write it with and without
    return TemplateSent(
        openid=_openid(fields),
        message_id=message_id,
        receipt=RECEIPTS.get(squeezed, Receipt.FAILED),
        status=status,
        created_at=_created_at(fields),
        dedupe_key=f"{kind}:{message_id}",
    )


def _media_check(kind: str, fields: Fields) -> MediaCheck:
    """Read the verdict; the older shape (isrisky, status_code) comes now and then too."""
    trace_id = str(fields["trace_id"])
    result = fields.get("result") or {}
    error_code = _signed(int(fields.get("errcode") or fields.get("status_code") or 0))
    said = result.get("suggest")
    if "isrisky" in fields:
        said = Suggestion.RISKY if int(fields["isrisky"]) else Suggestion.PASS
    # Nothing is harmless that WeChat could not look at, or speaks of in words unknown to us.
    known = error_code == 0 and said in _WORDS
    return MediaCheck(
        trace_id=trace_id,
        suggestion=_WORDS[said] if known else Suggestion.REVIEW,
        label=int(result.get("label") or 0),
        error_code=error_code,
        created_at=_created_at(fields),
        dedupe_key=f"{kind}:{trace_id}",
    )


def _other(kind: str, fields: Fields) -> Other:
    openid, created_at = str(fields.get("FromUserName") or ""), _created_at(fields)
    number = fields.get("MsgId") or int(created_at.timestamp())
    kind = kind or str(fields.get("MsgType") or "")
    return Other(
        kind=kind,
        openid=openid,
        created_at=created_at,
        dedupe_key=f"{kind}:{openid}:{number}",
    )


def _openid(fields: Fields) -> str:
    """Return whom an event is about. ValueError for nobody: grants of nobody are anybody's."""
    if not isinstance(openid := fields["FromUserName"], str) or not openid.strip():
        raise ValueError("no FromUserName")
    return openid


def _created_at(fields: Fields) -> datetime:
    """Return when an event was. ValueError for an instant that no clock shows."""
    try:
        return datetime.fromtimestamp(int(fields["CreateTime"]), UTC)
    except OSError as error:  # of the C library, for years beyond its own
        raise ValueError(f"no instant: {error}") from error


def _signed(number: int) -> int:
    """Undo WeChat's habit of writing -1008 as 4294966288."""
    return number - 2 * SIGN_BIT if number >= SIGN_BIT else number


READERS: Final[Mapping[str, Callable[[str, Fields], PushEvent]]] = {
    "wxa_media_check": _media_check,
    "TEMPLATESENDJOBFINISH": _template_sent,
    **dict.fromkeys(FOLLOWINGS, _following),
}
