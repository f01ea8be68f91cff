"""Messages about a run's bills, made or taken back: one per person and round, not per bill."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from services.bills import store as bills_store
from services.bills.models import HomeNews
from services.bills.runs import store
from services.bills.runs.models import BillRun
from services.bills.states import BillState
from services.bills.views import span
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Template
from services.messaging import actions as messaging
from services.places import actions as places
from services.residencies import actions as residencies
from services.wechat import template_values

HOMES_AT_ONCE: Final = 500
PEOPLE_AT_ONCE: Final = 100

BILL_ISSUED: Final = Template(
    key="bill_issued",
    title="您有新的账单",
    body="{home}的{fee}({period})共{amount},最晚{due_on}缴纳。谢谢您!",
    page="pages/bills/bills",
    data={
        "thing1": "home",
        "thing2": "fee",
        "thing3": "period",
        "amount4": "amount",
        "date5": "due_on",
    },
)
BILLS_WITHDRAWN: Final = Template(
    key="bills_withdrawn",
    title="账单已撤回",
    body="{home}的{fee}({period})共{amount}已撤回,不用缴了。原因:{reason}。给您添麻烦了。",
    page="pages/bills/bills",
    data={
        "thing1": "home",
        "thing2": "fee",
        "thing3": "period",
        "amount4": "amount",
        "thing5": "reason",
    },
)
TEMPLATES: Final = (BILL_ISSUED, BILLS_WITHDRAWN)


class News(Struct, frozen=True):
    """What people are told of: the kind of message, and home → what happened to it."""

    template: Template
    of_home: Mapping[str, HomeNews]


async def notify_of_bills(deps: Dependencies, run: BillRun) -> BillRun | None:
    """Notify everybody with a home that this round billed. None when another worker went on."""
    issued = {"state": BillState.OWING, "issued_in": run.round}
    news = await bills_store.news(deps.db, run.id, **issued)
    return await _notify(deps, run, News(BILL_ISSUED, news))


async def notify_of_withdrawal(deps: Dependencies, run: BillRun) -> BillRun | None:
    """Notify everybody with a home whose bills this round took back. None as above."""
    voided = {"state": BillState.VOID, "voided_in": run.round}
    news = await bills_store.news(deps.db, run.id, **voided)
    return await _notify(deps, run, News(BILLS_WITHDRAWN, news))


async def _notify(deps: Dependencies, run: BillRun, news: News) -> BillRun | None:
    """Notify everybody with one of the homes.

    Memory grows with one compound (some ten thousand short texts), because a person's homes
    may lie at both ends of it and one message names their sum.
    """
    homes_of = await _homes_of(deps, sorted(news.of_home))
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
    deps: Dependencies, run: BillRun, people: dict[str, list[str]], news: News
) -> BillRun | None:
    firsts = sorted({homes[0] for homes in people.values()})
    addresses = await places.addresses(deps, firsts)

    async def save(tx: Transaction) -> BillRun | None:
        moved = await store.note(deps.db, run, {"$set": {"after": max(people)}}, tx=tx)
        if moved is None:
            return None
        for person, homes in people.items():
            await messaging.notify(
                deps,
                tx,
                person_id=person,
                template=news.template,
                key=f"{run.id}:{run.round}",
                values=words(run, [news.of_home[h] for h in homes], addresses[homes[0]]),
            )
        return moved

    return await deps.in_transaction(save)


def words(run: BillRun, news: list[HomeNews], address: str) -> dict[str, str]:
    """Sum up one person's homes: the first one's address, all their fees, the first due day."""
    kinds = sorted({kind for home in news for kind in home.kinds})
    return {
        "home": address if len(news) == 1 else f"{address}等{len(news)}处",
        "fee": "、".join(kind.label for kind in kinds),
        "period": span(run.period, run.months),
        "amount": template_values.amount(sum(home.amount_fen for home in news)),
        "due_on": min(home.due_on for home in news),
        "reason": run.withdrawn_because,
    }
