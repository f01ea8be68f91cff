"""Demands (催缴): what is kept and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.bills.arrears.models import FormerOwners, OldestDue, OwedBill
from services.demands.states import DemandState
from services.fees.models import HomeFee
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.messaging.models import Delivery

MOST_PHOTOS: Final = 3
BillTitle = Annotated[str, Meta(examples=["2026年3月物业费"])]


class DemandWay(Labelled):
    """Way by which a home is asked for what it owes."""

    MESSAGE = "message", "微信消息"
    LETTER = "letter", "催缴通知书"
    VISIT = "visit", "上门"
    PROMISE = "promise", "承诺缴费"  # the debtor agrees to pay (民法典 art. 195, 2)


class LetterHandedTo(Labelled):
    """Who got a letter, or where it was left; by relation and never by name."""

    DEBTOR = "debtor", "本人"
    FAMILY = "family", "同住家人"
    OTHER = "other", "代收人"
    LETTERBOX = "letterbox", "信箱"
    POST = "post", "邮寄"


class DemandLine(Struct, frozen=True, kw_only=True):
    """One bill that a demand asks for, as it was owed then.

    `bill_id`: Opaque id of the bill.
    `kind`: Fee that is owed.
    `title`: What the bill is called, in Chinese.
    `due_on`: Last day on which it could be paid in time.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who is owed the money.
    `owed_fen`: What was left to pay, in fen.
    """

    bill_id: str
    kind: HomeFee
    title: BillTitle
    due_on: Day
    account: str
    payee_name: str
    owed_fen: Fen


class ToldOf(Struct, frozen=True, kw_only=True):
    """What became of the message to one person: its text as it was sent.

    `delivery`: by WeChat; `read_at`: when it was opened in the mini-program.
    """

    person: str
    text: str
    delivery: Delivery
    read_at: datetime | None


class Demand(Struct, kw_only=True):
    """Demand to one household of a home, with its proof. What it says is never changed.

    `household`: "" of who owns the home, else the last day of owners who left. `debtors`:
    residencies of who owes, and `people`: those of them with an account. `slots`: days of the
    household in which no other message goes out, unique per home; else the id alone. `by`: who
    asked; "" by a rule. `round_id`: of a message or letter; `subject`: the letter, visit or
    promise. `told`: what became of a message. `handed_to`, `photos`: the proof of a letter.
    `arrived_on`: the day from which the limitation period runs anew.
    """

    id: str = field(name="_id")
    home: str
    household: str
    way: DemandWay
    debtors: list[str]
    people: list[str]
    lines: list[DemandLine]
    amount_fen: Fen
    since: Day
    text: str
    slots: list[str]
    by: str
    role: Role | None = None
    round_id: str = ""
    subject: str = ""
    state: DemandState
    at: datetime
    told: list[ToldOf] = []
    handed_to: LetterHandedTo | None = None
    photos: list[str] = []
    promised_for: Day | None = None
    arrived_on: Day | None = None


class Debt(Struct, frozen=True, kw_only=True):
    """What one household of a home owes, and who they are: what a demand is made of.

    `debtors`, `people`: as in Demand.
    """

    home: str
    household: str
    debtors: list[str]
    people: list[str]
    bills: list[OwedBill]

    @property
    def amount_fen(self) -> int:
        return sum(bill.owed_fen for bill in self.bills)

    @property
    def since(self) -> Day:
        return min(bill.due_on for bill in self.bills)

    @property
    def lines(self) -> list[DemandLine]:
        return [
            DemandLine(
                bill_id=bill.id,
                kind=bill.kind,
                title=bill.title,
                due_on=bill.due_on,
                account=bill.account,
                payee_name=bill.payee_name,
                owed_fen=bill.owed_fen,
            )
            for bill in self.bills
        ]


class DemandSort(Labelled):
    HOME = "home", "按房屋"


class DemandsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which demands to list.

    `way`: Way by which they were made; all without it.
    `state`: What became of them; anything without it.
    `sort`: Order of the list.
    """

    way: DemandWay | None = None
    state: DemandState | None = None
    sort: DemandSort = DemandSort.HOME


class DemandView(Struct, kw_only=True):
    """Demand to a home for what it owes, with its proof.

    `demand_id`: Opaque id of the demand.
    `place`: Path of the home.
    `address`: Address of the home, as people say it.
    `owners_until`: Last day on which the debtors owned it; null while they do.
    `debtors`: Masked names of who was asked.
    `way`: Way by which they were asked.
    `state`: What became of it.
    `at`: When it was made.
    `role`: Office of who asked; null for a rule.
    `lines`: Bills that it asked for, as they were owed then.
    `amount_fen`: Sum of what was owed, in fen.
    `since`: Due day of the oldest bill.
    `text`: What it said.
    `deliveries`: What became of each message.
    `read`: Whether somebody opened a message.
    `handed_to`: Who took a letter, or where it was left; null for other ways.
    `photo_ids`: Photos that prove it.
    `promised_for`: Day by which they promised to pay; null for none.
    `arrived_on`: Day on which it arrived; null while that is not known, or it did not.
    """

    demand_id: str
    place: PlacePath
    address: str
    owners_until: FormerOwners
    debtors: list[Annotated[str, Meta(examples=["李*"])]]
    way: DemandWay
    state: DemandState
    at: datetime
    role: Role | None
    lines: list[DemandLine]
    amount_fen: Fen
    since: OldestDue
    text: Annotated[str, Meta(examples=["3栋2单元502室的物业费共51.18元尚未缴纳。"])]
    deliveries: list[Delivery]
    read: bool
    handed_to: LetterHandedTo | None
    photo_ids: list[str]
    promised_for: Annotated[Day | None, Meta(examples=["2026-04-20"])]
    arrived_on: Day | None


class LimitationView(Struct, kw_only=True):
    """Limitation period of one debt, computed of what is kept; a court decides.

    `bill_id`: Opaque id of the bill.
    `title`: What the bill is called, in Chinese.
    `payee_name`: Who is owed the money.
    `owners_until`: Last day on which the debtors owned the home; null while they do.
    `owed_fen`: What is left to pay, in fen.
    `due_on`: Last day on which it could be paid in time.
    `demanded_on`: Day of the last demand for it that arrived; null for none.
    `demand_id`: That demand; null for none.
    `ends_on`: Last day of the period: three years after the later of the two.
    `is_over`: Whether that day has passed.
    """

    bill_id: str
    title: BillTitle
    payee_name: str
    owners_until: FormerOwners
    owed_fen: Fen
    due_on: Day
    demanded_on: Day | None
    demand_id: str | None
    ends_on: Day
    is_over: bool


class Limitations(Struct, kw_only=True):
    """Limitation periods of what a home owes, the first to end in front.

    `items`: One for each debt.
    `source`: Law that they are computed by, and what was left out.
    """

    items: list[LimitationView]
    source: Annotated[str, Meta(examples=["《民法典》第188条、第195条"])]
