"""Origins of terms: what counts today at a place, and who set it. The product's own, too."""

from services.dependencies import Dependencies
from services.firms import contracts
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.repairs.categories import actions as categories
from services.repairs.classes import Danger
from services.repairs.terms import actions, views
from services.repairs.terms.actions import BadTerms
from services.repairs.terms.models import (
    EffectiveTerms,
    EffectiveTermsQuery,
    EffectiveTermsView,
    TermsOrigin,
    TermsVersion,
)


async def effective(
    deps: Dependencies, actor: Actor, place: str, query: EffectiveTermsQuery
) -> EffectiveTermsView:
    """Return the terms that a repair filed now would have, by class. Raises NotFound, BadTerms.

    Of a city or a place between it and the compounds: those that count where no compound and
    no contract says otherwise.
    """
    await places.access_place(deps, actor, place, Permission.MANAGE_REPAIR_RULES)
    category = query.category or ""
    if category and not await categories.line(deps, place, category):
        raise BadTerms("没有这个报修类别")
    contract = await contracts.holding(deps, places.compound_of(place))
    scope = {"contract_id": contract.id if contract else "", "day": deps.today()}
    found = {
        danger: await actions.version_of(deps, place, category, danger, **scope)
        for danger in Danger
    }
    return EffectiveTermsView(
        place=place,
        contract_id=contract.id if contract else None,
        items=[_shown(danger, version) for danger, version in found.items()],
    )


def _shown(danger: Danger, version: TermsVersion | None) -> EffectiveTerms:
    terms = actions.terms_of(version, danger)
    return EffectiveTerms(
        danger=danger,
        response=views.allowance(terms.response),
        completion=views.allowance(terms.completion),
        origin=_origin(version),
        version_id=version.id if version else None,
    )


def _origin(version: TermsVersion | None) -> TermsOrigin:
    if version is None:
        return TermsOrigin.DEFAULT
    if version.contract:
        return TermsOrigin.CONTRACT
    return TermsOrigin.COMPOUND if "." in version.place else TermsOrigin.CITY
