"""The audit's chained rows, and jobs of the outbox: the month's done ones, and open ones."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from bench.city.layout import Home, Layout, digest, id_at
from services.audit.actions import fingerprint, lane_of, row_id
from services.audit.models import LANES, Head, Result
from services.audit.models import Row as AuditRow
from services.jobs.models import Job, JobState
from services.kernel.acts import Act
from services.kernel.documents import Document, to_document
from services.kernel.features import Lane
from services.kernel.paths import ancestors
from services.messaging.models import SEND, Message
from services.payments.models import CHECK, Payment

KEPT: Final = timedelta(days=30)  # done jobs
SIGN_INS: Final = 12  # of a person in a year: a session lasts a month
Row = tuple[str, Any]


class Trail:
    """Rows of the audit in their lanes, and jobs."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.vault = layout, layout.deps.vault
        self.heads = [Head(lane=lane) for lane in range(LANES)]

    def of_home(self, home: Home) -> Iterator[Row]:
        """Yield the sign-ins of the people of a home."""
        for person in home.people:
            for number in range(len(self.layout.periods)):
                at = self.layout.now - timedelta(days=30 * number, minutes=home.number % 1_000)
                subject = id_at(at, "session", person)
                facts = {"kind": "wechat"}
                yield "audit", self._row(person, Act.SIGNED_IN, at, "", subject, facts)

    def of_payment(self, order: Payment) -> Iterator[Row]:
        place = order.lines[0].home
        facts = {"amount_fen": order.amount_fen, "bills": order.bill_ids}
        act, at = Act.PAYMENT_ORDERED, order.created_at
        yield "audit", self._row(order.person, act, at, place, order.id, facts)
        if at > self.layout.now - KEPT:
            yield "outbox", job(CHECK, order.id, Lane.MONEY, at, payment_id=order.id)

    def of_message(self, message: Message) -> Iterator[Row]:
        if message.created_at > self.layout.now - KEPT:
            at = message.created_at
            yield "outbox", job(SEND, message.id, Lane.PEOPLE, at, message_id=message.id)

    def ends(self) -> Iterator[Row]:
        for head in self.heads:
            if head.number:
                yield "audit_heads", head

    def _row(
        self, person: str, act: Act, at: datetime, place: str, subject: str, facts: Document
    ) -> Document:
        head = self.heads[lane_of(person)]
        head.number += 1
        made = AuditRow(
            id=row_id(head.lane, head.number),
            at=at,
            position=id_at(at, "audit", head.lane, head.number),
            person=person,
            session=digest("session", person),
            act=act,
            result=Result.DONE,
            place=place,
            under=ancestors(place),
            subject=subject,
            facts=facts,
            request_id=digest("request", head.lane, head.number),
            address="10.0.0.1",
            key_id=self.vault.current,
            previous=head.mac,
        )
        made.mac = head.mac = fingerprint(self.vault, to_document(made))
        return to_document(made)


def job(kind: str, key: str, lane: Lane, at: datetime, **payload: str) -> Job:
    """Return a job that was done."""
    return Job(
        id=f"{kind}:{key}",
        kind=kind,
        payload=payload,
        state=JobState.DONE,
        open=False,
        lane=lane,
        due_at=at + timedelta(minutes=1),
        attempts=1,
        owner="worker",
        fence=1,
        created_at=at,
        done_at=at,
    )
