"""Messages about a run's bills, made or taken back: one per person and round, not per bill."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from services.bills import store as bills_store
from services.bills.models import HomeNews
from services.bills.runs import store
from services.bills.runs.models import BillRun
from services.bills.states import BillState
from services.bills.views import span
from services.dependencies import Dependencies
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging.broadcasts.models import Part, Recipients, Source, Wish
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies.models import Claimant
from services.wechat import template_values

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
    purpose=Purpose.PAYMENT,
    asks=(
        Ask(Moment.AFTER_PAYING, "下一期账单出来时告诉您"),
        Ask(Moment.AFTER_BINDING, "账单出来时告诉您"),
        Ask(Moment.AFTER_READING, "账单出来时告诉您"),
    ),
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
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "账单有误撤回时告诉您"),),
)
TEMPLATES: Final = (BILL_ISSUED, BILLS_WITHDRAWN)


class Round(Struct, frozen=True):
    """What people are told of: a state of bills, and the field with the round it came in."""

    state: BillState
    field: str


ISSUED: Final = Round(BillState.OWING, "issued_in")
TAKEN_BACK: Final = Round(BillState.VOID, "voided_in")


def issued(run: BillRun) -> Wish:
    """Return the broadcast to everybody with a home that this round billed."""
    return Wish(source=BILL_ISSUED.key, key=_key(run), template=BILL_ISSUED.key)


def withdrawn(run: BillRun) -> Wish:
    """Return the broadcast to everybody with a home whose bills this round took back."""
    return Wish(source=BILLS_WITHDRAWN.key, key=_key(run), template=BILLS_WITHDRAWN.key)


def _key(run: BillRun) -> str:
    return f"{run.id}:{run.round}"


class Told(Struct, frozen=True):
    """What a message says of all the bills it is about."""

    period: str
    reason: str = ""


# (deps, run_id) → what is told of a run; None when there is nothing to tell any more.
About = Callable[[Dependencies, str], Awaitable[Told | None]]


async def _of_run(deps: Dependencies, run_id: str) -> Told:
    run = await store.get(deps.db, run_id)
    return Told(span(run.period, run.months), run.withdrawn_because)


class Debtors:
    """Who owes what a round billed, and who lives with them: a source of broadcasts.

    A person has one message for all their homes, which may lie at both ends of the compound:
    whoever meets them first tells the sum of all. Whoever bought a home is not told what its
    owners of before owe.
    """

    def __init__(self, of: Round, about: About) -> None:
        self._of, self._about = of, about

    async def part(self, deps: Dependencies, key: str, after: str, limit: int) -> Part:
        """Return the next homes of the round with those who owe it."""
        homes = await bills_store.homes_of(
            deps.db, **self._bills(key), after=after, limit=limit
        )
        people: dict[str, list[str]] = {home: [] for home in homes}
        if homes:
            claimants = await residencies.claimants_of(deps, homes=homes)
            for person, news in (await self._news(deps, key, claimants)).items():
                for each in {each.home: each for each in news}.values():
                    people[each.home].append(person)
        recipients = [Recipients(home, tuple(people[home])) for home in homes]
        return Part(recipients, homes[-1] if len(homes) == limit else None)

    async def write(
        self, deps: Dependencies, key: str, people: Sequence[str]
    ) -> dict[str, dict[str, str]]:
        """Return person → what their message speaks of; who owes nothing by now has none."""
        told = await self._about(deps, key.rpartition(":")[0])
        if told is None:
            return {}
        claimants = await residencies.claimants_of(deps, people=people)
        news = await self._news(deps, key, claimants)
        firsts = sorted({owed[0].home for owed in news.values()})
        addresses = await places.addresses(deps, firsts)
        return {
            person: words(told, owed, addresses[owed[0].home]) for person, owed in news.items()
        }

    async def _news(
        self, deps: Dependencies, key: str, claimants: Sequence[Claimant]
    ) -> dict[str, list[HomeNews]]:
        """Return person → what the round did that they owe, by home; of those who owe some."""
        homes = sorted({row.home for row in claimants})
        today, found = deps.today(), defaultdict[str, list[HomeNews]](list)
        for each in await bills_store.news(deps.db, homes, **self._bills(key)):
            found[each.home].append(each)
        owed: dict[str, dict[tuple[str, str], HomeNews]] = {}
        for row in claimants:
            for each in found[row.home]:
                if row.window(today).has(each.liable_on):
                    owed.setdefault(row.person, {})[each.home, each.liable_on] = each
        return {person: [own[k] for k in sorted(own)] for person, own in owed.items()}

    def _bills(self, key: str) -> dict[str, Any]:
        run_id, _, number = key.rpartition(":")
        return {"run_id": run_id, "state": self._of.state, self._of.field: int(number)}


def source(of: Round, about: About = _of_run) -> Source:
    people = Debtors(of, about)
    return Source(part=people.part, write=people.write)


SOURCES: Final = {
    BILL_ISSUED.key: source(ISSUED),
    BILLS_WITHDRAWN.key: source(TAKEN_BACK),
}


def words(told: Told, news: list[HomeNews], address: str) -> dict[str, str]:
    """Sum up one person's homes: the first one's address, all their fees, the first due day."""
    kinds = sorted({kind for home in news for kind in home.kinds})
    homes = len({each.home for each in news})
    return {
        "home": address if homes == 1 else f"{address}等{homes}处",
        "fee": "、".join(kind.label for kind in kinds),
        "period": told.period,
        "amount": template_values.amount(sum(home.amount_fen for home in news)),
        "due_on": min(home.due_on for home in news),
        "reason": told.reason,
    }
