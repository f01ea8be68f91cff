"""Masked forms of names and phones, for people who need not see the whole.

The whole is shown only by services/reveals, for a reason that the audit keeps. Identity numbers
have no masked form: their birthday alone would tell neighbours apart, so views say only whether
there is one. What is written over the name and phone of an erased person is shown as it is.
"""

from services.kernel.personal_data import GONE


def name(whole: str) -> str:
    """王建国 → 王*: the first character only, so that not even the length tells who it is."""
    return whole if whole == GONE else f"{whole[:1]}*"


def phone(whole: str) -> str:
    """+8613812345678 → 138****5678."""
    if whole == GONE:
        return whole
    national = whole.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"
