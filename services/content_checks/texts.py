"""Pieces of a text, each as long as WeChat judges at once."""

from typing import Final

from services.wechat.mini_program import TEXT_CHARS

# What stands at a cut stands whole in one of the two pieces.
OVERLAP: Final = 50


def pieces(text: str) -> list[str]:
    """Return the text in pieces of at most 2,500 characters that overlap; none of no text."""
    starts = range(0, max(1, len(text) - OVERLAP), TEXT_CHARS - OVERLAP)
    return [text[at : at + TEXT_CHARS] for at in starts] if text else []
