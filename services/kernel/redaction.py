"""Redacts personal data and credentials in third-party error text.

Errors of drivers and libraries quote what they were given. Names of people cannot be told from
other words: code must not put them into errors at all, and a test greps a whole run for them.
"""

import re
from typing import Final

# A mobile number, with 86 or without; an identity number or bank card; what WeChat calls a
# person, e.g. in a driver's message about a duplicate key; our tokens, access and refresh;
# what opens a photo, when Tornado tells of a request that failed.
PATTERNS: Final = (
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
    (re.compile(r"\b[\w-]+\.[0-9a-z]{26}\.\d+\.[\w-]{43}(?![\w-])"), "<token>"),
    (re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)"), "<phone>"),
    (re.compile(r"(?<!\d)\d{14,}[\dXx](?!\d)"), "<number>"),
    (re.compile(r"(?<![\w-])o[\w-]{27}(?![\w-])"), "<openid>"),
    (re.compile(r"\bsignature=[^&\s'\",)]+"), "signature=<hidden>"),
)
SHORTEST: Final = len("13800000000")  # nothing shorter is any of them


def redacted(text: str) -> str:
    """Return a text without phones, numbers of identity and cards, openids and tokens."""
    if len(text) < SHORTEST:
        return text
    for pattern, word in PATTERNS:
        text = pattern.sub(word, text)
    return text
