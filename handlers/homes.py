"""The people of a home: written down, let in by a code, ended; a new owner."""

from msgspec import Struct

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath, ResidencyId
from handlers.http.lists import Page
from services.home_codes import actions as home_codes
from services.home_codes.models import PrintedCodes, UseCode
from services.homes import actions as homes
from services.homes.models import AddResident, Bound, ResidentView
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.ownership import departures, phone_changes, transfers
from services.ownership.models import ChangePhone, EndResidency, Transfer, Transferred
from services.residencies.models import Relation


class ResidentsQuery(Struct, forbid_unknown_fields=True):
    """Which residents to list.

    `past`: Also who belonged to the home before; for the community.
    """

    past: bool = False


class CodesHandler(ApiHandler):
    @endpoint(
        "createHomeCodes",
        needs=Permission.DECIDE_HOMES,
        status=201,
        errors=("confirmation_needed", "too_many_codes"),
        asks_again=True,
    )
    async def post(self, place: PlacePath) -> PrintedCodes:
        """Print codes for all who are registered under a place and not bound; shown once."""
        return await home_codes.print_codes(self.deps, self.actor, place)


class UseCodeHandler(ApiHandler):
    @endpoint(
        "redeemHomeCode",
        needs=Access.SIGNED_IN,
        errors=("consent_needed", "home_code_unknown", "home_code_over", "own_home"),
        example=UseCode(code="7K3QM-X9D2T"),
        rate=Rate.GUESS,
    )
    async def post(self, body: UseCode) -> Bound:
        """Bind myself to a home with the code the community printed for me."""
        return await home_codes.use(self.deps, self.actor, body)


class ResidentsHandler(ApiHandler):
    @endpoint("listResidents", needs=Access.SIGNED_IN, errors=("forbidden",))
    async def get(self, home: HomePath, query: ResidentsQuery) -> Page[ResidentView]:
        """Who belongs to a home; names whole for its owners and masked for heads and staff."""
        return Page(await homes.listing(self.deps, self.actor, home, past=query.past))

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


class ResidencyPhoneHandler(ApiHandler):
    @endpoint(
        "updateResidencyPhone",
        needs=Permission.DECIDE_HOMES,
        errors=("invalid_phone", "own_home", "residency_over", "residency_changed"),
        example=ChangePhone(phone="19900000006", reason="本人到窗口更换手机号"),
    )
    async def post(self, residency_id: ResidencyId, body: ChangePhone) -> ResidentView:
        """Change the register's phone: who held the home by the old one loses it at once."""
        return await phone_changes.change_phone(self.deps, self.actor, residency_id, body)


class EndResidencyHandler(ApiHandler):
    @endpoint(
        "endResidency",
        needs=Access.SIGNED_IN,
        errors=(
            "forbidden",
            "own_home",
            "bad_last_day",
            "residency_over",
            "residency_changed",
        ),
        example=EndResidency(reason="租期已到,已搬走"),
    )
    async def post(self, residency_id: ResidencyId, body: EndResidency) -> None:
        """End a relation to a home, at once or on a day: my own, a guest's, or as staff."""
        await departures.end(self.deps, self.actor, residency_id, body)


class TransferHandler(ApiHandler):
    @endpoint(
        "transferHome",
        needs=Permission.DECIDE_HOMES,
        status=201,
        errors=(
            "confirmation_needed",
            "already_transferred",
            "own_home",
            "invalid_phone",
            "invalid_id_number",
            "bad_days",
        ),
        example=Transfer(
            name="赵强", phone="19900000007", day="2026-03-02", reason="已办理不动产转移登记"
        ),
        asks_again=True,
    )
    async def post(self, home: HomePath, body: Transfer) -> Transferred:
        """Write a home's new owner; the old household goes, tenants and arrears stay."""
        return await transfers.transfer(self.deps, self.actor, home, body)


ROUTES = [
    Route("/api/v1/homes/{home}/residents", ResidentsHandler),
    Route("/api/v1/homes/{home}/transfer", TransferHandler),
    Route("/api/v1/places/{place}/home-codes", CodesHandler),
    Route("/api/v1/me/homes/code", UseCodeHandler),
    Route("/api/v1/residencies/{residency_id}/phone", ResidencyPhoneHandler),
    Route("/api/v1/residencies/{residency_id}/end", EndResidencyHandler),
]
