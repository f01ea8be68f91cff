"""Views of household cards: for heads without what is sensitive, whole for whom it is about."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.days import day_of
from services.kernel.views import show
from services.photos import actions as photos
from services.places import actions as places
from services.residencies import sealed
from services.visits.cards.models import (
    SAID,
    CardEntry,
    CardEntryView,
    CardKind,
    CardLine,
    CardPerson,
    EndedCardEntry,
    HouseholdCard,
    MyCardEntry,
    MyHouseholdCard,
)
from services.visits.offices.households import Household


def text_of(deps: Dependencies, kept: CardEntry) -> str:
    return SAID.open(deps.vault, kept.id, kept.text_sealed) if kept.text_sealed else ""


def _kind(kept: CardEntry) -> CardKind:
    if kept.kind is None:
        raise ValueError(f"{kept.id} is over")
    return kept.kind


def _ends_on(kept: CardEntry) -> str:
    """Return the last whole or begun day on which an entry is kept."""
    return day_of(kept.due_at - timedelta(milliseconds=1))


def entry(deps: Dependencies, kept: CardEntry) -> CardEntryView:
    """Show an entry to a head: what is sensitive only by a reveal."""
    kind = _kind(kept)
    return show(
        kept,
        CardEntryView,
        entry_id=kept.id,
        residency_id=kept.residency or None,
        kind=kind,
        sensitivity=kind.sensitivity,
        text=None if kept.sensitive else text_of(deps, kept),
        noted_by=kept.role,
        ends_on=_ends_on(kept),
    )


def card(
    deps: Dependencies,
    home: str,
    address: str,
    lives_there: Household,
    found: Sequence[CardEntry],
) -> HouseholdCard:
    people = [
        CardPerson(
            residency_id=row.id,
            name_masked=masking.name(sealed.name_of(deps, row)),
            relation=row.relation,
        )
        for row in lives_there.rows
    ]
    entries = [entry(deps, each) for each in found]
    return HouseholdCard(home=home, address=address, people=people, entries=entries)


async def lines(deps: Dependencies, found: Sequence[CardEntry]) -> list[CardLine]:
    """Show that there are entries, with the addresses of the homes: one query for all."""
    homes = sorted({each.home for each in found})
    addresses = await places.addresses(deps, homes) if homes else {}
    return [
        CardLine(
            entry_id=each.id,
            home=each.home,
            address=addresses.get(each.home, each.home),
            kind=_kind(each),
            sensitivity=_kind(each).sensitivity,
            ends_on=_ends_on(each),
        )
        for each in found
    ]


async def own(
    deps: Dependencies, kept: Sequence[CardEntry], ended: Sequence[CardEntry]
) -> MyHouseholdCard:
    homes = sorted({each.home for each in (*kept, *ended)})
    addresses = await places.addresses(deps, homes) if homes else {}
    return MyHouseholdCard(
        entries=await _mine(deps, kept, addresses),
        ended=[
            EndedCardEntry(
                home=each.home,
                address=addresses[each.home],
                state=each.state,
                ended_at=each.ended_at or each.created_at,
            )
            for each in ended
        ],
    )


async def own_entry(deps: Dependencies, kept: CardEntry) -> MyCardEntry:
    addresses = await places.addresses(deps, [kept.home])
    [seen] = await _mine(deps, [kept], addresses)
    return seen


async def _mine(
    deps: Dependencies, found: Sequence[CardEntry], addresses: Mapping[str, str]
) -> list[MyCardEntry]:
    """Show entries to whom they are about, with the papers of all by one query."""
    papers = [(photo, each.id) for each in found for photo in each.photos]
    links = {link.photo_id: link for link in await photos.links_of(deps, papers)}
    return [
        show(
            each,
            MyCardEntry,
            entry_id=each.id,
            address=addresses[each.home],
            is_of_home=not each.residency,
            kind=_kind(each),
            sensitivity=_kind(each).sensitivity,
            text=text_of(deps, each),
            noted_by=each.role,
            photos=[links[photo] for photo in each.photos if photo in links],
            ends_on=_ends_on(each),
        )
        for each in found
    ]
