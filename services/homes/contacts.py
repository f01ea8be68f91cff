"""Contact lines of a home: whom its people may call about it, at the community and the firm."""

import asyncio

from msgspec import Struct

from services.dependencies import Dependencies
from services.firms import contracts
from services.kernel.errors import NotFound
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.actions import compound_of
from services.places.models import ContactLine, Hours, Kind, OfficePhone


class Contact(Struct, kw_only=True):
    """Office that may be called.

    `name`: Name of the community, compound or firm.
    `phone`: Number of the office, as people dial it.
    `hours`: When somebody answers, in Chinese.
    """

    name: str
    phone: OfficePhone
    hours: Hours


class HomeContacts(Struct, kw_only=True):
    """Offices that look after a home.

    `home`: Path of the home.
    `community`: Office of the compound or else of the community; null when none is known.
    `firm`: Office of the property firm that serves the compound today; null for none.
    """

    home: str
    community: Contact | None
    firm: Contact | None


async def contacts_of(deps: Dependencies, actor: Actor, home: str) -> HomeContacts:
    """Return whom somebody who lives in a home, or pays for it, may call. Raises NotFound."""
    require_at(actor, Permission.PAY_BILLS, home)
    above, firm = await asyncio.gather(
        places.find_many(deps, ancestors(home)), contracts.firm_of(deps, compound_of(home))
    )
    if not above or above[-1].id != home or above[-1].kind is not Kind.HOME:
        raise NotFound("没有找到这套房屋")
    offices = [_contact(place.name, place.contact) for place in above]
    return HomeContacts(
        home=home,
        community=next((office for office in reversed(offices) if office), None),
        firm=_contact(firm[0], firm[1].contact) if firm else None,
    )


def _contact(name: str, line: ContactLine | None) -> Contact | None:
    return Contact(name=name, phone=line.phone, hours=line.hours) if line else None
