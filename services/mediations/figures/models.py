"""Figures of mediations: by community and quarter, never about a handful."""

from typing import Annotated

from msgspec import Meta, Struct

Quarter = Annotated[str, Meta(pattern=r"^20\d{2}Q[1-4]$(?!\n)", examples=["2026Q3"])]


class MediationFiguresQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which quarter the figures are of.

    `quarter`: A quarter that is over.
    """

    quarter: Quarter


class CommunityFigures(Struct, kw_only=True):
    """Mediations of one community in one quarter; null for a number from one to four.

    `place`: Path of the community.
    `name`: Name of the community.
    `opened`: How many were opened.
    `agreed`: How many agreements came into force.
    `kept`: How many agreements were found to be kept.
    """

    place: str
    name: str
    opened: int | None
    agreed: int | None
    kept: int | None


class MediationFigures(Struct, kw_only=True):
    """Mediations of a quarter by community; never summed up over communities.

    `quarter`: In which all of it happened.
    `smallest_group`: Numbers below it, but for none, are withheld.
    `communities`: Communities under the place in which there were any.
    """

    quarter: Quarter
    smallest_group: int
    communities: list[CommunityFigures]
