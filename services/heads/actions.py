"""The three heads (三长) of a home: who they are and how to reach them."""

from services.appointments import views
from services.appointments.models import Appointment, Visibility
from services.audiences import holders
from services.dependencies import Dependencies
from services.heads.models import HeadsView, HeadView
from services.heads.surnames import surname
from services.kernel import errors
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission, office
from services.places import grids
from services.places.doors import shown_address
from services.places.models import Kind


async def heads_of(deps: Dependencies, viewer: Actor | None, home: str) -> HeadsView:
    """Return who looks after a home today, to anybody, as much as each head allows.

    Two queries: the home with all above it and its grid, then who holds an office there.
    """
    above = {place.id: place for place in await grids.above_home(deps, home)}
    if home not in above or above[home].kind is not Kind.HOME:
        raise errors.NotFound("没有找到这套房屋")
    found = await holders.heads_at(deps, above.values())
    is_resident = viewer is not None and viewer.may(Permission.VIEW_HOME, home)
    circle = Visibility.RESIDENTS if is_resident else Visibility.EVERYONE
    [community] = [p.name for p in above.values() if p.kind is Kind.COMMUNITY]
    return HeadsView(
        home=home,
        address=shown_address(above[home]),
        community=community,
        heads=[_shown(deps, head, circle) for head in found],
    )


def _shown(deps: Dependencies, head: Appointment, circle: Visibility) -> HeadView:
    """Return what a head shows to the residents of the home, or to everyone."""
    title = office(head.role, substitute=head.substitute_for)
    name = views.name_of(deps, head)
    allowed = {Visibility.EVERYONE, circle}
    return HeadView(
        role=head.role,
        title=title,
        name=_name(name, title, circle),
        phone=_phone(deps, head) if head.phone_visible_to in allowed else None,
        is_substitute=bool(head.substitute_for),
        until_day=head.to_day,
    )


def title_of(deps: Dependencies, viewer: Actor, head: Appointment, place: str) -> str:
    """Return office and name of a head of a place, as the page of the heads shows them.

    Who belongs to a home there, or sees who lives there by an office, reads the whole name,
    others the surname.
    """
    title = office(head.role, substitute=head.substitute_for)
    name = views.name_of(deps, head)
    own = viewer.places(Permission.VIEW_HOME)
    lives_there = any(covers(place, home) or covers(home, place) for home in own)
    if name is None or not (lives_there or viewer.may(Permission.VIEW_RESIDENTS, place)):
        return _name(name, title, Visibility.EVERYONE)
    return title + name


def _phone(deps: Dependencies, head: Appointment) -> str:
    return views.phone_of(deps, head).removeprefix("+86")


def _name(name: str | None, title: str, circle: Visibility) -> str:
    if name is None:
        return title
    return name if circle is Visibility.RESIDENTS else surname(name) + title
