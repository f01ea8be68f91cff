"""Views of exports, and of the lists that can be exported."""

import msgspec

from services.exports import lists
from services.exports.models import Export, ExportView, ListView
from services.exports.states import ExportState
from services.kernel.lists import List
from services.kernel.pages import ListQuery
from services.kernel.views import show


def view(export: Export) -> ExportView:
    """Show how far a file is; its link is made only for who asks for this one."""
    return show(
        export,
        ExportView,
        export_id=export.id,
        list=lists.name_in(export.kind),
        complete=export.state is ExportState.READY and export.complete,
        url=None,
        url_expires_at=None,
    )


def list_view(found: List) -> ListView:
    """Show a list with what it takes and what its columns are called."""
    fields = msgspec.structs.fields(found.query)
    own = [field for field in fields if field.name not in ListQuery.__struct_fields__]
    return ListView(
        name=found.name,
        title=found.title,
        subject=found.subject,
        filters=[field.encode_name for field in own],
        required=[field.encode_name for field in own if field.required],
        columns=[column.label for column in found.columns],
    )
