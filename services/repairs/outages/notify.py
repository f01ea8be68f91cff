"""Messages about outages: to everybody who lives at the places, and to their heads.

Whoever announced one is told of an expected end that has passed.

Each announcement, and each other expected end, is a broadcast of its own
(docs/decisions/47-outages.md).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from services.audiences.models import Audience
from services.dependencies import Dependencies, Transaction
from services.kernel.permissions import HEADS
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.messaging.broadcasts.models import Urgency, Wish, broadcast_id
from services.places import actions as places
from services.repairs.outages.models import Outage
from services.repairs.outages.views import spoken
from services.residencies.models import Relation
from services.wechat.template_values import moment, plain

SOURCE: Final = "outages"  # of broadcasts: Feature.broadcasts
DATA: Final = {"thing1": "what", "thing2": "address", "time3": "begins_at", "time4": "ends_at"}
OUTAGE_SUDDEN: Final = Template(
    key="outage_sudden",
    title="突发停用",
    body="{address}{what},{begins_at}起,预计{ends_at}恢复。",
    page="pages/repairs/outage",
    data=DATA,
    purpose=Purpose.EMERGENCY,
    asks=(
        Ask(Moment.AFTER_REPORTING, "突然停水停电时告诉您"),
        Ask(Moment.AFTER_BINDING, "突然停水停电时告诉您"),
    ),
)
OUTAGE_PLANNED: Final = Template(
    key="outage_planned",
    title="计划停用",
    body="{address}{what},{begins_at}起,预计{ends_at}恢复。",
    page="pages/repairs/outage",
    data=DATA,
    purpose=Purpose.INFORMATION,
    asks=(
        Ask(Moment.AFTER_REPORTING, "计划停水停电前告诉您"),
        Ask(Moment.AFTER_BINDING, "计划停水停电前告诉您"),
    ),
)
OUTAGE_OVERDUE: Final = Template(
    key="outage_overdue",
    title="恢复了吗",
    body="{address}{what},预计{ends_at}恢复。恢复了请通告恢复,还没有请更改预计时间。",
    page="pages/work/outage",
    data={"thing1": "what", "thing2": "address", "time3": "ends_at"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "停水停电到了预计时间时提醒您"),),
)
TEMPLATES: Final = (OUTAGE_SUDDEN, OUTAGE_PLANNED, OUTAGE_OVERDUE)
# Who lives there. A relative who pays for a home from elsewhere has water.
LIVE_THERE: Final = (Relation.OWNER, Relation.CO_OWNER, Relation.FAMILY, Relation.TENANT)
SHORTEST_PUSH: Final = timedelta(minutes=10)


def audience_of(outage: Outage) -> Audience:
    """Return who is told: who lives at its places, and the heads who are asked about it."""
    return Audience(places=outage.places, relations=[*LIVE_THERE], roles=[*HEADS])


def broadcast_of(outage: Outage) -> str:
    return broadcast_id(SOURCE, key_of(outage))


def key_of(outage: Outage) -> str:
    """Return the key of what people are told of an outage now."""
    return f"{outage.id}:{outage.version}"


def outage_of(key: str) -> tuple[str, int]:
    """Return id and version of the outage that a key is of."""
    outage_id, _, version = key.rpartition(":")
    return outage_id, int(version)


async def wish(deps: Dependencies, outage: Outage) -> Wish:
    """Return the broadcast of an outage as it is now. Nobody is pushed to after its end."""
    address = spoken(outage, await places.addresses(deps, outage.places))
    template = OUTAGE_PLANNED if outage.planned else OUTAGE_SUDDEN
    return Wish(
        source=SOURCE,
        key=key_of(outage),
        template=template.key,
        title=title_of(outage),
        body=f"{address}{_when(outage)}。{outage.text}",
        page=f"{template.page}?id={outage.id}",
        values={
            "what": outage.kind.label,
            "address": plain(address),
            "begins_at": outage.begins_at.isoformat(),
            "ends_at": outage.ends_at.isoformat(),
        },
        urgency=Urgency.WAITS if outage.planned else Urgency.EMERGENCY,
        push_within=max(SHORTEST_PUSH, outage.ends_at - deps.now()),
    )


async def remind(
    deps: Dependencies, tx: Transaction, outage: Outage, people: Iterable[str]
) -> None:
    """Remind people of an outage whose expected end has passed; once of each such end."""
    address = spoken(outage, await places.addresses(deps, outage.places))
    values = {
        "what": outage.kind.label,
        "address": plain(address),
        "ends_at": outage.ends_at.isoformat(),
    }
    for person in sorted(people):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=OUTAGE_OVERDUE,
            key=key_of(outage),
            values=values,
            page=f"{OUTAGE_OVERDUE.page}?id={outage.id}",
        )


def title_of(outage: Outage) -> str:
    if outage.version > 1:
        return f"{outage.kind.label}恢复时间有变动"
    return f"{'计划' if outage.planned else '突发'}{outage.kind.label}通告"


def _when(outage: Outage) -> str:
    begins, ends = moment(outage.begins_at), moment(outage.ends_at)
    return f"{outage.kind.label},{begins}起,预计{ends}恢复"


def replaced(outage: Outage) -> tuple[str, str]:
    """Return title and text for those who have an announcement that was replaced."""
    return f"已更新:{outage.kind.label}通告", "预计恢复时间有变动,请看最新的通告。"


def ended(outage: Outage) -> tuple[str, str]:
    """Return title and text of an outage that is over, for those who were told of it."""
    what = outage.kind.label
    return f"已恢复:{what}", f"{what}已经结束,恢复正常。如果您那里还没有恢复,请报修。"


async def cancelled(deps: Dependencies, outage: Outage) -> tuple[str, str]:
    """Return title and text of an outage that does not come, for those who were told of it."""
    address = spoken(outage, await places.addresses(deps, outage.places))
    begins, what = moment(outage.begins_at), outage.kind.label
    text = f"{address}原定{begins}起的{what}已取消:{outage.cancelled_because}"
    return f"已取消:计划{what}", text
