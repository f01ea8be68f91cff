"""Views of imports."""

from services.register.models import Import, ImportView, Progress


def view(found: Import) -> ImportView:
    """View of an import for whoever imports for its compound."""
    return ImportView(
        import_id=found.id,
        place=found.place,
        state=found.state,
        progress=Progress(found.done, found.total),
        counts=found.counts,
        buildings=found.buildings,
        columns=found.columns,
        refusal=found.refusal,
        uploaded_at=found.uploaded_at,
        confirmed_at=found.confirmed_at,
    )
