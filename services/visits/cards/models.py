"""Household cards (户卡): what is kept, sent and seen of their entries."""

from datetime import datetime
from typing import Annotated, Final, Self

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import TEXT, Id
from services.kernel.vault import Sealed
from services.photos.models import PhotoUrl
from services.residencies.models import Relation
from services.reveals.models import Reason
from services.visits.cards.states import CardState

SAID: Final = Sealed("household_cards", "text")
MOST_ENTRIES: Final = 30  # of one home
MOST_PHOTOS: Final = 3
# When an entry goes unless somebody says that it still holds (PIPL art. 19: the shortest time
# that the purpose needs). No law names the days; what changes faster is asked sooner.
ORDINARY_DAYS: Final = 365
SENSITIVE_DAYS: Final = 180
# So long before that it is asked again.
ASKED_DAYS: Final = 30
CardText = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=TEXT, examples=["敲门要大声一点"])
]


class Sensitivity(Labelled):
    ORDINARY = "ordinary", "一般信息"
    SENSITIVE = "sensitive", "敏感信息"  # PIPL art. 28: own consent, shown by a reveal only


class Says(Labelled):
    """Whether an entry of a kind says something without a text."""

    ENOUGH = "enough", "可以不填内容"
    NOTHING = "nothing", "需要填写内容"


