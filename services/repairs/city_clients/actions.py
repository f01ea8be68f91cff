"""Actions on city clients: added and ended by administrators, known again by their key."""

import secrets
from collections.abc import Sequence

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.limits import actions as limits
from services.limits.models import Rate
from services.places import actions as places
from services.repairs.city_clients import store
from services.repairs.city_clients.models import (
    KEY_BYTES,
    PLACES,
    AddedCityClient,
    CityClient,
    CityClientsQuery,
    CityClientView,
    NewCityClient,
    key_index,
)


class CityClientUnknown(errors.Forbidden):
    """No client in use has this key, or none was sent."""

    code = "city_client_unknown"


class CityClientWrongPlace(errors.InvalidInput):
    """A client is of a compound or of a place above it."""

    code = "city_client_wrong_place"


class CityClientEnded(errors.Conflict):
    """The key of the client is ended already."""

    code = "city_client_ended"


async def add(
    deps: Dependencies, actor: Actor, place: str, wish: NewCityClient
) -> AddedCityClient:
    """Add a client; its key is shown this once. Raises NotFound, CityClientWrongPlace."""
    found = await places.access_place(deps, actor, place, Permission.OPERATE)
    if found.kind not in PLACES:
        raise CityClientWrongPlace("请选择小区或小区以上的范围")
    key = secrets.token_urlsafe(KEY_BYTES)
    client = CityClient(
        id=deps.new_id(),
        name=wish.name,
        place=place,
        key_index=key_index(deps.vault, key),
        added_by=actor.person_id,
        added_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        if not await places.use(deps, [place], tx=tx):
            raise errors.NotFound(places.MISSING)
        await store.insert(deps.db, tx, client)
        act, about = Act.CITY_CLIENT_ADDED, {"place": place, "subject": client.id}
        await audit.record(deps, tx, actor, act, **about)

    await deps.in_transaction(save)
    [view] = await _shown(deps, [client])
    return AddedCityClient(client=view, api_key=key)


async def end(deps: Dependencies, actor: Actor, client_id: str) -> CityClientView:
    """End the key of a client. Raises NotFound, CityClientEnded."""

    async def save(tx: Transaction) -> CityClient:
        found = accessible(
            actor,
            await store.find(deps.db, client_id, tx=tx),
            Permission.OPERATE,
            at=lambda client: client.place,
            missing="没有找到这个接入",
        )
        now = deps.now()
        if not await store.end(deps.db, tx, found.id, by=actor.person_id, at=now):
            raise CityClientEnded("这个接入已经停用")
        found.ended_at = now
        about = {"place": found.place, "subject": found.id}
        await audit.record(deps, tx, actor, Act.CITY_CLIENT_ENDED, **about)
        return found

    [view] = await _shown(deps, [await deps.in_transaction(save)])
    return view


async def access(deps: Dependencies, key: str) -> CityClient:
    """Return the client that has a key, and count its request.

    Raises CityClientUnknown, TooMany.
    """
    found = await store.find_by_key(deps.db, key_index(deps.vault, key)) if key else None
    if found is None:
        raise unknown()
    await limits.take(deps.limiter, Rate.CITY_CLIENT, found.id)
    return found


def unknown() -> CityClientUnknown:
    return CityClientUnknown("api_key 缺失或无效")


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: CityClientsQuery
) -> Page[CityClientView]:
    """Clients of a place and below it, the longest known first. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.OPERATE)
    page = await store.page(deps.db, place, query)
    return page.of(await _shown(deps, page.items))


async def _shown(deps: Dependencies, found: Sequence[CityClient]) -> list[CityClientView]:
    addresses = await places.addresses(deps, sorted({client.place for client in found}))
    return [
        show(
            client,
            CityClientView,
            client_id=client.id,
            address=addresses.get(client.place, client.place),
        )
        for client in found
    ]
