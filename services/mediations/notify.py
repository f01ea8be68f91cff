"""Messages about a mediation: neutral words, because a screen is seen by others.

None names the matter, a party or a place; who may know reads more in the mini-program.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from services.cases.kinds import News, Side
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.mediations import interests
from services.mediations.models import Mediation
from services.mediations.states import TALKING, MediationAction
from services.messaging import actions as messaging

MEDIATION_PROGRESS: Final = Template(
    key="mediation_progress",
    title="社区事务有进展",
    body="您的一项社区事务:{progress}。",
    page="pages/mediations/detail",
    data={"thing1": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "事情有进展时告诉您"),),
)
MEDIATION_QUESTION: Final = Template(
    key="mediation_question",
    title="请您答复",
    body="有一项社区事务请您答复,点开查看。是否参加由您自己决定,不收任何费用。",
    page="pages/mediations/detail",
    data={"thing1": "question"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_REPORTING, "有事请您答复时提醒您"),),
)
# 人民调解法 art. 26: who could not agree is told of the other ways.
MEDIATION_FAILED: Final = Template(
    key="mediation_failed",
    title="社区事务已结束",
    body="您的一项社区事务{progress}。您仍可依法申请仲裁、行政处理,或向人民法院起诉。",
    page="pages/mediations/detail",
    data={"thing1": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "事情有结果时告诉您"),),
)
MEDIATION_WORK: Final = Template(
    key="mediation_work",
    title="调解工作提醒",
    body="{work},点开查看。",
    page="pages/work/mediation",
    data={"thing1": "work"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有调解工作时提醒您"),),
)
TEMPLATES: Final = (MEDIATION_PROGRESS, MEDIATION_QUESTION, MEDIATION_FAILED, MEDIATION_WORK)
QUESTION: Final = "有一项社区事务请您答复"
PROGRESS: Final[Mapping[StrEnum, str]] = {
    MediationAction.ASSIGN: "已安排负责的人",
    MediationAction.CONSENT: "有新的答复",
    MediationAction.BEGIN: "大家都已答复,开始办理",
    MediationAction.NOTE_CONSENT: "有新的答复",
    MediationAction.NOTE_BEGIN: "大家都已答复,开始办理",
    MediationAction.PLAN: "安排了见面时间",
    MediationAction.CANCEL: "见面时间已取消",
    MediationAction.PROPOSE: "有一份文件请您确认",
    MediationAction.CONFIRM: "有新的确认",
    MediationAction.NOTE_CONFIRM: "有新的确认",
    MediationAction.AGREE: "大家都已确认,现已生效",
    MediationAction.NOTE_AGREE: "大家都已确认,现已生效",
    MediationAction.REFUSE: "还没有谈成,继续商量",
    MediationAction.NOTE_REFUSE: "还没有谈成,继续商量",
    MediationAction.KEEP: "已办结",
    MediationAction.KEEP_PARTLY: "已回访",
}
# Nothing came of it: with the other ways.
FAILED: Final[Mapping[StrEnum, str]] = {
    MediationAction.DECLINE: "没有谈成",
    MediationAction.NOTE_DECLINE: "没有谈成",
    MediationAction.LEAVE: "没有谈成",
    MediationAction.NOTE_LEAVE: "没有谈成",
    MediationAction.END: "没有谈成",
    MediationAction.LAPSE: "到期没有答复,已结束",
    MediationAction.EXPIRE: "到期没有结果,已结束",
    MediationAction.CLOSE: "没有谈成",
    MediationAction.BREAK: "经回访没有办成",
}
WORK: Final[Mapping[StrEnum, str]] = {
    MediationAction.CONSENT: "一件调解有新的答复",
    MediationAction.BEGIN: "各方都同意参加,可以约时间了",
    MediationAction.CONFIRM: "一份协议有新的确认",
    MediationAction.AGREE: "一份协议已经生效",
    MediationAction.REFUSE: "一份协议有人不同意,请继续调解",
    MediationAction.VACATE: "一件调解的调解员已离任,请另外指派",
    News.WARNED: "一件调解快到回访时间了",
    News.CLIMBED: "一件调解该回访了",
}
# Before there is an agreement in force, a deadline is that of the talks themselves.
LATE: Final = frozenset(TALKING)
LATE_WORK: Final[Mapping[StrEnum, str]] = {
    News.WARNED: "一件调解快到期了,请抓紧办理",
    News.CLIMBED: "一件调解到期还没有结果,请过问",
}
OVER: Final = "您负责的一件调解已经结束"
NEW: Final = "有一件新的调解,请指派调解员"
YOURS: Final = "有一件调解请您主持"
NOT_YOURS: Final = "一件调解已改由别人主持"


async def tell(
    deps: Dependencies,
    tx: Transaction,
    mediation: Mediation,
    news: StrEnum,
    people: Iterable[str],
    side: Side,
    key: str,
) -> None:
    """Tell people of a step or of other news, in the words of their side of it."""
    if side is Side.REPORT:
        words = FAILED.get(news) or PROGRESS[news]
        template = MEDIATION_FAILED if news in FAILED else MEDIATION_PROGRESS
        await send(deps, tx, mediation, people, template, key=key, words=words)
        return
    for person in await interests.impartial(deps, mediation, people):
        words = WORK.get(news, OVER)
        if mediation.state in LATE:
            words = LATE_WORK.get(news, words)
        if news is MediationAction.ASSIGN:
            words = YOURS if person == mediation.holder else NOT_YOURS
        told_as = f"{key}:{news}"
        await send(deps, tx, mediation, [person], MEDIATION_WORK, key=told_as, words=words)


async def opened(
    deps: Dependencies, tx: Transaction, mediation: Mediation, members: Iterable[str]
) -> None:
    """Tell the community's mediation members without interest of a new mediation."""
    key = f"{mediation.id}:new"
    await send(deps, tx, mediation, members, MEDIATION_WORK, key=key, words=NEW)


async def ask(
    deps: Dependencies, tx: Transaction, mediation: Mediation, people: Iterable[str]
) -> None:
    """Ask parties whether they take part."""
    key, words = f"{mediation.id}:ask", QUESTION
    await send(deps, tx, mediation, people, MEDIATION_QUESTION, key=key, words=words)


async def send(
    deps: Dependencies,
    tx: Transaction,
    mediation: Mediation,
    people: Iterable[str],
    template: Template,
    *,
    key: str,
    words: str,
) -> None:
    """Send people a message of some words by whatever name the template has for them."""
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=template,
            key=key,
            values=dict.fromkeys(template.names, words),
            page=f"{template.page}?id={mediation.id}",
        )
