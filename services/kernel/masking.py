"""Masked forms of names and phones, for people who need not see the whole.

The whole is shown only by services/reveals, for a reason that the audit keeps. Identity numbers
have no masked form: their birthday alone would tell neighbours apart, so views say only whether
there is one. What is written over the name and phone of an erased person is shown as it is.
"""

from typing import Final

from services.kernel.personal_data import GONE

SHORT: Final = 8  # characters: of fewer nothing is shown, since little would be left to guess


def name(whole: str) -> str:
    """王建国 → 王*: the first character only, so that not even the length tells who it is."""
    return whole if whole == GONE else f"{whole[:1]}*"


def phone(whole: str) -> str:
    """+8613812345678 → 138****5678."""
    if whole == GONE:
        return whole
    national = whole.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


def document(whole: str) -> str:
    """吉低保2026-00123 → ****0123."""
    return f"****{whole[-4:]}" if len(whole) >= SHORT else "****"
