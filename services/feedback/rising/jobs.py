"""Jobs of words on the rise: counted case by case, closed and told week by week."""

from datetime import timedelta
from typing import Final

from services.audiences import holders
from services.dependencies import Dependencies, Transaction
from services.feedback import store as feedback
from services.feedback.models import TEXT
from services.feedback.rising import notify, rises, store, texts
from services.feedback.rising.models import RisingWord
from services.feedback.rising.promises import COUNT
from services.jobs import actions as jobs
from services.kernel.days import Day, day_of, plus_days, start_of
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.paths import covers
from services.kernel.permissions import Role
from services.kernel.words import dictionary

TELL: Final = "feedback.tell_rising_words"
AT_ONCE: Final = 50
# The eight weeks before the one before this one, and what is late.
KEPT_DAYS: Final = (rises.WEEKS + 3) * rises.DAYS


async def count(deps: Dependencies, payload: Document) -> None:
    """Job: count the words of a case for its places; harmless to repeat, and in closed weeks.

    A word is written as itself only where enough people have used it.
    """
    case = await feedback.find(deps.db, payload["case_id"])
    if case is None or not texts.counts(case):
        return
    week = rises.week_of(day_of(case.created_at))
    expires_at = start_of(plus_days(week, KEPT_DAYS))
    text = TEXT.open(deps.vault, case.id, case.text_sealed)
    found = texts.words_of(await dictionary(), text)
    for place in texts.places_of(case) if found else ():
        marks = texts.marks(deps, place, found)
        people = {mark: texts.person_mark(deps, case, (place, week, mark)) for mark in marks}
        there = await store.add(deps.db, place, week, people, expires_at)
        if there is None:
            continue  # the week is closed
        names = {
            mark: word
            for mark, word in marks.items()
            if there.used(mark) >= rises.FEWEST_PEOPLE and mark not in there.names
        }
        if names:
            await store.name(deps.db, place, week, names)


async def tell(deps: Dependencies, _payload: Document) -> None:
    """Job: forget who used the words of weeks that are over; tell of the last one's rises."""
    this = rises.week_of(deps.today())
    while found := await store.open_before(deps.db, this, limit=AT_ONCE):
        for week in found:
            await store.close(deps.db, week)
    [last] = rises.weeks_before(this, 1)
    risen = await _risen(deps, last)
    for place, words in risen.items():
        below = [other for other in risen if other != place and covers(place, other)]
        known = {word.word for other in below for word in risen[other]}
        told = [word for word in words if word.word not in known]
        await _tell(deps, place, last, told)


async def _risen(deps: Dependencies, week: Day) -> dict[str, list[RisingWord]]:
    """Return place → words that are on the rise in a week, and were not in the one before."""
    found = {}
    for place in await store.named_in(deps.db, week):
        weeks = [week, *rises.weeks_before(week, rises.WEEKS + 1)]
        by_week = await store.of_place(deps.db, place, weeks)
        before = rises.rising(by_week, weeks[1])
        now = rises.rising(by_week, week)
        found[place] = [word for mark, word in now.items() if mark not in before]
    return found


async def _tell(deps: Dependencies, place: str, week: Day, told: list[RisingWord]) -> None:
    """Tell the community's staff of words, each with the smallest place where it rises."""
    if not told:
        return
    found = await holders.by_role(deps, place, [Role.COMMUNITY_STAFF])
    staff = sorted(found[Role.COMMUNITY_STAFF])

    async def save(tx: Transaction) -> None:
        for word in told:
            await notify.risen(deps, tx, staff, (place, week), word)

    if staff:
        await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {COUNT: count, TELL: tell}
LANES: Final = {COUNT: Lane.LONG, TELL: Lane.LONG}
# Mondays at 08:00 in Beijing: the epoch was a Thursday.
SCHEDULES: Final = (Schedule(TELL, timedelta(days=rises.DAYS), timedelta(days=4)),)
