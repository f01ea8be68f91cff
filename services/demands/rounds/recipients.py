"""Recipients of the messages of a round: who owes, with a text of their own: a source.

A person has one message of a round for all their homes: the sum of all, and where the first
lies.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.demands import notify, store
from services.demands.models import Demand
from services.demands.rounds import store as rounds_store
from services.demands.rounds.models import Round
from services.dependencies import Dependencies
from services.messaging.broadcasts.models import Part, Recipients, Source, Urgency, Wish
from services.places import actions as places

SOURCE: Final = "demands"
PUSH_WITHIN: Final = timedelta(days=2)


def wish(found: Round) -> Wish:
    """Return the broadcast of a round: it waits for the morning, and for a turn."""
    return Wish(
        source=SOURCE,
        key=found.id,
        template=notify.PAYMENT_REMINDER.key,
        urgency=Urgency.WAITS,
        push_within=PUSH_WITHIN,
    )


async def part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next homes of a round with those who owe."""
    people: dict[str, set[str]] = defaultdict(set)
    found = await store.of_round(deps.db, key, after=after, limit=limit)
    is_more = len(found) == limit
    if is_more:  # the last home may have another household, and comes with the next part
        found = [demand for demand in found if demand.home != found[-1].home]
    for demand in found:
        people[demand.home].update(demand.people)
    recipients = [Recipients(home, tuple(sorted(who))) for home, who in people.items()]
    return Part(recipients, found[-1].home if is_more else None)


async def write(
    deps: Dependencies, key: str, people: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Return person → what their message speaks of."""
    started = await rounds_store.find(deps.db, key)
    note = started.note if started else ""
    asked: dict[str, list[Demand]] = defaultdict(list)
    wanted = frozenset(people)
    for demand in await store.of_people(deps.db, key, people):
        for person in wanted.intersection(demand.people):
            asked[person].append(demand)
    homes = sorted({own[0].home for own in asked.values()})
    addresses = await places.addresses(deps, homes)
    return {
        person: notify.values(own, addresses.get(own[0].home, own[0].home), note)
        for person, own in asked.items()
    }


BROADCASTS: Final = {SOURCE: Source(part=part, write=write)}
