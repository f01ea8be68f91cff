"""Messages about questions below notices: to those who asked."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.messaging.broadcasts.models import Quiet, Urgency, Wish
from services.notices.models import Notice
from services.notices.notify import NOTICE, title_of
from services.notices.questions.models import NoticeQuestion

NOTICE_QUESTION_ANSWERED: Final = Template(
    key="notice_question_answered",
    title="您的提问有了答复",
    body="您在“{title}”下面的提问有了答复,请点开看看。",
    page="pages/notices/notice",
    data={"thing1": "title"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "您的提问有答复时告诉您"),),
)
NOTICE_QUESTION_REFUSED: Final = Template(
    key="notice_question_refused",
    title="您的提问没有通过审核",
    body="您在“{title}”下面的提问没有通过内容审核,别人看不到。请换个说法再问,或直接联系社区。",
    page="pages/notices/notice",
    data={"thing1": "title"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "您的提问没有通过审核时告诉您"),),
)
TEMPLATES: Final = (NOTICE_QUESTION_ANSWERED, NOTICE_QUESTION_REFUSED)
SOURCE: Final = NOTICE_QUESTION_ANSWERED.key  # of broadcasts: Feature.broadcasts


def answered(notice: Notice, group: str, quiet: Quiet) -> Wish:
    """Return the broadcast to all who asked the same: what was answered is one tap away."""
    template, values = NOTICE_QUESTION_ANSWERED, {"title": title_of(notice.title, NOTICE)}
    return Wish(
        source=SOURCE,
        key=group,
        template=template.key,
        title=template.title,
        body=template.body.format_map(values),
        page=_page(template, notice.id),
        values=values,
        urgency=Urgency.ANSWER,
        quiet=quiet,
    )


async def notify_refused(
    deps: Dependencies, tx: Transaction, question: NoticeQuestion, title: str
) -> None:
    """Notify who asked that nobody else sees it."""
    await messaging.notify(
        deps,
        tx,
        person_id=question.author,
        template=NOTICE_QUESTION_REFUSED,
        key=question.id,
        values={"title": title_of(title, NOTICE)},
        page=_page(NOTICE_QUESTION_REFUSED, question.notice),
    )


def _page(template: Template, notice_id: str) -> str:
    return f"{template.page}?id={notice_id}"
