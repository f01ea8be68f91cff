"""List of entries of household cards, as heads export it: without what they say."""

from typing import Final

from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.visits.cards import actions
from services.visits.cards.models import CardLine, CardsQuery

HOUSEHOLD_CARDS: Final = List(
    name="household_cards",
    needs=Permission.KEEP_CARDS,
    title="户卡",
    query=CardsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.KEEP_CARDS),
    columns=columns(
        CardLine, address="房屋", kind="内容类别", sensitivity="信息类别", ends_on="保存到"
    ),
)
