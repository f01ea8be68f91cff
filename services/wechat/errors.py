"""Errors of WeChat's interfaces, and two tables: code → what we do about it.

Sources: commErrCode.html and the page of each interface; wechatpay-apiv3 skills, 排障手册.
Callers switch on `reaction`, never on a code and never on the text.
"""

import re
from enum import StrEnum
from typing import Final


class Reaction(StrEnum):
    """Reaction to a refusal of a mini-program interface."""

    PERMANENT = "permanent"  # our bug or bad data: dead-letter, alarm, never the same again
    NEW_TOKEN = "new_token"  # noqa: S105 - a reaction; the client has already tried once more
    BUSY = "busy"  # WeChat did nothing: the same again, later
    UNKNOWN = "unknown"  # WeChat may have done it: never again if doing it twice matters
    MINUTE_LIMIT = "minute_limit"  # the same again in the next minute
    DAILY_QUOTA = "daily_quota"  # stop this interface until Beijing midnight, alarm
    CONFIG = "config"  # account set-up: alarm; only people can mend it
    CLOSED = "closed"  # the interface is used up or shut for us: alarm; another way is needed
    BAD_CODE = "bad_code"  # the client must obtain a new login or phone code
    REFUSED = "refused"  # the person does not want it, or no grant is left: use the inbox
    UNBOUND = "unbound"  # the openid is not of this mini-program: drop the binding
    BLOCKED = "blocked"  # high-risk user: refuse the login with neutral words
    INACTIVE = "inactive"  # not seen for two hours, the check is impossible: a person decides


REACTIONS: Final[dict[int, Reaction]] = {
    -1: Reaction.BUSY,
    40001: Reaction.NEW_TOKEN,
    40014: Reaction.NEW_TOKEN,
    42001: Reaction.NEW_TOKEN,
    40003: Reaction.UNBOUND,
    43104: Reaction.UNBOUND,  # content check: appid and openid do not belong together
    40013: Reaction.CONFIG,
    40125: Reaction.CONFIG,
    40164: Reaction.CONFIG,  # our address is not on the white-list
    48001: Reaction.CONFIG,
    40037: Reaction.CONFIG,  # template deleted, or long-term without the right
    41030: Reaction.CONFIG,  # the page is not in the released version
    # The paid quota of phone numbers is used up (getPhoneNumber, getRealtimePhoneNumber).
    1400001: Reaction.CLOSED,
    40029: Reaction.BAD_CODE,
    40163: Reaction.BAD_CODE,  # used before: a double submit, or our own repeat
    40226: Reaction.BLOCKED,
    45009: Reaction.DAILY_QUOTA,
    45011: Reaction.MINUTE_LIMIT,
    45063: Reaction.BUSY,
    43101: Reaction.REFUSED,
    43004: Reaction.REFUSED,  # service account: not a follower
    61010: Reaction.INACTIVE,
    47003: Reaction.PERMANENT,  # template data; errmsg names the field
}

_RID = re.compile(r"\s*(?:rid:\s*|hint:\s*\[)([0-9A-Za-z_.-]+)\]?")


class WeChatError(Exception):
    """A mini-program interface answered with an errcode. `rid` finds the call at WeChat."""

    def __init__(
        self, errcode: int, errmsg: str = "", *, reaction: Reaction | None = None
    ) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg
        self.reaction = reaction or REACTIONS.get(errcode, Reaction.PERMANENT)
        found = _RID.search(errmsg)
        self.rid = found[1] if found else ""


class WeChatUnavailable(WeChatError):
    """No usable answer. `unknown`: the call may have taken effect all the same."""

    def __init__(self, detail: str, *, unknown: bool, errcode: int = 0) -> None:
        reaction = Reaction.UNKNOWN if unknown else Reaction.BUSY
        super().__init__(errcode, detail, reaction=reaction)
        self.unknown = unknown


