"""Messages about feedback: to who said it, and to those with whom it lies.

None names who said it, and of one without a name none a place below the building: a message
lies in an inbox and on a phone's screen.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from services.cases.kinds import News, Side
from services.dependencies import Dependencies, Transaction
from services.feedback import rungs
from services.feedback.filings.whereabouts import shown_place
from services.feedback.models import Feedback
from services.feedback.states import FeedbackAction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places

FEEDBACK_PROGRESS: Final = Template(
    key="feedback_progress",
    title="民情有进展",
    body="您反映的{number}({address}):{progress}。",
    page="pages/feedback/detail",
    data={"thing1": "address", "character_string2": "number", "thing3": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "您反映的事有进展时告诉您"),),
)
FEEDBACK_QUESTION: Final = Template(
    key="feedback_question",
    title="解决了吗",
    body="您反映的{number}({address})已办理,请看看解决了没有。没解决请告诉我们。",
    page="pages/feedback/detail",
    data={"thing1": "address", "character_string2": "number"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_REPORTING, "办完后请您确认"),),
)
FEEDBACK_WORK: Final = Template(
    key="feedback_work",
    title="民情待办理",
    body="{address}的民情{number}:{work}。",
    page="pages/work/feedback",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有民情要办理时提醒您"),),
)
FEEDBACK_NEWS: Final = Template(
    key="feedback_news",
    title="民情有变化",
    body="{address}的民情{number}:{work}。",
    page="pages/work/feedback",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_WORKING, "手上的民情有变化时告诉您"),),
)
FEEDBACK_LATE: Final = Template(
    key="feedback_late",
    title="民情超时",
    body="{address}的民情{number}:{work},请尽快办理。",
    page="pages/work/feedback",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.EMERGENCY,
    asks=(Ask(Moment.AFTER_WORKING, "民情快到期或超时时提醒您"),),
)
TEMPLATES: Final = (
    FEEDBACK_PROGRESS,
    FEEDBACK_QUESTION,
    FEEDBACK_WORK,
    FEEDBACK_NEWS,
    FEEDBACK_LATE,
)
# What who said it reads of a step; {rung} is with whom it lies then.
PROGRESS: Final[Mapping[StrEnum, str]] = {
    FeedbackAction.TAKE: "{rung}开始办理",
    FeedbackAction.THANK: "已收到,谢谢您的表扬",
    FeedbackAction.ASK: "需要您补充说明,点开看看",
    FeedbackAction.HAND_ON: "已交{rung}办理",
    FeedbackAction.HAND_BACK: "已转{rung}办理",
    FeedbackAction.TO_FIRM: "已交物业办理",
    FeedbackAction.TO_DEPARTMENT: "已交有关部门办理,社区会跟进",
    FeedbackAction.BACK: "已交回{rung}办理",
    FeedbackAction.CLIMB: "到期未办,已自动交{rung}",
    FeedbackAction.RELEASE: "原办理人离任,由{rung}接着办",
    FeedbackAction.LAPSE: "七天没有反馈,已关闭",
}
# What those read with whom it lies, when something is to be done.
WORK: Final[Mapping[StrEnum, str]] = {
    FeedbackAction.ADD: "反映人有补充,请看看",
    FeedbackAction.RESUME: "七天没有补充,请继续办理",
    FeedbackAction.HAND_ON: "下一级交来,请办理",
    FeedbackAction.HAND_BACK: "上一级退回,请办理",
    FeedbackAction.TO_FIRM: "交物业办理,请处理",
    FeedbackAction.BACK: "已交回,请继续办理",
    FeedbackAction.CLIMB: "到期未办,已交到本级,请办理",
    FeedbackAction.RELEASE: "原办理人离任,请接手",
    FeedbackAction.RETURN: "反映人说没有解决,请办理",
    FeedbackAction.REOPEN: "同一问题再次出现,请办理",
}
# What who had it before reads, of whom nothing is asked any more; {rung} as above.
EARLIER: Final[Mapping[StrEnum, str]] = {
    FeedbackAction.WITHDRAW: "反映人已撤回",
    FeedbackAction.CLIMB: "到期未办,已自动交上一级",
    FeedbackAction.CONFIRM: "反映人确认解决了",
    FeedbackAction.RETURN: "反映人说没有解决,已交{rung}",
}
LATE: Final[Mapping[StrEnum, str]] = {News.WARNED: "快到期了", News.CLIMBED: "已超时"}


async def filed(
    deps: Dependencies, tx: Transaction, case: Feedback, people: Iterable[str]
) -> None:
    """Tell those with whom a new case lies."""
    words = f"新的{case.kind.label}"
    await _send(deps, tx, case, people, FEEDBACK_WORK, f"{case.id}:new", words)


async def tell(
    deps: Dependencies,
    tx: Transaction,
    case: Feedback,
    news: StrEnum,
    people: Iterable[str],
    side: Side,
    key: str,
) -> None:
    """Tell people of a step or of other news, in the words of their side of it."""
    if news is News.ASKED:
        await _send(deps, tx, case, people, FEEDBACK_QUESTION, key, "")
    elif news in LATE:
        await _send(deps, tx, case, people, FEEDBACK_LATE, f"{key}:{news}", LATE[news])
    elif side is Side.REPORT:
        words = PROGRESS[news].format(rung=case.rung.label)
        await _send(deps, tx, case, people, FEEDBACK_PROGRESS, key, words)
    else:
        await _at_work(deps, tx, case, news, people, key)


async def _at_work(
    deps: Dependencies,
    tx: Transaction,
    case: Feedback,
    news: StrEnum,
    people: Iterable[str],
    key: str,
) -> None:
    """Tell those with whom it lies what is to do, and who had it before that it is gone."""
    now = await rungs.people_of(deps, case) if news in WORK else set()
    have = [each for each in people if each in now or news not in EARLIER]
    had = [each for each in people if each not in have]
    if have:
        await _send(deps, tx, case, have, FEEDBACK_WORK, key, WORK[news])
    if had:
        words = EARLIER[news].format(rung=case.rung.label)
        await _send(deps, tx, case, had, FEEDBACK_NEWS, key, words)


async def _send(
    deps: Dependencies,
    tx: Transaction,
    case: Feedback,
    people: Iterable[str],
    template: Template,
    key: str,
    words: str,
) -> None:
    place = shown_place(case)
    addresses = await places.addresses(deps, [place])
    told = {**dict.fromkeys(template.names, words), "address": addresses.get(place, place)}
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=template,
            key=key,
            values={**told, "number": case.number},
            page=f"{template.page}?id={case.id}",
        )
