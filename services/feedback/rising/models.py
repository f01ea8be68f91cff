"""Words on the rise (民情热词): what is kept of the words of a place, and what is seen."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day


class WeekWords(Struct, kw_only=True):
    """How many people used each word in a week at a place.

    `week`: its Monday. Words are keyed fingerprints, and so are people, of whom each is another
    one for each word. `people`: word → who used it, while the week lasts. `counts`: word → how
    many, once it is over. `names`: word → itself, of those that enough people used; `is_named`:
    whether there are any.
    """

    id: str = field(name="_id")
    place: str
    week: Day
    people: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    is_named: bool = False
    expires_at: datetime

    def used(self, word: str) -> int:
        """Return how many people used a word."""
        return self.counts.get(word, 0) + len(self.people.get(word, ()))


def week_words_id(place: str, week: Day) -> str:
    return f"{place}|{week}"


# What clients send and see


class RisingWordsQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which week to show.

    `week`: A day of the week, of the last two; today's without it.
    """

    week: Day | None = None


class RisingWord(Struct, kw_only=True):
    """Word that suddenly many people use.

    `word`: What people wrote or said, as the dictionary cuts it.
    `people`: How many people used it in the week.
    `earlier`: How many did in the eight weeks before, added up week by week.
    """

    word: Annotated[str, Meta(examples=["停水"])]
    people: Annotated[int, Meta(examples=[7])]
    earlier: Annotated[int, Meta(examples=[3])]


class RisingWords(Struct, kw_only=True):
    """Words on the rise at a place.

    `place`: Path of the place.
    `week`: Monday of the week.
    `items`: The words, those that most people used first.
    """

    place: str
    week: Annotated[Day, Meta(examples=["2026-03-02"])]
    items: list[RisingWord]
