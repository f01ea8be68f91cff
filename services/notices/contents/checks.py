"""Checks of contents: size, HTML, times, questions."""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import UNSET

from services.dependencies import Dependencies
from services.kernel import errors
from services.notices.contents.models import (
    MOST_ATTACHMENTS,
    AnswerForm,
    Content,
    Question,
)
from services.notices.models import CorrectNotice, Notice, NoticeKind

FEWEST_OPTIONS: Final = 2
FIRST_YEAR, LAST_YEAR = 2000, 2100
# A tag, an end of one, a comment or a declaration (HTML, 13.1). "3<5" and "<通知>" are none.
HTML: Final = re.compile(r"<[A-Za-z/!?]")


class TooManyAttachments(errors.InvalidInput):
    """More than twenty pictures and papers; `most` in details."""

    code = "too_many_attachments"
    details_type = errors.Most


class HtmlRefused(errors.InvalidInput):
    """The text holds HTML: it would be read as its signs."""

    code = "notice_html"


class EndsBeforeStart(errors.InvalidInput):
    """The notice, or its question, ends before it begins."""

    code = "notice_ends_before_start"


class AnswersAfterEnd(errors.InvalidInput):
    """The question is open for longer than the notice is shown: nobody would find it."""

    code = "notice_answers_after_end"


class TimePast(errors.InvalidInput):
    """An instant that is over already, or lies too far away."""

    code = "notice_time_past"


class BadQuestion(errors.InvalidInput):
    """A question where none is asked, none where one is, or options that do not fit."""

    code = "bad_notice_question"


def corrected(found: Notice, wish: CorrectNotice, now: datetime) -> Content:
    """Return what a published notice says after a correction, checked."""
    check_html(wish.because)
    content = found.content
    said = {
        name: getattr(wish, name)
        for name in Content.__struct_fields__
        if getattr(wish, name, UNSET) is not UNSET
    }
    if isinstance(said.get("shown_until"), datetime):
        said["shown_until"] = kept_instant(said["shown_until"])
    content = msgspec.structs.replace(content, **said)
    if wish.answers_until is not UNSET:
        if content.question is None:
            raise BadQuestion("这条通知没有需要回复的问题")
        asked = msgspec.structs.replace(content.question, until=wish.answers_until)
        content = msgspec.structs.replace(content, question=kept_question(asked))
    check_content(found.kind, content, now)
    return content


def check_content(
    kind: NoticeKind, content: Content, now: datetime, *, since: datetime | None = None
) -> None:
    """Raise for what cannot be read, ends before it begins, or is over already."""
    if len(content.attachments) > MOST_ATTACHMENTS:
        raise TooManyAttachments("图片和文件最多 20 个", most=MOST_ATTACHMENTS)
    names = [each.name or "" for each in content.attachments]
    options = content.question.options if content.question else []
    check_html(content.text, content.title, *names, *options)
    if (content.question is not None) is not (kind is NoticeKind.ASKS_ANSWER):
        raise BadQuestion("只有“需要回复”的通知要写问题,而且必须写")
    if content.question is not None:
        _check_options(content.question)
        _check_end(content, content.question)
    check_times(content, max(now, since) if since else now)


def check_html(*texts: str) -> None:
    """Raise HtmlRefused where one of the texts holds a tag."""
    if any(HTML.search(text) for text in texts):
        raise HtmlRefused("只能用文字,请去掉尖括号里的网页代码")


def check_times(content: Content, start: datetime) -> None:
    """Raise EndsBeforeStart for what would end before it is shown."""
    ends = [content.shown_until, content.question.until if content.question else None]
    if any(end is not None and end <= start for end in ends):
        raise EndsBeforeStart("结束时间要晚于开始时间,也要晚于现在")


def check_instant(deps: Dependencies, at: datetime) -> datetime:
    """Return an instant to come. Raises TimePast."""
    found = kept_instant(at)
    if found is None or found < deps.now():
        raise TimePast("发布时间已经过去,请重新选择")
    return found


def _check_end(content: Content, question: Question) -> None:
    if content.shown_until is not None and question.until > content.shown_until:
        raise AnswersAfterEnd("回复截止时间不能晚于通知的显示结束时间")


def _check_options(question: Question) -> None:
    count = len(question.options)
    if question.form is not AnswerForm.CHOICE:
        if count:
            raise BadQuestion("只有选择题才有选项")
    elif count < FEWEST_OPTIONS or len({*question.options}) < count:
        raise BadQuestion("请写 2 到 10 个不同的选项")


def kept_question(question: Question | None) -> Question | None:
    if question is None:
        return None
    until = kept_instant(question.until) or question.until
    return msgspec.structs.replace(question, until=until)


def kept_instant(at: datetime | None) -> datetime | None:
    """Return an instant as MongoDB keeps it: UTC, whole milliseconds."""
    if at is None:
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise TimePast("时间不对,请重新选择")
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
