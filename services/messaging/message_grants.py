"""Grants of messages: how often WeChat lets us send one template to one person.

WeChat's signed pushes give and withdraw them (services/pushes); a phone's report is a hint.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from services.dependencies import Dependencies, Transaction
from services.kernel.templates import reserve_of
from services.messaging import store
from services.messaging.grants.counts import pushed, reported, switched_off
from services.messaging.grants.models import GrantCount
from services.messaging.models import digest, grant_id


def reserve(deps: Dependencies, key: str) -> int:
    """Return how many grants a template leaves for others with its id at WeChat.

    The one rule of what a grant is spent on, for one message and for many at once. `key`: of a
    template that this installation has at WeChat.
    """
    known = deps.features.templates
    template_id = deps.templates[key]
    sharing = [known[one] for one, id_ in deps.templates.items() if id_ == template_id]
    return reserve_of(known[key], sharing)


def is_spendable(deps: Dependencies, key: str, left: int) -> bool:
    """Tell whether a message of a template may spend one of the grants that are left."""
    return left > reserve(deps, key)


async def add(
    deps: Dependencies, tx: Transaction, openid: str, template_id: str, *, at: datetime
) -> None:
    """Count one more message this person allowed, by WeChat's word; not what a phone told."""
    await _change(deps, tx, openid, template_id, lambda one: pushed(one, at, deps.now()))


async def hear(
    deps: Dependencies, tx: Transaction, openid: str, template_id: str, *, at: datetime
) -> None:
    """Count one more message this person allowed, by their phone's word; not what WeChat told.

    The same instant again is the same acceptance.
    """
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)  # as MongoDB keeps it
    await _change(deps, tx, openid, template_id, lambda one: reported(one, at, deps.now()))


async def switch_off(
    deps: Dependencies, tx: Transaction, openid: str, template_id: str, *, at: datetime
) -> None:
    """Withdraw all that this person allowed for a template, and ask for it no more."""
    await _change(deps, tx, openid, template_id, lambda one: switched_off(one, at))


async def _change(
    deps: Dependencies,
    tx: Transaction,
    openid: str,
    template_id: str,
    change: Callable[[GrantCount], GrantCount],
) -> None:
    """Change one count; whoever changes it at the same moment starts again after us."""
    grant = grant_id(openid, template_id)
    found = await store.find_grants(deps.db, [grant], tx=tx)
    seen = found.get(grant) or GrantCount(id=grant)
    changed = change(seen)
    if changed != seen:
        await store.write_grants(deps.db, tx, seen, replace(changed, who=digest(openid)))


async def counts(
    deps: Dependencies, openid: str, template_ids: Iterable[str]
) -> dict[str, GrantCount]:
    """Return template id → the count of what this person still allows, as far as we know."""
    grants = {template_id: grant_id(openid, template_id) for template_id in template_ids}
    found = await store.find_grants(deps.db, list(grants.values()))
    return {each: found.get(grant) or GrantCount(id=grant) for each, grant in grants.items()}


async def left(deps: Dependencies, openid: str, template_ids: Iterable[str]) -> dict[str, int]:
    """Return template id → how many messages this person still allows, as far as we know."""
    grants = {template_id: grant_id(openid, template_id) for template_id in template_ids}
    found = await store.grants_left(deps.db, list(grants.values()))
    return {template_id: found.get(grant, 0) for template_id, grant in grants.items()}


async def allowed(deps: Dependencies, openids: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return person → keys of the templates they could be sent now, of those who have any.

    `openids`: person → their WeChat user. One query, for a thousand people or so.
    """
    people = {digest(openid): person for person, openid in openids.items()}
    keys_of: dict[str, list[tuple[str, int]]] = {}
    for key, template_id in deps.templates.items():
        keys_of.setdefault(template_id, []).append((key, reserve(deps, key)))
    found: dict[str, set[str]] = {}
    for count in await store.granted_to(deps.db, list(people)):
        template_id = count.id.rpartition(":")[0]
        keys = {key for key, least in keys_of.get(template_id, ()) if count.left > least}
        found.setdefault(people[count.who], set()).update(keys)
    return {person: frozenset(keys) for person, keys in found.items()}


async def forget(deps: Dependencies, tx: Transaction, openid: str) -> None:
    """Erase the counts of one person, for every template there is."""
    grants = [grant_id(openid, template_id) for template_id in deps.templates.values()]
    await store.remove_grants(deps.db, tx, grants)
