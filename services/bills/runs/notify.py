"""Messages about new bills: one per person and publishing, not one per bill."""

from collections import defaultdict
from typing import Final

from services.bills import store as bills_store
from services.bills.models import HomeNews
from services.bills.runs import store
from services.bills.runs.models import BillRun
from services.bills.views import span
from services.dependencies import Dependencies, Transaction
from services.fees.models import KIND_NAMES
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places import actions as places
from services.residencies import actions as residencies
from services.wechat import template_values

HOMES_AT_ONCE: Final = 500
PEOPLE_AT_ONCE: Final = 100


async def notify_residents(deps: Dependencies, run: BillRun) -> BillRun | None:
    """Notify everybody with a home that this round billed. None when another worker went on.

    Memory grows with one compound (some ten thousand short texts), because a person's homes
    may lie at both ends of it and one message names their sum.
    """
    news = await bills_store.news(deps.db, run.id, run.round)
    homes_of = await _homes_of(deps, sorted(news))
    waiting = sorted(person for person in homes_of if person > run.after)
    told: BillRun | None = run
    for i in range(0, len(waiting), PEOPLE_AT_ONCE):
        people = waiting[i : i + PEOPLE_AT_ONCE]
        told = told and await _notify_some(deps, told, {p: homes_of[p] for p in people}, news)
    return told


async def _homes_of(deps: Dependencies, homes: list[str]) -> dict[str, list[str]]:
    """Return person → their homes among these, as of today."""
    found: dict[str, list[str]] = defaultdict(list)
    for i in range(0, len(homes), HOMES_AT_ONCE):
        chunk = homes[i : i + HOMES_AT_ONCE]
        for residency in await residencies.of_homes(deps, chunk):
            if residency.person and residency.home not in found[residency.person]:
                found[residency.person].append(residency.home)
    return found


async def _notify_some(
    deps: Dependencies,
    run: BillRun,
    people: dict[str, list[str]],
    news: dict[str, HomeNews],
) -> BillRun | None:
    firsts = sorted({homes[0] for homes in people.values()})
    addresses = await places.addresses(deps, firsts)

    async def save(tx: Transaction) -> BillRun | None:
        moved = await store.move(deps.db, run, {"$set": {"after": max(people)}}, tx=tx)
        if moved is None:
            return None
        for person, homes in people.items():
            await messaging.notify(
                deps,
                tx,
                person_id=person,
                template=TemplateKey.BILL_ISSUED,
                key=f"{run.id}:{run.round}",
                values=words(run, [news[home] for home in homes], addresses[homes[0]]),
            )
        return moved

    return await deps.in_transaction(save)


def words(run: BillRun, news: list[HomeNews], address: str) -> dict[str, str]:
    """Sum up one person's homes: the first one's address, all their fees, the first due day."""
    kinds = sorted({kind for home in news for kind in home.kinds})
    return {
        "home": address if len(news) == 1 else f"{address}等{len(news)}处",
        "fee": "、".join(KIND_NAMES[kind] for kind in kinds),
        "period": span(run.period, run.months),
        "amount": template_values.amount(sum(home.amount_fen for home in news)),
        "due_on": min(home.due_on for home in news),
    }
