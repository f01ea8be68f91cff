"""Grants of messages: how often WeChat lets us send one template to one person.

Only WeChat's signed pushes give or withdraw them (services/pushes).
"""

from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.kernel.templates import reserve_of
from services.messaging import store
from services.messaging.models import grant_id
from services.people import actions as people


def reserve(deps: Dependencies, key: str) -> int:
    """Return how many grants a template leaves for others with its id at WeChat.

    The one rule of what a grant is spent on, for one message and for many at once. `key`: of a
    template that this installation has at WeChat.
    """
    known = deps.features.templates
    template_id = deps.templates[key]
    sharing = [known[one] for one, id_ in deps.templates.items() if id_ == template_id]
    return reserve_of(known[key], sharing)


async def add(deps: Dependencies, tx: Transaction, openid: str, template_id: str) -> None:
    """Count one more message this person allowed."""
    await store.add_grant(deps.db, tx, grant_id(openid, template_id))


async def void(deps: Dependencies, tx: Transaction, openid: str, template_id: str) -> None:
    """Withdraw all that this person allowed for a template."""
    await store.void_grants(deps.db, tx, grant_id(openid, template_id))


async def left(deps: Dependencies, openid: str, template_ids: Sequence[str]) -> dict[str, int]:
    """Return template id → how many messages this person still allows, as far as we know."""
    grants = {template_id: grant_id(openid, template_id) for template_id in template_ids}
    counts = await store.grants_left(deps.db, list(grants.values()))
    return {template_id: counts.get(grant, 0) for template_id, grant in grants.items()}


async def holders(deps: Dependencies, person_ids: Sequence[str], template_id: str) -> set[str]:
    """Return who of these people still allows a message of a template, as far as we know.

    Two queries however many they are. Nobody with a closed account does.
    """
    openids = await people.openids(deps, person_ids)
    grants = {person: grant_id(openid, template_id) for person, openid in openids.items()}
    counts = await store.grants_left(deps.db, list(grants.values()))
    return {person for person, grant in grants.items() if counts.get(grant, 0) > 0}


async def forget(deps: Dependencies, tx: Transaction, openid: str) -> None:
    """Erase the counts of one person, for every template there is."""
    grants = [grant_id(openid, template_id) for template_id in deps.templates.values()]
    await store.remove_grants(deps.db, tx, grants)
