"""Endpoints of household cards: what heads need to know who knock, with people's consent."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.reveals.models import Reason
from services.visits.cards import actions as cards
from services.visits.cards import own
from services.visits.cards.models import (
    CardEntryView,
    CardKind,
    CardLine,
    CardsQuery,
    ConsentWay,
    CorrectCardEntry,
    HeadsConsent,
    HouseholdCard,
    MyCardEntry,
    MyHouseholdCard,
    NewCardEntry,
    OwnCardEntry,
    RemovalReason,
    RemoveCardEntry,
    RevealCardEntry,
    RevealedCardEntry,
)

P = Permission
EntryId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the entry, as the card shows it.")
]
HOME = "cc.chaoyang.guilin.xincheng.c07.b3.u2.502"


class HouseholdCardsHandler(ApiHandler):
    @endpoint("listHouseholdCardEntries", needs=P.KEEP_CARDS, errors=("not_found",))
    async def get(self, query: CardsQuery) -> Page[CardLine]:
        """Entries of household cards at my places, by home, without what they say."""
        return await cards.listing(self.deps, self.actor, query)


class HouseholdCardHandler(ApiHandler):
    @endpoint("getHouseholdCard", needs=P.KEEP_CARDS, errors=("own_home",))
    async def get(self, home: HomePath) -> HouseholdCard:
        """The household card of a home; what is sensitive is shown by a reveal only."""
        return await cards.of_home(self.deps, self.actor, home)


class NewEntryHandler(ApiHandler):
    @endpoint(
        "createHouseholdCardEntry",
        needs=P.KEEP_CARDS,
        status=201,
        errors=(
            "own_home",
            "card_needs_text",
            "card_needs_person",
            "card_needs_consent",
            "card_nobody_known",
            "card_exists",
            "card_full",
        ),
        example=NewCardEntry(
            kind=CardKind.BEST_TIME, text="晚上七点后在家", consent=ConsentWay.AT_DOOR
        ),
    )
    async def post(self, home: HomePath, body: NewCardEntry) -> CardEntryView:
        """Note an entry after asking whom it is about; they are told."""
        return await cards.note(self.deps, self.actor, home, body)


class RenewalHandler(ApiHandler):
    @endpoint(
        "confirmHouseholdCardEntry",
        needs=P.KEEP_CARDS,
        errors=("own_home", "card_needs_consent", "card_moved_on"),
        example=HeadsConsent(consent=ConsentWay.AT_DOOR),
    )
    async def post(self, entry_id: EntryId, body: HeadsConsent) -> CardEntryView:
        """Keep an entry for another time, after asking again."""
        return await cards.renew(self.deps, self.actor, entry_id, body)


class RemovalHandler(ApiHandler):
    @endpoint(
        "endHouseholdCardEntry",
        needs=P.KEEP_CARDS,
        errors=("own_home", "card_moved_on"),
        example=RemoveCardEntry(reason=RemovalReason.ASKED),
    )
    async def post(self, entry_id: EntryId, body: RemoveCardEntry) -> None:
        """Remove an entry: somebody asked at the door, or it is wrong."""
        await cards.remove(self.deps, self.actor, entry_id, body)


class RevealHandler(ApiHandler):
    @endpoint(
        "revealHouseholdCardEntry",
        needs=P.REVEAL_CARDS,
        errors=("own_home",),
        rate=Rate.REVEAL,
        asks_again=True,
        example=RevealCardEntry(reason=Reason.CARE),
    )
    async def post(self, entry_id: EntryId, body: RevealCardEntry) -> RevealedCardEntry:
        """Show what an entry says, for a reason that the audit keeps."""
        return await cards.reveal(self.deps, self.actor, entry_id, body)


class MyCardHandler(ApiHandler):
    @endpoint("getMyHouseholdCard", needs=Access.SIGNED_IN)
    async def get(self) -> MyHouseholdCard:
        """What heads are to know of me and my homes, and what was kept before."""
        return await own.mine(self.deps, self.actor)


class MyEntriesHandler(ApiHandler):
    @endpoint(
        "addMyHouseholdCardEntry",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "not_found",
            "consent_needed",
            "card_needs_text",
            "card_needs_person",
            "card_exists",
            "card_full",
        ),
        example=OwnCardEntry(home=HOME, kind=CardKind.HARD_OF_HEARING, text="敲门要大声一点"),
    )
    async def post(self, body: OwnCardEntry) -> MyCardEntry:
        """Fill in an entry; what is sensitive asks for a consent of its own first."""
        return await own.add(self.deps, self.actor, body)


class MyCorrectionHandler(ApiHandler):
    @endpoint(
        "correctMyHouseholdCardEntry",
        needs=Access.SIGNED_IN,
        errors=("consent_needed", "card_needs_text", "card_moved_on"),
        example=CorrectCardEntry(text="请按门铃"),
    )
    async def post(self, entry_id: EntryId, body: CorrectCardEntry) -> MyCardEntry:
        """Say it in other words."""
        return await own.correct(self.deps, self.actor, entry_id, body)


class MyRenewalHandler(ApiHandler):
    @endpoint(
        "confirmMyHouseholdCardEntry",
        needs=Access.SIGNED_IN,
        errors=("consent_needed", "card_moved_on"),
    )
    async def post(self, entry_id: EntryId) -> MyCardEntry:
        """Let an entry be kept for another time."""
        return await own.renew(self.deps, self.actor, entry_id)


class MyWithdrawalHandler(ApiHandler):
    @endpoint("withdrawMyHouseholdCardEntry", needs=Access.SIGNED_IN, errors=("card_moved_on",))
    async def post(self, entry_id: EntryId) -> None:
        """Withdraw my consent to an entry: it is deleted at once."""
        await own.withdraw(self.deps, self.actor, entry_id)


ROUTES = [
    Route("/api/v1/household-cards", HouseholdCardsHandler),
    Route("/api/v1/household-cards/{home}", HouseholdCardHandler),
    Route("/api/v1/household-cards/{home}/entries", NewEntryHandler),
    Route("/api/v1/household-cards/entries/{entry_id}/renewal", RenewalHandler),
    Route("/api/v1/household-cards/entries/{entry_id}/removal", RemovalHandler),
    Route("/api/v1/household-cards/entries/{entry_id}/reveal", RevealHandler),
    Route("/api/v1/me/household-card", MyCardHandler),
    Route("/api/v1/me/household-card/entries", MyEntriesHandler),
    Route("/api/v1/me/household-card/entries/{entry_id}/correction", MyCorrectionHandler),
    Route("/api/v1/me/household-card/entries/{entry_id}/renewal", MyRenewalHandler),
    Route("/api/v1/me/household-card/entries/{entry_id}/withdrawal", MyWithdrawalHandler),
]