class CardKind(Labelled):
    """Kind of an entry: what a head needs to know who knocks at a door.

    `sensitivity`: sensitive by PIPL art. 28 is health, what hardship tells of money, and
    whatever is said of a child under fourteen. `alone`: what it says without a text.
    """

    sensitivity: Sensitivity
    alone: Says

    def __new__(
        cls,
        value: str,
        label: str = "",
        sensitivity: Sensitivity = Sensitivity.ORDINARY,
        alone: Says = Says.ENOUGH,
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.sensitivity = sensitivity
        member.alone = alone
        return member

    LIVES_ALONE = "lives_alone", "独居"
    HARD_OF_HEARING = "hard_of_hearing", "听力不便"
    NEEDS_STAIRS_HELP = "needs_stairs_help", "行动不便"
    HAS_DOG = "has_dog", "养犬"
    KEY_WITH_NEIGHBOUR = (
        "key_with_neighbour",
        "钥匙在邻居处",
        Sensitivity.ORDINARY,
        Says.NOTHING,
    )
    LANGUAGE = "language", "方言或语言", Sensitivity.ORDINARY, Says.NOTHING
    BEST_TIME = "best_time", "方便上门的时间", Sensitivity.ORDINARY, Says.NOTHING
    EMERGENCY_CONTACT = "emergency_contact", "紧急联系人", Sensitivity.ORDINARY, Says.NOTHING
    HAS_SMALL_CHILD = "has_small_child", "有幼儿", Sensitivity.SENSITIVE
    HEALTH = "health", "健康状况", Sensitivity.SENSITIVE, Says.NOTHING
    HARDSHIP = "hardship", "生活困难", Sensitivity.SENSITIVE, Says.NOTHING

    @property
    def is_sensitive(self) -> bool:
        return self.sensitivity is Sensitivity.SENSITIVE

    @property
    def needs_text(self) -> bool:
        return self.alone is Says.NOTHING

    @property
    def days(self) -> int:
        """How many days an entry stays unless it is renewed."""
        return SENSITIVE_DAYS if self.is_sensitive else ORDINARY_DAYS


class ConsentWay(Labelled):
    """Way in which somebody agreed that it is kept."""

    IN_APP = "in_app", "本人在小程序里同意"
    AT_DOOR = "at_door", "当面同意"  # said to who noted it
    ON_PAPER = "on_paper", "书面签字"  # with a photo of it


class CardEntry(Struct, kw_only=True):
    """Entry of a household card.

    `residency`: relation to the home of whom it is about; "" for the home. `residencies`: of
    whom it is about: once none of these holds any more, it is over. `people`: who of them is
    bound, and so sees it. `kind`: None once it is over. `keeper`: who is to ask again, see
    offices/keepers.py. `noted_by`, `role`: who wrote it down for them. `due_at`: when it goes.
    `asked_at`: when the person was asked in the app whether it still holds. `forget_at`: when
    also goes that there was one.
    """

    id: str = field(name="_id")
    home: str
    residency: str = ""
    residencies: list[str]
    people: list[str]
    kind: CardKind | None
    sensitive: bool
    text_sealed: str = ""
    keeper: str
    consent: ConsentWay
    consent_at: datetime
    noted_by: str = ""
    role: Role | None = None
    photos: list[str] = []
    state: CardState = CardState.ACTIVE
    created_at: datetime
    due_at: datetime
    asked_at: datetime | None = None
    ended_at: datetime | None = None
    forget_at: datetime | None = None


# What clients send


class HeadsConsent(Struct, forbid_unknown_fields=True, kw_only=True):
    """How somebody agreed, as a head notes it.

    `consent`: At the door, or on paper; what is sensitive on paper only.
    `photo_ids`: Photos of the signed paper (purpose `visit`); for `on_paper`, and for nothing
    else.
    """

    consent: ConsentWay
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []


class NewCardEntry(HeadsConsent, forbid_unknown_fields=True, kw_only=True):
    """Entry that a head notes after asking.

    `kind`: What it is.
    `text`: What helps to know about it; some kinds say nothing without.
    `residency_id`: Of whom it is, as the card names them; null for the home as a whole.
    """

    kind: CardKind
    text: CardText | None = None
    residency_id: Id | None = None


class RemovalReason(Labelled):
    ASKED = "asked", "住户要求删除"
    WRONG = "wrong", "登记有误"


class RemoveCardEntry(Struct, forbid_unknown_fields=True, kw_only=True):
    """Removal of an entry by a head.

    `reason`: Why it is removed.
    """

    reason: RemovalReason


class OwnCardEntry(Struct, forbid_unknown_fields=True, kw_only=True):
    """Entry of one's own.

    `home`: Path of the home.
    `kind`: What it is.
    `text`: What helps to know about it; some kinds say nothing without.
    `is_of_home`: Whether it is of the home as a whole, which all who live there see.
    """

    home: PlacePath
    kind: CardKind
    text: CardText | None = None
    is_of_home: bool = False


class CorrectCardEntry(Struct, forbid_unknown_fields=True, kw_only=True):
    """Other words for an entry of one's own.

    `text`: What helps to know about it; null for nothing.
    """

    text: CardText | None


class RevealCardEntry(Struct, forbid_unknown_fields=True, kw_only=True):
    """Request for the text of an entry, and its purpose.

    `reason`: What it is needed for; kept in the audit.
    """

    reason: Reason


class CardsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which entries to list.

    `place`: Path of a place: there and below; all of my places without it.
    `kind`: Entries of this kind.
    `sensitivity`: Ordinary or sensitive ones; the latter for those who may reveal them.
    """

    place: PlacePath | None = None
    kind: CardKind | None = None
    sensitivity: Sensitivity | None = None


# What clients see


class CardLine(Struct, kw_only=True):
    """Entry of a household card in a list: that there is one, without what it says.

    `entry_id`: Opaque id of the entry.
    `home`: Path of the home.
    `address`: Address of the home.
    `kind`: What it is.
    `sensitivity`: Whether it is sensitive by law.
    `ends_on`: Last day on which it is kept unless it is renewed.
    """

    entry_id: str
    home: PlacePath
    address: str
    kind: CardKind
    sensitivity: Sensitivity
    ends_on: Day


class CardEntryView(Struct, kw_only=True):
    """Entry of a household card, as heads see it.

    `entry_id`: Opaque id of the entry.
    `residency_id`: Of whom it is; null for the home as a whole.
    `kind`: What it is.
    `sensitivity`: Whether it is sensitive by law.
    `text`: What it says; null where it is shown by a reveal only.
    `consent`: How it was agreed to.
    `consent_at`: When it was agreed to last.
    `noted_by`: Office of who noted it; null where the person did.
    `ends_on`: Last day on which it is kept unless it is renewed.
    """

    entry_id: str
    residency_id: str | None
    kind: CardKind
    sensitivity: Sensitivity
    text: Annotated[str, Meta(examples=["敲门要大声一点"])] | None
    consent: ConsentWay
    consent_at: datetime
    noted_by: Role | None
    ends_on: Day


class CardPerson(Struct, kw_only=True):
    """Somebody who lives in a home, as heads see them.

    `residency_id`: Id of the relation to the home.
    `name_masked`: Name with all but the first character masked.
    `relation`: What the home is to them.
    """

    residency_id: str
    name_masked: str
    relation: Relation


class HouseholdCard(Struct, kw_only=True):
    """Household card of a home.

    `home`: Path of the home.
    `address`: Address of the home.
    `people`: Who lives there today.
    `entries`: What is to know of them, the oldest first.
    """

    home: PlacePath
    address: str
    people: list[CardPerson]
    entries: list[CardEntryView]


class RevealedCardEntry(Struct, kw_only=True):
    """What an entry says, shown for a reason.

    `entry_id`: Opaque id of the entry.
    `text`: What it says; empty for nothing.
    `photos`: Addresses of the photos of the signed paper.
    """

    entry_id: str
    text: Annotated[str, Meta(examples=["糖尿病,每天下午打针"])]
    photos: list[PhotoUrl]


class MyCardEntry(Struct, kw_only=True):
    """Entry of a household card, as the person sees it.

    `entry_id`: Opaque id of the entry.
    `home`: Path of the home.
    `address`: Address of the home.
    `is_of_home`: Whether it is of the home as a whole.
    `kind`: What it is.
    `sensitivity`: Whether it is sensitive by law.
    `text`: What it says; empty for nothing.
    `consent`: How it was agreed to.
    `consent_at`: When it was agreed to last.
    `noted_by`: Office of who noted it; null where the person did.
    `photos`: Addresses of the photos of the signed paper.
    `ends_on`: Last day on which it is kept unless it is renewed.
    """

    entry_id: str
    home: PlacePath
    address: str
    is_of_home: bool
    kind: CardKind
    sensitivity: Sensitivity
    text: Annotated[str, Meta(examples=["敲门要大声一点"])]
    consent: ConsentWay
    consent_at: datetime
    noted_by: Role | None
    photos: list[PhotoUrl]
    ends_on: Day


class EndedCardEntry(Struct, kw_only=True):
    """That there was an entry, and why it is no more.

    `home`: Path of the home.
    `address`: Address of the home.
    `state`: Why it is no more.
    `ended_at`: Since when.
    """

    home: PlacePath
    address: str
    state: CardState
    ended_at: datetime


class MyHouseholdCard(Struct, kw_only=True):
    """What heads are to know of me and my homes.

    `entries`: What is kept, the oldest first.
    `ended`: What was kept in the last year and is no more.
    """

    entries: list[MyCardEntry]
    ended: list[EndedCardEntry]
