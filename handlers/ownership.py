"""Endpoints of ownership: transfers, departures, changed phones."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath, ResidencyId
from services.homes.models import ResidentView
from services.kernel.permissions import Permission
from services.ownership import departures, phone_changes, tenancies, transfers
from services.ownership.models import (
    ChangePhone,
    EndResidency,
    TenantPays,
    Transfer,
    Transferred,
)


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


class TenantPaysHandler(ApiHandler):
    @endpoint(
        "setTenantPays",
        needs=Permission.DECIDE_HOMES,
        status=204,
        errors=("own_home", "residency_over", "residency_changed", "no_tenant"),
        example=TenantPays(pays=True, reason="租赁合同第四条"),
    )
    async def put(self, residency_id: ResidencyId, body: TenantPays) -> None:
        """Write down whether a tenant owes the fees of a home by their lease."""
        await tenancies.set_pays(self.deps, self.actor, residency_id, body)


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
    Route("/api/v1/homes/{home}/transfer", TransferHandler),
    Route("/api/v1/residencies/{residency_id}/phone", ResidencyPhoneHandler),
    Route("/api/v1/residencies/{residency_id}/tenant-pays", TenantPaysHandler),
    Route("/api/v1/residencies/{residency_id}/end", EndResidencyHandler),
]
