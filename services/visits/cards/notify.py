"""Messages about household cards, to whom an entry is about: neither its words nor its kind."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.visits.cards.models import CardEntry

CARD_NOTED: Final = Template(
    key="card_noted",
    title="您家的户卡有新内容",
    body="{place}的户卡登记了新内容,您可以随时查看、更正或撤回。",
    page="pages/me/household-card",
    data={"thing1": "place"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_BINDING, "户卡有新内容时告诉您"),),
)
CARD_ENDS: Final = Template(
    key="card_ends",
    title="户卡内容快到期了",
    body="{place}的户卡有一项内容将在{ends_on}到期,需要保留请确认;不确认会自动删除。",
    page="pages/me/household-card",
    data={"thing1": "place", "date2": "ends_on"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_BINDING, "户卡内容到期前提醒您"),),
)
TEMPLATES: Final = (CARD_NOTED, CARD_ENDS)


async def noted(
    deps: Dependencies, tx: Transaction, person: str, entry: CardEntry, address: str
) -> None:
    """Tell somebody that a head noted something about them (PIPL art. 17)."""
    await messaging.notify(
        deps,
        tx,
        person_id=person,
        template=CARD_NOTED,
        key=entry.id,
        values={"place": address},
    )


async def ends(
    deps: Dependencies, tx: Transaction, person: str, entry: CardEntry, values: dict[str, str]
) -> None:
    """Ask somebody whether an entry still holds. `values`: place and ends_on."""
    await messaging.notify(
        deps,
        tx,
        person_id=person,
        template=CARD_ENDS,
        key=f"{entry.id}:{values['ends_on']}",
        values=values,
    )
