"""Messages about a run's bills, made or taken back: one per person and round, not per bill."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from services.audiences import residents
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


class Residents:
    """Residents of the homes that a round billed: a source of broadcasts.

    A person has one message for all their homes, which may lie at both ends of the compound:
    whoever meets them first tells the sum of all.
    """

    def __init__(self, of: Round) -> None:
        self._of = of

    async def part(self, deps: Dependencies, key: str, after: str, limit: int) -> Part:
        """Return the next homes of the round with their residents of today."""
        homes = await bills_store.homes_of(
            deps.db, **self._bills(key), after=after, limit=limit
        )
        people = await residents.at_homes(deps, homes)
        recipients = [Recipients(home, people.get(home, ())) for home in homes]
        return Part(recipients, homes[-1] if len(homes) == limit else None)

    async def write(
        self, deps: Dependencies, key: str, people: Sequence[str]
    ) -> dict[str, dict[str, str]]:
        """Return person → what their message speaks of; who owes nothing by now has none."""
        run = await store.get(deps.db, key.rpartition(":")[0])
        homes_of = await residencies.homes_of(deps, people)
        homes = sorted({home for homes in homes_of.values() for home in homes})
        news = await bills_store.news(deps.db, homes, **self._bills(key))
        billed = {
            person: [home for home in homes if home in news]
            for person, homes in homes_of.items()
        }
        firsts = sorted({homes[0] for homes in billed.values() if homes})
        addresses = await places.addresses(deps, firsts)
        return {
            person: words(run, [news[home] for home in homes], addresses[homes[0]])
            for person, homes in billed.items()
            if homes
        }

    def _bills(self, key: str) -> dict[str, Any]:
        run_id, _, number = key.rpartition(":")
        return {"run_id": run_id, "state": self._of.state, self._of.field: int(number)}


def source(of: Round) -> Source:
    people = Residents(of)
    return Source(part=people.part, write=people.write)


SOURCES: Final = {
    BILL_ISSUED.key: source(ISSUED),
    BILLS_WITHDRAWN.key: source(TAKEN_BACK),
}


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
