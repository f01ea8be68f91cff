"""Messages about who belongs to a home."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging

HOME_NEWS: Final = Template(
    key="home_news",
    title="房屋关系有变动",
    body="{home}:{news}。如有疑问,请联系社区。",
    page="pages/homes/homes",
    data={"thing1": "home", "thing2": "news"},
    purpose=Purpose.INFORMATION,
    asks=(
        Ask(Moment.AFTER_BINDING, "房屋登记有变动时告诉您"),
        Ask(Moment.AFTER_REPORTING, "房屋登记有变动时告诉您"),
    ),
)
TEMPLATES: Final = (HOME_NEWS,)


async def notify_of_home(
    deps: Dependencies, tx: Transaction, person: str, *, address: str, news: str, key: str
) -> None:
    """Tell a person what changed about a home of theirs. `news` names nobody."""
    await messaging.notify(
        deps,
        tx,
        person_id=person,
        template=HOME_NEWS,
        key=key,
        values={"home": address, "news": news},
    )
