"""Messages about notices: to whom they are for, and to those who write and review them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from services.audiences import actions as audiences
from services.audiences import readers
from services.audiences.models import Audience
from services.dependencies import Dependencies, Transaction
from services.kernel.paths import covers
from services.kernel.permissions import Role
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.messaging.broadcasts.models import Quiet, Urgency, Wish, broadcast_id
from services.notices import senders
from services.notices.contents.beginnings import beginning
from services.notices.models import Notice, NoticeKind
from services.notices.rules.models import NoticeRules
from services.notices.states import NoticeState, edition
from services.wechat.template_values import plain

# Sources of broadcasts (Feature.broadcasts): a notice, and an edition of it that is told again.
SOURCE: Final = "notices"
AGAIN: Final = "notices_again"
SENDER_PAGE: Final = "pages/notices/sent"
NOTICE: Final = Template(
    key="notice",
    title="社区通知",
    body="{signed_by}:{title}",
    page="pages/notices/notice",
    data={"thing1": "title", "thing2": "signed_by", "time3": "published_at"},
    purpose=Purpose.INFORMATION,
    asks=(
        Ask(Moment.AFTER_READING, "有新通知时告诉您"),
        Ask(Moment.AFTER_BINDING, "有新通知时告诉您"),
    ),
)
NOTICE_EMERGENCY: Final = Template(
    key="notice_emergency",
    title="紧急通知",
    body="{signed_by}:{title}",
    page="pages/notices/notice",
    data={"thing1": "title", "thing2": "signed_by", "time3": "published_at"},
    purpose=Purpose.EMERGENCY,
    asks=(
        Ask(Moment.AFTER_READING, "停水停电等急事时告诉您"),
        Ask(Moment.AFTER_BINDING, "停水停电等急事时告诉您"),
    ),
)
NOTICE_TO_REVIEW: Final = Template(
    key="notice_to_review",
    title="有通知请您审核",
    body="“{title}”等待审核,请看看能不能发布。",
    page=SENDER_PAGE,
    data={"thing1": "title"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有通知要审核时提醒您"),),
)
NOTICE_REVIEWED: Final = Template(
    key="notice_reviewed",
    title="您的通知有了审核结果",
    body="“{title}”:{outcome}",
    page=SENDER_PAGE,
    data={"thing1": "title", "thing2": "outcome"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "通知审核有结果时告诉您"),),
)
NOTICE_HELD_BACK: Final = Template(
    key="notice_held_back",
    title="定时通知没有发布",
    body="“{title}”没有发布:{reason}。通知已退回草稿。",
    page=SENDER_PAGE,
    data={"thing1": "title", "thing2": "reason"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "定时通知没有发布时告诉您"),),
)
TEMPLATES: Final = (
    NOTICE,
    NOTICE_EMERGENCY,
    NOTICE_TO_REVIEW,
    NOTICE_REVIEWED,
    NOTICE_HELD_BACK,
)
# Rules for the push in quiet hours, or soon after another: what can be read any day is dropped.
URGENCY: Final[dict[NoticeKind, Urgency]] = {
    NoticeKind.EMERGENCY: Urgency.EMERGENCY,
    NoticeKind.ASKS_ANSWER: Urgency.WAITS,
    NoticeKind.INFORMATION: Urgency.WAITS,
    NoticeKind.POLICY: Urgency.DROPPED,
}
MOST_REVIEWERS: Final = 100
PUSH_WITHIN: Final = timedelta(days=2)


def template_of(kind: NoticeKind) -> Template:
    return NOTICE_EMERGENCY if kind is NoticeKind.EMERGENCY else NOTICE


def broadcast_of(notice: Notice) -> str:
    return broadcast_id(SOURCE, notice.id)


def again_key(notice: Notice, edition: int) -> str:
    return f"{notice.id}:{edition}"


def again_of(notice: Notice) -> list[str]:
    """Return the broadcasts by which editions of a notice were told again."""
    return [broadcast_id(AGAIN, again_key(notice, each)) for each in notice.told_again]


def title_of(title: str, template: Template) -> str:
    """Return the title of a notice as WeChat shows it: without pictures.

    Of one that has nothing else the kind of message stands there: WeChat takes no empty value.
    """
    return plain(title) or template.title


def quiet_of(rules: NoticeRules) -> Quiet:
    return Quiet(rules.quiet_from, rules.quiet_to)


def wish(notice: Notice, quiet: Quiet = Quiet()) -> Wish:  # noqa: B008  # it is frozen
    """Return the broadcast of a notice: one text for all, the beginning of what it says."""
    template = template_of(notice.kind)
    at = notice.published_at or notice.changed_at
    return Wish(
        source=SOURCE,
        key=notice.id,
        template=template.key,
        title=notice.title,
        body=f"{notice.signed_by}:{beginning(notice.text)}",
        page=f"{template.page}?id={notice.id}",
        values={
            "title": title_of(notice.title, template),
            "signed_by": plain(notice.signed_by) or notice.role.label,
            "published_at": at.isoformat(),
        },
        urgency=URGENCY[notice.kind],
        quiet=quiet,
        push_within=PUSH_WITHIN,
        narrow=readers.narrow(notice.audience),
    )


def again(notice: Notice, quiet: Quiet = Quiet()) -> Wish:  # noqa: B008  # it is frozen
    """Return the broadcast that tells the present edition of a notice again.

    The sender asks for it, so it waits for the morning and for a turn where the first one may
    be dropped. Who may read the notice is settled by the first.
    """
    is_over = notice.state is NoticeState.WITHDRAWN
    first, said = wish(notice, quiet), withdrawn(notice)
    title, body = said if is_over else (f"已更正:{notice.title}", first.body)
    at = (notice.withdrawn_at if is_over else notice.corrected_at) or notice.changed_at
    mark = title.removesuffix(notice.title)
    return msgspec.structs.replace(
        first,
        source=AGAIN,
        key=again_key(notice, edition(notice.version, notice.state)),
        title=title,
        body=body,
        values={
            **first.values,
            "title": mark + first.values["title"],
            "published_at": at.isoformat(),
        },
        urgency=Urgency.EMERGENCY if notice.kind is NoticeKind.EMERGENCY else Urgency.WAITS,
        narrow=False,
    )


def withdrawn(notice: Notice) -> tuple[str, str]:
    """Return title and text of a notice that was withdrawn, for those who have it already."""
    return f"已撤回:{notice.title}", f"{notice.signed_by}:{notice.withdrawn_because}"


async def reviewers_of(deps: Dependencies, notice: Notice) -> list[str]:
    """Return who of the community answers for the place, without who wrote it."""
    office = Audience(places=[notice.place], roles=[Role.COMMUNITY_STAFF])
    found = (await audiences.part(deps, office, "", MOST_REVIEWERS)).recipients
    over = [each.people for each in found if covers(each.place, notice.place)]
    return sorted({one for people in over for one in people} - senders.writers_of(notice))


async def ask_reviewers(
    deps: Dependencies, tx: Transaction, people: Sequence[str], notice: Notice, *, key: str
) -> None:
    """Notify those who may be the second pair of eyes. `key`: of this wish for a review."""
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=NOTICE_TO_REVIEW,
            key=key,
            values={"title": title_of(notice.title, NOTICE)},
        )


async def notify_of_review(
    deps: Dependencies, tx: Transaction, notice: Notice, because: str, *, writer: str = ""
) -> None:
    """Notify who wrote a notice, or a correction of it, of what came of the review."""
    outcome = f"退回修改,{because}" if because else "审核通过,可以发布"
    await messaging.notify(
        deps,
        tx,
        person_id=writer or notice.changed_by,
        template=NOTICE_REVIEWED,
        key=f"{notice.id}:{notice.revision}",
        values={"title": title_of(notice.title, NOTICE), "outcome": outcome},
    )


async def notify_held_back(
    deps: Dependencies, tx: Transaction, notice: Notice, reason: str
) -> None:
    """Notify who scheduled a notice that it did not go out."""
    await messaging.notify(
        deps,
        tx,
        person_id=notice.scheduled_by,
        template=NOTICE_HELD_BACK,
        key=f"{notice.id}:{notice.schedule}",
        values={"title": title_of(notice.title, NOTICE), "reason": reason},
    )
