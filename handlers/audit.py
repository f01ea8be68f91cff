"""Endpoint of the audit: rows of the places that an auditor looks after."""

from typing import Annotated

from msgspec import Meta

from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.lists import ListQuery, Page
from services.audit import actions
from services.audit.models import RowView
from services.kernel.acts import Act
from services.kernel.permissions import Permission
from services.kernel.types import Opaque

SubjectId = Annotated[Opaque, Meta(min_length=1)]


class AuditQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rows of the audit to list.

    `person`: Id of the person who acted.
    `subject`: Id of what was acted on, e.g. a bill or an appointment.
    `act`: Kind of act.
    """

    person: SubjectId | None = None
    subject: SubjectId | None = None
    act: Act | None = None


class AuditHandler(ApiHandler):
    @endpoint("listAuditRows", needs=Permission.READ_AUDIT)
    async def get(self, query: AuditQuery) -> Page[RowView]:
        """What was done and refused in the places I audit, the newest first."""
        items = await actions.listing(
            self.deps,
            self.actor,
            person=query.person,
            subject=query.subject,
            act=query.act,
            before=cursors.read(query.cursor),
            limit=query.limit,
        )
        return lists.page(items, query.limit, lambda item: item.position)


ROUTES = [Route("/api/v1/audit", AuditHandler)]
