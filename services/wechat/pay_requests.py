"""Parts of requests to WeChat Pay, in the shapes it accepts."""

import re
from typing import Any, Final

from services.wechat.merchant import MerchantAccount

DESCRIPTION_BYTES: Final = 127
REASON_BYTES: Final = 80
ATTACH_BYTES: Final = 128

# WeChat allows | and * too; we never make them.
TRADE_NO = re.compile(r"[0-9A-Za-z_-]{6,32}")
REFUND_NO = re.compile(r"[0-9A-Za-z_-]{1,64}")
ANY_REFUND_NO = re.compile(r"[0-9A-Za-z_|*@-]{1,64}")  # also of the merchant's own console


def payee(account: MerchantAccount) -> dict[str, str]:
    """Name who is paid, as query and close want it."""
    if account.sub_mchid:
        return {"sp_mchid": account.mchid, "sub_mchid": account.sub_mchid}
    return {"mchid": account.mchid}


def payer(account: MerchantAccount, openid: str) -> dict[str, Any]:
    """Name who is paid, in which mini-program, and by whom."""
    if not account.sub_mchid:
        return {"appid": account.appid, **payee(account), "payer": {"openid": openid}}
    named: dict[str, Any] = {"sp_appid": account.appid, **payee(account)}
    if account.sub_appid:
        return named | {"sub_appid": account.sub_appid, "payer": {"sub_openid": openid}}
    return named | {"payer": {"sp_openid": openid}}


def clip_bytes(text: str, limit: int) -> str:
    """Shorten to `limit` UTF-8 bytes without cutting a character.

    Controls and runs of blanks become one space, because bills are made of lines.
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not clean:
        raise ValueError("the text is empty")
    return clean.encode()[:limit].decode(errors="ignore").rstrip()


def checked(pattern: re.Pattern[str], number: str) -> str:
    """Return a number of ours in a shape WeChat accepts. ValueError otherwise."""
    if not pattern.fullmatch(number):
        raise ValueError("our own number has a shape WeChat refuses")
    return number
