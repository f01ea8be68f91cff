"""Endpoint of the audit: rows of the places that an auditor looks after."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.audit import actions
from services.audit.models import AuditQuery, RowView
from services.kernel.pages import Page
from services.kernel.permissions import Permission


class AuditHandler(ApiHandler):
    @endpoint("listAuditRows", needs=Permission.READ_AUDIT, errors=("not_found",))
    async def get(self, query: AuditQuery) -> Page[RowView]:
        """What was done and refused in the places I audit, the newest first."""
        return await actions.listing(self.deps, self.actor, query)


ROUTES = [Route("/api/v1/audit", AuditHandler)]
