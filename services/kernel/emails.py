"""E-mail addresses in the form in which they are kept and written to.

Half-width, because an input method for Chinese writes ＠ and 。; the domain in lower case. The
part before the @ is the receiving server's to read (RFC 5321, 2.4), so that it stays.
"""

import re
import unicodedata
from typing import Final

from services.kernel.errors import InvalidInput

MOST_CHARS: Final = 100
_ADDRESS: Final = re.compile(
    r"[0-9A-Za-z_%+-]+(?:\.[0-9A-Za-z_%+-]+)*"
    r"@(?:[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?\.)+[A-Za-z]{2,}"
)


class InvalidEmail(InvalidInput):
    code = "invalid_email"


def normalise(text: str) -> str:
    """Return li@example.com for any usual way to type it; InvalidEmail otherwise."""
    typed = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
    if len(typed) > MOST_CHARS or not _ADDRESS.fullmatch(typed):
        raise InvalidEmail("邮箱地址不对")
    own, _, domain = typed.partition("@")
    return f"{own}@{domain.lower()}"
