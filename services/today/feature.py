"""Registration of the list of what heads have to do."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns
from services.today import place_counts, privacy
from services.today.models import PlaceCounts, TodayCountsQuery


def _by_kind(row: PlaceCounts) -> str | None:
    if row.kinds is None:
        return None
    return ";".join(f"{each.label} {each.count}" for each in row.kinds)


TODAY_COUNTS: Final = List(
    name="today_counts",
    title="三长待办数",
    needs=Permission.OVERSEE_HEADS,
    query=TodayCountsQuery,
    read=place_counts.listing,
    subject="",
    place_of=around(Permission.OVERSEE_HEADS),
    columns=(
        *columns(PlaceCounts, address="地点", total="待办数"),
        Column("kinds", "各类待办", _by_kind),
    ),
)

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="暂缓的待办",
    lists=(TODAY_COUNTS,),
)
