"""Rises of words: which of a week's words suddenly many people use. The one definition.

A word is on the rise in a week when at least five people used it, and more than three times as
many as in the mean of the eight weeks before.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.feedback.rising.models import RisingWord, WeekWords
from services.kernel.days import Day, plus_days

FEWEST_PEOPLE: Final = 5
TIMES: Final = 3
WEEKS: Final = 8
DAYS: Final = 7


def week_of(day: Day) -> Day:
    """Return the Monday of a day's week."""
    return plus_days(day, -date.fromisoformat(day).weekday())


def weeks_before(week: Day, weeks: int) -> list[Day]:
    """Return the Mondays of so many weeks before one, the last one first."""
    return [plus_days(week, -DAYS * number) for number in range(1, weeks + 1)]


def rising(by_week: Mapping[Day, WeekWords], week: Day) -> dict[str, RisingWord]:
    """Return fingerprint → the word, of those on the rise in a week, by people and word.

    `by_week`: the weeks of a place that have any words.
    """
    now = by_week.get(week)
    if now is None:
        return {}
    before = [by_week[each] for each in weeks_before(week, WEEKS) if each in by_week]
    found = {
        mark: RisingWord(
            word=word,
            people=now.used(mark),
            earlier=sum(each.used(mark) for each in before),
        )
        for mark, word in now.names.items()
    }
    risen = {mark: each for mark, each in found.items() if _is_rising(each)}
    order = sorted(risen.items(), key=lambda one: (-one[1].people, one[1].word))
    return dict(order)


def _is_rising(word: RisingWord) -> bool:
    return word.people >= FEWEST_PEOPLE and word.people * WEEKS > TIMES * word.earlier
