"""Messages about the end of a head's office."""

from collections.abc import Iterable
from typing import Final

from services.appointments.models import Appointment
from services.dependencies import Dependencies, Transaction
from services.kernel.permissions import office
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places

HEAD_TERM_ENDING: Final = Template(
    key="head_term_ending",
    title="任期快到了",
    body="{place}的{office}任期到{until_on}为止,请提前商量续任或做好交接。",
    page="pages/heads/heads",
    data={"thing1": "place", "thing2": "office", "date3": "until_on"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "任期快到时提醒您"),),
)
HEAD_RESIGNED: Final = Template(
    key="head_resigned",
    title="有人提出辞任",
    body="{place}的{office}提出辞任,工作到{until_on}为止,请安排接任。",
    page="pages/heads/heads",
    data={"thing1": "place", "thing2": "office", "date3": "until_on"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有人辞任、要安排接任时提醒您"),),
)
TEMPLATES: Final = (HEAD_TERM_ENDING, HEAD_RESIGNED)


async def tell(
    deps: Dependencies, head: Appointment, template: Template, people: Iterable[str | None]
) -> None:
    """Tell people how the office of a head ends; each once for one last day."""
    addresses = await places.addresses(deps, [head.place])
    values = {
        "place": addresses.get(head.place, ""),
        "office": office(head.role, substitute=head.substitute_for),
        "until_on": head.to_day or "",
    }

    async def save(tx: Transaction) -> None:
        for person in sorted(str(each) for each in people):
            await messaging.notify(
                deps,
                tx,
                person_id=person,
                template=template,
                key=f"{head.id}:{head.to_day}",
                values=values,
            )

    await deps.in_transaction(save)
