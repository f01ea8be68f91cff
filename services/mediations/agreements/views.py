"""View of the agreement of a mediation: the version that is there now."""

from services.dependencies import Dependencies
from services.mediations.agreements import store
from services.mediations.agreements.models import TEXT, AgreementView
from services.mediations.models import Mediation


async def shown(deps: Dependencies, mediation: Mediation) -> AgreementView | None:
    """Return the current version; None before there is one, and once it is cleared."""
    kept = await store.find(deps.db, mediation.id, mediation.version)
    if kept is None or not kept.text_sealed:
        return None
    return AgreementView(
        version=kept.version,
        form=kept.form,
        text=TEXT.open(deps.vault, kept.id, kept.text_sealed),
        sha256=kept.sha256,
        in_force_at=mediation.agreed_at,
        follow_up_days=mediation.follow_up_days,
    )
