"""What people are told: of each month's bills, of what they paid, of one notice a month."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from bench.city.layout import Compound, Home, Layout, id_at, person_id
from bench.city.money import news_of, run_id
from bench.city.register import staff_of_community
from services.audiences import doors
from services.audiences.models import Audience
from services.bills.runs import notify as bills_notify
from services.bills.views import span
from services.kernel.money import yuan
from services.kernel.permissions import Role
from services.kernel.templates import Template
from services.messaging.broadcasts.models import (
    Broadcast,
    BroadcastHome,
    Counts,
    broadcast_id,
    home_id,
)
from services.messaging.broadcasts.states import BroadcastState
from services.messaging.models import Message, message_id_of
from services.messaging.models import position as position_in_inbox
from services.messaging.templates import write
from services.notices import notify as notices_notify
from services.notices import senders
from services.notices.models import Notice, NoticeKind, position
from services.notices.readings.models import Reading, reading_id
from services.notices.states import NoticeState
from services.payments.models import Payment
from services.payments.receipts.notify import PAYMENT_RECEIVED
from services.payments.receipts.numbers import reference
from services.residencies.models import Relation

ROUND: Final = 2  # of a bill run, in which it was published
UNREAD: Final = 8  # of this many messages one was never opened
READ: Final = 3  # of this many people one does not read a notice
TEXT: Final = "3月5日8时至12时停水检修。\n- 请提前储水\n- 恢复供水后请先放水几分钟再用\n" * 6
Row = tuple[str, Any]


class Messages:
    """Rows of broadcasts, inboxes and notices."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.communities: set[str] = set()

    def of_compound(self, compound: Compound) -> Iterator[Row]:
        """Yield what all of a compound are told; of a community's notices at its first one."""
        for period in self.layout.periods:
            if compound.community not in self.communities:
                yield from self._notice(compound.community, period)
            yield "broadcasts", self._of_bills(compound, period)
            for home in compound.homes:
                yield from self._bills_told(compound, home, period)
                yield from self._notice_told(compound.community, home, period)
        self.communities.add(compound.community)

    def _of_bills(self, compound: Compound, period: str) -> Broadcast:
        people = sum(len(home.people) for home in compound.homes)
        counts = Counts(homes=len(compound.homes), people=people, sent=people // 3)
        return self._broadcast(
            bills_notify.BILL_ISSUED,
            bills_notify.BILL_ISSUED.key,
            run_key(compound, period),
            self.layout.issued_at(period),
            counts=counts,
        )

    def _broadcast(
        self, template: Template, source: str, key: str, at: datetime, **more: Any
    ) -> Broadcast:
        return Broadcast(
            id=broadcast_id(source, key),
            source=source,
            key=key,
            template=template.key,
            page=template.page,
            push_until=at + timedelta(days=2),
            state=BroadcastState.DONE,
            version=2,
            created_at=at,
            done_at=at,
            **more,
        )

    def _bills_told(self, compound: Compound, home: Home, period: str) -> Iterator[Row]:
        template, at = bills_notify.BILL_ISSUED, self.layout.issued_at(period)
        key = run_key(compound, period)
        told, news = bills_notify.Told(span(period, 1)), [news_of(home, self.layout, period)]
        values = write(template, bills_notify.words(told, news, home.address))
        for person in home.people:
            made = _message(template, key, person, values, at)
            made.broadcast, made.places = broadcast_id(template.key, key), [home.path]
            yield "messages", made
        yield "broadcast_homes", _told(broadcast_id(template.key, key), home, at)

    def _notice(self, community: str, period: str) -> Iterator[Row]:
        at, notice_id = self._notice_at(period), self.notice_id(community, period)
        audience = Audience(places=[community], relations=[Relation.OWNER, Relation.FAMILY])
        author = person_id(staff_of_community(int(community.rpartition(".x")[2])))
        title = f"{period}停水检修通知"
        made = Notice(
            id=notice_id,
            kind=NoticeKind.INFORMATION,
            state=NoticeState.PUBLISHED,
            role=Role.COMMUNITY_STAFF,
            place=community,
            places=[community],
            senders=[f"{Role.COMMUNITY_STAFF}|{community}"],
            author=author,
            changed_by=author,
            title=title,
            text=TEXT,
            signed_by="社区居委会",
            audience=audience,
            created_at=at,
            changed_at=at,
            version=1,
            readers=senders.readers_of(notice_id, audience),
            doors=doors.tokens(audience),
            position=position(at, notice_id, pinned=False),
            published_at=at,
            published_by=author,
        )
        yield "notices", made
        source, template = notices_notify.SOURCE, notices_notify.NOTICE
        texts = {"title": template.title, "body": f"社区居委会:{title}"}
        yield "broadcasts", self._broadcast(template, source, notice_id, at, **texts)

    def _notice_told(self, community: str, home: Home, period: str) -> Iterator[Row]:
        template, at = notices_notify.NOTICE, self._notice_at(period)
        notice_id = self.notice_id(community, period)
        told = broadcast_id(notices_notify.SOURCE, notice_id)
        for number, person in enumerate(home.people):
            made = _message(template, notice_id, person, {}, at)
            made.id = message_id_of(notices_notify.SOURCE, notice_id, person)
            made.position = position_in_inbox(at, made.id)
            made.title, made.body, made.broadcast = "社区通知", "", told
            made.places, made.page = [home.path], f"{template.page}?id={notice_id}"
            yield "messages", made
            if (home.number + number) % READ:
                yield "notice_readings", _reading(notice_id, person, at)
        yield "broadcast_homes", _told(told, home, at)

    def _notice_at(self, period: str) -> datetime:
        return min(
            self.layout.issued_at(period) + timedelta(days=6),
            self.layout.now - timedelta(hours=20),
        )

    def notice_id(self, community: str, period: str) -> str:
        return id_at(self._notice_at(period), "notice", community, period)


def paid(order: Payment) -> Message:
    """Return the message to whoever paid."""
    at = order.paid_at or order.created_at
    said = {
        "payee": order.payee_name,
        "amount": yuan(order.amount_fen),
        "paid_at": at.isoformat(),
        "number": reference(order.id, at),
    }
    values = write(PAYMENT_RECEIVED, said)
    made = _message(PAYMENT_RECEIVED, order.id, order.person, values, at)
    made.page = f"pages/payments/detail?id={order.id}"
    return made


def _message(
    template: Template, key: str, person: str, values: dict[str, str], at: datetime
) -> Message:
    """Return an entry of an inbox; most were opened on the next day, if it is over."""
    message_id = message_id_of(template.key, key, person)
    is_unread = sum(message_id.encode()) % UNREAD == 0
    return Message(
        id=message_id,
        person=person,
        template=template.key,
        key=key,
        values=values,
        title=template.title,
        body=template.body.format_map(values) if values else "",
        page=template.page,
        position=position_in_inbox(at, message_id),
        created_at=at,
        read_at=None if is_unread else at + timedelta(hours=19),
    )


def _told(broadcast: str, home: Home, at: datetime) -> BroadcastHome:
    is_reached = bool(home.people) and home.number % READ != 0
    return BroadcastHome(
        id=home_id(broadcast, home.path),
        broadcast=broadcast,
        home=home.path,
        people=home.people,
        shown_at=at + timedelta(hours=19) if is_reached else None,
        reached=is_reached,
    )


def _reading(notice_id: str, person: str, at: datetime) -> Reading:
    return Reading(
        id=reading_id(notice_id, person),
        notice=notice_id,
        person=person,
        version=1,
        first_at=at + timedelta(hours=19),
        read_at=at + timedelta(hours=19),
    )


def run_key(compound: Compound, period: str) -> str:
    return f"{run_id(compound.path, period)}:{ROUND}"
