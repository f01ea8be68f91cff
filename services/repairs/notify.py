"""Messages about a repair: to who reported it or joined, and to who works on it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from services.cases.kinds import News, Side
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places
from services.repairs.categories import actions as categories
from services.repairs.classes import Danger
from services.repairs.models import Repair
from services.repairs.states import RepairAction
from services.working_time.models import Pace

REPAIR_PROGRESS: Final = Template(
    key="repair_progress",
    title="报修有进展",
    body="{address}的报修{number}:{progress}。",
    page="pages/repairs/detail",
    data={"thing1": "address", "character_string2": "number", "thing3": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "维修有进展时告诉您"),),
)
REPAIR_QUESTION: Final = Template(
    key="repair_question",
    title="修好了吗",
    body="{address}的报修{number}已完成,请看看修好了没有。没修好请告诉我们。",
    page="pages/repairs/detail",
    data={"thing1": "address", "character_string2": "number"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_REPORTING, "修完后请您确认"),),
)
REPAIR_WORK: Final = Template(
    key="repair_work",
    title="报修待处理",
    body="{address}的报修{number}:{work}。",
    page="pages/work/repair",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有报修要处理时提醒您"),),
)
# What happened to a repair at work, and asks nothing of who reads it.
REPAIR_NEWS: Final = Template(
    key="repair_news",
    title="报修有进展",
    body="{address}的报修{number}:{work}。",
    page="pages/work/repair",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_WORKING, "手上的报修有变化时告诉您"),),
)
REPAIR_DANGER: Final = Template(
    key="repair_danger",
    title="危险报修",
    body="{address}的报修{number}:{work},请马上处理。",
    page="pages/work/repair",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.EMERGENCY,
    asks=(Ask(Moment.AFTER_WORKING, "有危险的报修时马上告诉您"),),
)
REPAIR_LATE: Final = Template(
    key="repair_late",
    title="报修超时",
    body="{address}的报修{number}:{work},请尽快处理。",
    page="pages/work/repair",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.EMERGENCY,
    asks=(Ask(Moment.AFTER_WORKING, "报修快到期或超时时提醒您"),),
)
TEMPLATES: Final = (
    REPAIR_PROGRESS,
    REPAIR_QUESTION,
    REPAIR_WORK,
    REPAIR_NEWS,
    REPAIR_DANGER,
    REPAIR_LATE,
)

# What residents read of a step.
PROGRESS: Final[Mapping[StrEnum, str]] = {
    RepairAction.ACCEPT: "已受理,会尽快安排",
    RepairAction.REFUSE: "没有受理,点开看原因",
    RepairAction.UPHOLD: "申诉没有通过,点开看原因",
    RepairAction.OVERTURN: "申诉通过,已受理",
    RepairAction.ASSIGN: "已安排维修人员",
    RepairAction.TAKE: "维修人员已接单",
    RepairAction.PASS_BACK: "物业合同结束,由社区接手",
    RepairAction.SET_OUT: "维修人员已出发",
    RepairAction.PAUSE: "维修暂停,点开看原因",
    RepairAction.WAKE: "暂停结束,继续处理",
    RepairAction.LAPSE: "七天没有反馈,已关闭",
    RepairAction.MERGE: "已并入同一问题的报修",
    RepairAction.SPLIT: "已拆成两个报修,分别处理",
}
# What those who work read of it, when something is to be done.
WORK: Final[Mapping[StrEnum, str]] = {
    RepairAction.URGE: "住户催办",
    RepairAction.APPEAL: "不予受理被申诉,请决定",
    RepairAction.OVERTURN: "申诉成立,请派工",
    RepairAction.RECLASSIFY: "类别或紧急程度有变动",
    RepairAction.ASSIGN: "已派给别人,您不用去了",
    RepairAction.GIVE_BACK: "维修人员退单,请重新派工",
    RepairAction.PASS_BACK: "物业合同结束,请接手",
    RepairAction.RELEASE: "维修人员已离岗,请重新派工",
    RepairAction.WAKE: "暂停到期,请继续处理",
    RepairAction.RETURN: "住户反馈没有修好",
    RepairAction.REOPEN: "住户反馈又坏了,请派工",
}
# And when nothing is.
NEWS: Final[Mapping[StrEnum, str]] = {
    RepairAction.CANCEL: "报修人已取消",
    RepairAction.ADD: "住户补充了说明",
    RepairAction.CONFIRM: "住户确认修好了",
    RepairAction.MERGE: "已并入其他报修",
    RepairAction.END_OUTAGE: "已恢复,已请住户确认",
}
LATE: Final[Mapping[StrEnum, str]] = {
    News.WARNED: "快到期了",
    News.CLIMBED: "已超时",
}


class About(Struct, frozen=True):
    """What a message is about: its place and number, and the id that a tap opens."""

    place: str
    number: str
    opens: str


async def reported(
    deps: Dependencies, tx: Transaction, repair: Repair, people: Iterable[str]
) -> None:
    """Tell those who hand repairs out of a new one: what it is, and danger at once."""
    named = repair.place, repair.category
    label = (await categories.labels(deps, [named]))[named]
    is_danger = repair.danger is Danger.DANGER
    is_plain = repair.danger.pace is Pace.WORKING
    words = f"{'新报修' if is_plain else repair.danger.label}:{label}"
    template = REPAIR_DANGER if is_danger else REPAIR_WORK
    await _send(deps, tx, repair, people, template, f"{repair.id}:new", words)


async def progress(
    deps: Dependencies,
    tx: Transaction,
    repair: Repair,
    people: Iterable[str],
    key: str,
    words: str,
) -> None:
    """Tell people of other progress than a step of it."""
    await _send(deps, tx, repair, people, REPAIR_PROGRESS, key, words)


async def tell(
    deps: Dependencies,
    tx: Transaction,
    repair: Repair,
    news: StrEnum,
    people: Iterable[str],
    side: Side,
    key: str,
) -> None:
    """Tell people of a step or of other news, in the words of their side of it."""
    if news is News.ASKED:
        await _send(deps, tx, repair, people, REPAIR_QUESTION, key, "")
    elif news in LATE:
        await _send(deps, tx, repair, people, REPAIR_LATE, f"{key}:{news}", LATE[news])
    elif side is Side.REPORT:
        await _send(deps, tx, repair, people, REPAIR_PROGRESS, key, PROGRESS[news])
    elif news in NEWS:
        await _send(deps, tx, repair, people, REPAIR_NEWS, key, NEWS[news])
    else:
        new = [each for each in people if news is RepairAction.ASSIGN and each == repair.holder]
        others = [each for each in people if each not in new]
        await _send(deps, tx, repair, new, REPAIR_WORK, key, "有新任务派给您")
        await _send(deps, tx, repair, others, REPAIR_WORK, key, WORK[news])


async def _send(
    deps: Dependencies,
    tx: Transaction,
    repair: Repair,
    people: Iterable[str],
    template: Template,
    key: str,
    words: str,
) -> None:
    about = About(repair.place, repair.number, repair.id)
    await send(deps, tx, people, template, about=about, key=key, words=words)


async def send(
    deps: Dependencies,
    tx: Transaction,
    people: Iterable[str],
    template: Template,
    *,
    about: About,
    key: str,
    words: str,
) -> None:
    """Send people a message of an address, a number, and some words by whatever name it has."""
    addresses = await places.addresses(deps, [about.place])
    address = addresses.get(about.place, about.place)
    values = {**dict.fromkeys(template.names, words), "address": address}
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=template,
            key=key,
            values={**values, "number": about.number},
            page=f"{template.page}?id={about.opens}",
        )
