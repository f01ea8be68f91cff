"""Endpoints of work records (工作记录): a head's own month, then the community's list."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.work_records import actions as work_records
from services.work_records.models import (
    MyWork,
    MyWorkQuery,
    MyWorkRecord,
    RemarkOnWork,
    WorkRecordRow,
    WorkRecordsQuery,
)

RecordId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the record, as it was answered.")
]


class MyWorkHandler(ApiHandler):
    @endpoint("getMyWorkRecord", needs=Access.SIGNED_IN)
    async def get(self, query: MyWorkQuery) -> MyWork:
        """What I did as a head in a month, office by office, before others see it."""
        return await work_records.mine(self.deps, self.actor, query)


class WorkRemarkHandler(ApiHandler):
    @endpoint(
        "remarkOnMyWorkRecord",
        needs=Access.SIGNED_IN,
        errors=("not_found", "work_record_open"),
        example=RemarkOnWork(remark="本月住院两周,由代理人走访"),
    )
    async def put(self, record_id: RecordId, body: RemarkOnWork) -> MyWorkRecord:
        """Remark on a month of mine, until others see it."""
        return await work_records.remark(self.deps, self.actor, record_id, body)


class WorkRecordsHandler(ApiHandler):
    @endpoint("listWorkRecords", needs=Permission.APPOINT)
    async def get(self, place: PlacePath, query: WorkRecordsQuery) -> Page[WorkRecordRow]:
        """What the heads of a place did in a month, with their remarks, from the 5th on."""
        return await work_records.listing(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/me/work-record", MyWorkHandler),
    Route("/api/v1/me/work-record/{record_id}/remark", WorkRemarkHandler),
    Route("/api/v1/places/{place}/work-records", WorkRecordsHandler),
]
