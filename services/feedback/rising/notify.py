"""Messages about words on the rise: to the community's staff, once for a word and place."""

from collections.abc import Iterable
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.feedback.rising.models import RisingWord
from services.kernel.days import Day
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places

FEEDBACK_WORD: Final = Template(
    key="feedback_word",
    title="民情热词",
    body="{address}上周有{people}人提到“{word}”,比平时明显多,请留意。",
    page="pages/work/feedback-words",
    data={"thing1": "address", "thing2": "word", "number3": "people"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_WORKING, "居民突然都在说同一件事时告诉您"),),
)
TEMPLATES: Final = (FEEDBACK_WORD,)


async def risen(
    deps: Dependencies,
    tx: Transaction,
    people: Iterable[str],
    where: tuple[str, Day],
    word: RisingWord,
) -> None:
    """Tell people of a word of a place and week, each once."""
    place, week = where
    addresses = await places.addresses(deps, [place])
    values = {
        "address": addresses.get(place, place),
        "word": word.word,
        "people": str(word.people),
    }
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=FEEDBACK_WORD,
            key=f"{place}:{week}:{word.word}",
            values=values,
            page=f"{FEEDBACK_WORD.page}?place={place}",
        )
