from typing import Annotated

from msgspec import Meta, Struct

from handlers import cursors
from handlers.base import ApiHandler
from handlers.contract import Page, Route, endpoint
from services.audit import actions
from services.audit.models import Act, RowView
from services.kernel.permissions import Permission

SubjectId = Annotated[str, Meta(min_length=1, max_length=200)]


class AuditQuery(Struct, forbid_unknown_fields=True):
    person: SubjectId | None = None
    subject: SubjectId | None = None
    act: Act | None = None
    limit: cursors.Limit = 50
    cursor: cursors.Cursor | None = None


class AuditHandler(ApiHandler):
    @endpoint(needs=Permission.READ_AUDIT)
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
        return cursors.page(items, query.limit, lambda item: item.position)


ROUTES = [Route("/api/v1/audit", AuditHandler)]
