"""Drafts of entries of household cards: about whom, and how they agreed."""

from datetime import timedelta

from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.documents import Document
from services.residencies.models import Residency
from services.visits.cards import access
from services.visits.cards.models import (
    SAID,
    CardEntry,
    CardKind,
    ConsentWay,
    HeadsConsent,
)
from services.visits.offices.households import Household


class CardNeedsText(errors.InvalidInput):
    """Entries of the kind say nothing without a text."""

    code = "card_needs_text"


class CardNeedsPerson(errors.InvalidInput):
    """What is sensitive is about one person, who agrees to it."""

    code = "card_needs_person"


class CardNeedsConsent(errors.InvalidInput):
    """What is sensitive needs a signed paper, or the person's own entry in the app.

    A paper has a photo, and nothing else has; nobody agrees in the app for others.
    """

    code = "card_needs_consent"


class CardNobodyKnown(errors.Conflict):
    """The register has nobody who lives there: nobody whose consent it could be."""

    code = "card_nobody_known"


class About(Struct, frozen=True):
    """Whom an entry is about: one of a household by their relation, or "" for the home."""

    household: Household
    residency: str

    @property
    def row(self) -> Residency | None:
        return self.household.row(self.residency)

    @property
    def residencies(self) -> list[str]:
        return [self.residency] if self.residency else self.household.ids

    @property
    def people(self) -> list[str]:
        return self.household.people_of(self.residencies)


def draft(
    deps: Dependencies, home: str, about: About, *, kind: CardKind, text: str | None
) -> CardEntry:
    """Return a new entry to which nobody agreed yet.

    Raises CardNeedsText, CardNeedsPerson, CardNobodyKnown, NotFound for whom lives elsewhere.
    """
    _check(about, kind, text)
    now, entry_id = deps.now(), deps.new_id()
    return CardEntry(
        id=entry_id,
        home=home,
        residency=about.residency,
        residencies=about.residencies,
        people=about.people,
        kind=kind,
        sensitive=kind.is_sensitive,
        text_sealed=SAID.seal(deps.vault, entry_id, text) if text else "",
        keeper="",
        consent=ConsentWay.IN_APP,
        consent_at=now,
        created_at=now,
        due_at=now + timedelta(days=kind.days),
    )


def _check(about: About, kind: CardKind, text: str | None) -> None:
    if kind.needs_text and not text:
        raise CardNeedsText("请填写内容")
    if kind.is_sensitive and not about.residency:
        raise CardNeedsPerson("敏感信息请选择是哪位住户的")
    if not about.household.rows:
        raise CardNobodyKnown("这户还没有登记住户,请先联系社区登记")
    if about.residency and about.row is None:
        raise errors.NotFound("没有找到这位住户")


def agree(deps: Dependencies, entry: CardEntry, wish: HeadsConsent) -> Document:
    """Write into an entry how somebody agreed, as a head says, and return what was written.

    Raises CardNeedsConsent.
    """
    on_paper = wish.consent is ConsentWay.ON_PAPER
    if wish.consent is ConsentWay.IN_APP or on_paper is not bool(wish.photo_ids):
        raise CardNeedsConsent("请选择当面同意,或书面签字并拍照")
    if entry.sensitive and not on_paper:
        raise CardNeedsConsent("敏感信息需要本人在小程序里填写,或书面签字并拍照")
    now = deps.now()
    changes: Document = {
        "consent": wish.consent,
        "consent_at": now,
        "photos": list(dict.fromkeys(wish.photo_ids)),
        "due_at": now + timedelta(days=kind_of(entry).days),
        "asked_at": None,
    }
    for name, value in changes.items():
        setattr(entry, name, value)
    return changes


def kind_of(entry: CardEntry) -> CardKind:
    """Return the kind of an entry that is not over."""
    if entry.kind is None:
        raise errors.NotFound(access.MISSING)
    return entry.kind
