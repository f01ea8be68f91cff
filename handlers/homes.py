"""Endpoints of homes: the people of a home, listed and written down."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.homes import actions as homes
from services.homes import contacts
from services.homes.contacts import HomeContacts
from services.homes.models import AddResident, ResidentView
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.residencies.models import Relation, ResidentsQuery


class ResidentsHandler(ApiHandler):
    @endpoint("listResidents", needs=Access.SIGNED_IN, errors=("forbidden",))
    async def get(self, home: HomePath, query: ResidentsQuery) -> Page[ResidentView]:
        """Who belongs to a home; names whole for its owners and masked for heads and staff."""
        return await homes.listing(self.deps, self.actor, home, query)

    @endpoint(
        "createResident",
        needs=Permission.DECIDE_HOMES,
        status=201,
        errors=(
            "home_has_owner",
            "already_listed",
            "own_home",
            "invalid_phone",
            "invalid_id_number",
            "bad_days",
        ),
        example=AddResident(
            name="李桂兰", relation=Relation.FAMILY, reason="老人没有手机,持户口本到窗口登记"
        ),
    )
    async def post(self, home: HomePath, body: AddResident) -> ResidentView:
        """Write somebody down at the window, also without a phone; my name stays with it."""
        return await homes.add(self.deps, self.actor, home, body)


class HomeContactsHandler(ApiHandler):
    @endpoint("getHomeContacts", needs=Permission.PAY_BILLS)
    async def get(self, home: HomePath) -> HomeContacts:
        """Whom the people of a home may call: the community's office and the firm's."""
        return await contacts.contacts_of(self.deps, self.actor, home)


ROUTES = [
    Route("/api/v1/homes/{home}/contacts", HomeContactsHandler),
    Route("/api/v1/homes/{home}/residents", ResidentsHandler),
]