class PayReaction(StrEnum):
    """Reaction to a refusal of WeChat Pay."""

    PERMANENT = "permanent"  # bug or rule: no retry
    RETRY_SAME = "retry_same"  # the same numbers and the same bytes, with back-off
    QUERY_FIRST = "query_first"  # the outcome is unknown, or our number is in use: ask first
    BUSY = "busy"  # not accepted, back off; on close: somebody may be paying, so query
    CONFIG_ALARM = "config_alarm"  # keys, clock, bindings: block this merchant, alarm
    ORDER_PAID = "order_paid"  # query, then treat as paid
    ORDER_CLOSED = "order_closed"  # only a new out_trade_no helps
    ORDER_MISSING = "order_missing"  # never reached WeChat: same number is safe
    NOT_ENOUGH = "not_enough"  # merchant balance: queue, same number, tell the cashier
    BY_HAND = "by_hand"  # the payer's account cannot take it: refund by hand
    SHOW = "show"  # tell the payer, no automatic retry
    NOT_READY = "not_ready"  # the bill is being made: ask again in half an hour
    NO_BILL = "no_bill"  # nothing was traded that day


# Spelling differs between WeChat's own pages: compare with underscores removed.
PAY_REACTIONS: Final[dict[str, PayReaction]] = {
    "UNREACHABLE": PayReaction.RETRY_SAME,  # ours: no connection, nothing was sent
    "MERCHANTGONE": PayReaction.CONFIG_ALARM,  # ours: the merchant account is not configured
    "BILLDOWNLOAD": PayReaction.RETRY_SAME,  # ours: the address expired, cut off, wrong SHA1
    "BILLTRUNCATED": PayReaction.RETRY_SAME,
    "BILLHASH": PayReaction.RETRY_SAME,
    "SYSTEMERROR": PayReaction.QUERY_FIRST,
    "BANKERROR": PayReaction.QUERY_FIRST,
    "BIZERRNEEDRETRY": PayReaction.RETRY_SAME,
    "USERPAYING": PayReaction.QUERY_FIRST,
    "OUTTRADENOUSED": PayReaction.QUERY_FIRST,
    "FREQUENCYLIMITED": PayReaction.BUSY,
    "FREQUENCYLIMIT": PayReaction.BUSY,
    "RATELIMITEXCEEDED": PayReaction.BUSY,
    "SIGNERROR": PayReaction.CONFIG_ALARM,
    "APPIDMCHIDNOTMATCH": PayReaction.CONFIG_ALARM,
    "MCHNOTEXISTS": PayReaction.CONFIG_ALARM,
    "NOAUTH": PayReaction.CONFIG_ALARM,
    "ORDERPAID": PayReaction.ORDER_PAID,
    "ORDERCLOSED": PayReaction.ORDER_CLOSED,
    "ORDERNOTEXIST": PayReaction.ORDER_MISSING,
    "RESOURCENOTEXISTS": PayReaction.ORDER_MISSING,  # refund number unknown, or not paid
    "NOTENOUGH": PayReaction.NOT_ENOUGH,
    "USERACCOUNTABNORMAL": PayReaction.BY_HAND,
    "TRADEERROR": PayReaction.SHOW,
    "RULELIMIT": PayReaction.SHOW,
    "ACCOUNTERROR": PayReaction.SHOW,
    "STATEMENTCREATING": PayReaction.NOT_READY,
    "NOSTATEMENTEXIST": PayReaction.NO_BILL,
}


class PayError(Exception):
    """WeChat Pay said no, or could not be asked.

    `unknown`: the call may have taken effect, so query before anything else.
    `status` is 0 when no answer came. `request_id` finds the call at WeChat.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str = "",
        request_id: str = "",
        *,
        unknown: bool = False,
    ) -> None:
        super().__init__(f"{status} {code} {message} request_id={request_id}")
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.unknown = unknown

    @property
    def reaction(self) -> PayReaction:
        if self.unknown:
            return PayReaction.QUERY_FIRST
        return PAY_REACTIONS.get(self.code.replace("_", ""), PayReaction.PERMANENT)


class Forgery(StrEnum):
    """Why a message is not accepted as WeChat's: few values, fit for a metric label."""

    TIMESTAMP = "timestamp"
    SERIAL = "serial"
    SIGNATURE = "signature"
    DECRYPT = "decrypt"  # changed text, or our own key is wrong: worth an alarm
    APPID = "appid"
    MALFORMED = "malformed"
    UNENCRYPTED = "unencrypted"


class BadSignature(Exception):
    """Message that WeChat did not sign. Answer 401, never 2xx; change nothing."""

    def __init__(self, reason: Forgery) -> None:
        super().__init__(reason.value)
        self.reason = reason


class KeysUnavailable(BadSignature):
    """WeChat's certificates cannot be had now, so nothing is known of a message.

    Not a forgery: answer 503, and WeChat sends it again.
    """

    def __init__(self) -> None:
        super().__init__(Forgery.SERIAL)
