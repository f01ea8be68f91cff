"""Views of terms of repairs."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.places import actions as places
from services.repairs.categories import actions as categories
from services.repairs.terms.models import Allowance, TermsVersion, TermsView
from services.working_time.models import Span


async def views(deps: Dependencies, versions: Sequence[TermsVersion]) -> list[TermsView]:
    """Show versions to whoever keeps the rules: two queries however many."""
    named = [(each.place, each.category) for each in versions if each.category]
    labels = await categories.labels(deps, named)
    addresses = await places.addresses(deps, sorted({each.place for each in versions}))
    return [
        show(
            each,
            TermsView,
            version_id=each.id,
            address=addresses.get(each.place, each.place),
            contract_id=each.contract or None,
            category=each.category or None,
            category_label=labels.get((each.place, each.category), ""),
            response=_shown(each.response),
            completion=_shown(each.completion),
        )
        for each in versions
    ]


def _shown(span: Span | None) -> Allowance | None:
    return None if span is None else allowance(span)


def allowance(span: Span) -> Allowance:
    """Return a span as clients see it."""
    return Allowance(minutes=span.minutes, pace=span.pace)
