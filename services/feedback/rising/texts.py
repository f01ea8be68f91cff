"""Texts of feedback, as words that may rise: which of them count, for whom, and where."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from services.dependencies import Dependencies
from services.feedback.filings.whereabouts import shown_place
from services.feedback.models import Feedback
from services.kernel.days import Day
from services.kernel.paths import ancestors
from services.kernel.words import Dictionary
from services.places.models import Kind

WORD, PERSON = "feedback-rising-word", "feedback-rising-person"
SIGNS: Final = 16  # of a word's fingerprint
PERSON_SIGNS: Final = 12  # of a person's: told from the some hundred others of one word
MOST: Final = 60  # words of one text
HIGHEST: Final = Kind.COMMUNITY.depth
LOWEST: Final = Kind.UNIT.depth


@cache
def stop_words() -> frozenset[str]:
    """Return the words that say nothing: of every text, and of every complaint."""
    text = (files("services.feedback.rising") / "stop_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def words_of(dictionary: Dictionary, text: str) -> list[str]:
    """Return the words of a text that may rise, each once."""
    return [word for word in dictionary.terms(text) if word not in stop_words()][:MOST]


def counts(case: Feedback) -> bool:
    """Tell whether a case's words count: not of what is about whoever holds an office.

    It is kept from them, and they might read the words here.
    """
    return case.about is None and bool(case.text_sealed)


def places_of(case: Feedback) -> list[str]:
    """Return the places where a case's words count: from its community down to its unit.

    What has no name counts for its building and above.
    """
    levels = ancestors(shown_place(case))
    return levels[HIGHEST - 1 : LOWEST]


def marks(deps: Dependencies, place: str, found: Iterable[str]) -> dict[str, str]:
    """Return keyed fingerprint → word. Of another place the same word has another one."""
    return {deps.vault.blind(f"{place}|{word}", purpose=WORD)[:SIGNS]: word for word in found}


def person_mark(deps: Dependencies, case: Feedback, where: tuple[str, Day, str]) -> str:
    """Return the keyed fingerprint of who said something, for one word of a place and week.

    Of whom a head wrote it down for nobody knows who it was: the head counts, once.
    """
    who = case.person or case.filed_by
    return deps.vault.blind("|".join((who, *where)), purpose=PERSON)[:PERSON_SIGNS]
