"""Figures of a head's work: asked of all that packages registered, shown by their labels."""

from collections.abc import Mapping
from typing import Final

from services.appointments.models import Appointment
from services.dependencies import Dependencies
from services.kernel.days import Day, Month, end_of, last_day, start_of
from services.kernel.permissions import Role
from services.kernel.work import Worked
from services.places import grids
from services.work_records.models import WorkFigureView

Figures = Mapping[str, int | None]
NOTHING: Final[Figures] = {}


def days_of(month: Month) -> tuple[Day, Day]:
    """Return the first and the last day of a month."""
    return f"{month}-01", last_day(month)


def held(office: Appointment, month: Month) -> tuple[Day, Day]:
    """Return the first and the last day of a month on which an office was held."""
    first, last = days_of(month)
    return max(first, office.from_day), min(last, office.to_day or last)


async def of_office(deps: Dependencies, office: Appointment, month: Month) -> Figures:
    """Count what a head did in an office in a month. Nothing of a grid without a building."""
    paths = [office.place]
    if office.role is Role.GRID_HEAD:
        paths = (await grids.buildings_of(deps, [office.place])).get(office.place, [])
    if not paths or office.person is None:
        return NOTHING
    first, last = held(office, month)
    worked = Worked(
        person=office.person,
        role=office.role,
        place=office.place,
        paths=tuple(paths),
        month=month,
        first=start_of(first),
        last=end_of(last),
    )
    found: dict[str, int | None] = {}
    for measure in deps.features.work:
        found |= await measure.count(deps, worked)
    return found


def shown(deps: Dependencies, figures: Figures) -> list[WorkFigureView]:
    """Return figures as people read them, in the order in which they are registered.

    One that is registered no more is not shown; one that is newer than the record is null.
    """
    return [
        WorkFigureView(name=name, label=known.label, unit=known.unit, value=figures.get(name))
        for name, known in deps.features.work_figures.items()
    ]
