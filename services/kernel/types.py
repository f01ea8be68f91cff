"""Types of the text that people and programs send: lines, reasons, remarks, ids, tokens.

No control characters, which break logs and lists; no marks that turn the writing round, behind
which a name or an amount reads as another (Unicode TR 36, "Trojan Source"); and something to be
seen: a reason of blanks is none, and a name of them is nobody's. Every string of a request has
one of these types, or a pattern of its own (tests/handlers/test_free_text.py).
"""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta

# C0 and C1, line and paragraph separators, and all that directs bidirectional writing.
_CONTROLS: Final = r"\x00-\x09\x0b-\x1f\x7f-\x9f"
_TURNS: Final = r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb"
_NEVER: Final = _CONTROLS + _TURNS
# What is drawn as nothing: blanks, joiners, fillers, selectors, and the tags of plane 14 (as
# themselves: the pattern stands in the contract, where \U is not known).
_TAGS: Final = f"{chr(0xE0000)}-{chr(0xE0FFF)}"
_UNSEEN: Final = (
    r" \xa0\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200d\u202f\u205f-\u2065"
    r"\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0" + _TAGS
)


def _pattern(also: str, never: str) -> str:
    """Return the pattern of text with something to be seen. `also`: allowed and not seen."""
    return rf"^[{_UNSEEN}{also}]*[^{never}\n{_UNSEEN}][^{never}]*$(?!\n)"


LINE: Final = _pattern("", _NEVER + r"\x0a")
TEXT: Final = _pattern(r"\n", _NEVER)
OPAQUE: Final = rf"^[^{_NEVER}\x0a]*$(?!\n)"

# Why something is done: one line, kept, and read by whom it concerns or by who audits.
Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
# What somebody adds in their own words, in several lines if they like.
Remark = Annotated[str, Meta(min_length=1, max_length=500, pattern=TEXT)]
# A secret or code that somebody hands over, however it is typed.
Secret = Annotated[str, Meta(min_length=1, max_length=256, pattern=LINE)]
# The id of something, as an answer told it.
Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=LINE)]
# What a program hands back as it got it.
Opaque = Annotated[str, Meta(max_length=400, pattern=OPAQUE)]
# A phone number as people write it; services/kernel/phones.py reads it.
Phone = Annotated[str, Meta(min_length=5, max_length=20, pattern=LINE)]
IdNumber = Annotated[str, Meta(min_length=18, max_length=18, pattern=LINE)]
# An instant, RFC 3339 with its offset. The decoder takes nothing else; the pattern says so.
Instant = Annotated[
    datetime,
    Meta(
        tz=True,
        extra_json_schema={
            "pattern": r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?"
            r"([Zz]|[+-]\d\d:?\d\d)$(?!\n)"
        },
    ),
]
# A share of a whole in hundredths of a percent: 10000 is all. Spreadsheets show it as percent.
WHOLE: Final = 10_000
BasisPoints = Annotated[int, Meta(ge=0, extra={"unit": "basis_points"})]
