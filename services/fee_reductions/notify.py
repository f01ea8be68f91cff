"""Messages about fee reductions: to who decides, and to whose home pays less.

Never the cause: other people look at a phone, too.
"""

from collections.abc import Iterable
from typing import Final

from services.audiences import holders, residents
from services.dependencies import Dependencies, Transaction
from services.fee_reductions.models import Reduction
from services.fee_reductions.rules.models import Decider
from services.kernel.permissions import Role
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places
from services.places.doors import shown_address
from services.places.models import Place

FEE_REDUCTION_PROGRESS: Final = Template(
    key="fee_reduction_progress",
    title="费用减免有进展",
    body="{home}的费用减免{progress}。点开可以看原因。",
    page="pages/homes/reductions",
    data={"thing1": "home", "thing2": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "减免申请有结果时告诉您"),),
)
FEE_REDUCTION_RUNS_OUT: Final = Template(
    key="fee_reduction_runs_out",
    title="费用减免快到期",
    body="{home}的费用减免到{ends_on}为止。情况没有变化的话,请在到期前重新申请。",
    page="pages/homes/reductions",
    data={"thing1": "home", "date2": "ends_on"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_REPORTING, "减免到期前提醒您"),),
)
FEE_REDUCTION_TO_DECIDE: Final = Template(
    key="fee_reduction_to_decide",
    title="有费用减免要决定",
    body="有人为{home}申请费用减免,请查看材料后决定。",
    page="pages/work/reductions",
    data={"thing1": "home"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有费用减免要决定时提醒您"),),
)
TEMPLATES: Final = (FEE_REDUCTION_PROGRESS, FEE_REDUCTION_RUNS_OUT, FEE_REDUCTION_TO_DECIDE)
OFFICES: Final = {
    Decider.FIRM: Role.FIRM_MANAGER,
    Decider.COMMUNITY: Role.COMMUNITY_STAFF,
}


async def deciders_of(deps: Dependencies, found: Reduction) -> set[str]:
    """Return who decides on a reduction today and has signed in; none of the home."""
    people = await holders.acting_over(deps, found.home, [OFFICES[found.decider]])
    own = await residents.at_homes(deps, [found.home])
    return people - {*own.get(found.home, ())}


async def ask(
    deps: Dependencies, tx: Transaction, found: Reduction, people: Iterable[str], home: Place
) -> None:
    """Notify those who decide that a request waits."""
    for person in sorted(set(people)):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=FEE_REDUCTION_TO_DECIDE,
            key=found.id,
            values={"home": shown_address(home)},
        )


async def concerned(deps: Dependencies, found: Reduction) -> set[str]:
    """Return who is told of a reduction: who asked, else the owners who have signed in."""
    if found.person is not None:
        return {found.person}
    return {*await residents.owners_at(deps, found.home)}


async def tell(
    deps: Dependencies, tx: Transaction, found: Reduction, people: Iterable[str]
) -> None:
    """Notify whose home it is of what became of a reduction."""
    progress = found.state.label
    await _send(deps, tx, found, people, FEE_REDUCTION_PROGRESS, progress=progress)


async def remind(
    deps: Dependencies, tx: Transaction, found: Reduction, people: Iterable[str]
) -> None:
    """Notify whose home it is that a reduction runs out."""
    await _send(deps, tx, found, people, FEE_REDUCTION_RUNS_OUT, ends_on=found.last_day)


async def _send(
    deps: Dependencies,
    tx: Transaction,
    found: Reduction,
    people: Iterable[str],
    template: Template,
    **said: str,
) -> None:
    addresses = await places.addresses(deps, [found.home])
    home = addresses.get(found.home, found.home)
    for person in sorted(set(people)):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=template,
            key=f"{found.id}:{found.state}",
            values={"home": home, **said},
        )
