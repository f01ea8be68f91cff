"""Filings of repairs by city clients: of what all share, without anybody's account."""

from datetime import timedelta
from typing import Final

import msgspec

from services.audit import actions as audit
from services.cases.models import CameBy
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.paths import covers
from services.kernel.permissions import Actor
from services.places import actions as places
from services.places.models import Kind, Place
from services.repairs.categories.refusals import CategoryEnded, CategoryUnknown
from services.repairs.city_clients import actions as clients
from services.repairs.city_clients import requests_store
from services.repairs.city_clients import store as clients_store
from services.repairs.city_clients.georeport import BadGeoReport, ServiceUnknown
from services.repairs.city_clients.models import CityClient
from services.repairs.city_clients.shapes import Described, FiledRequest, RequestForm
from services.repairs.models import Part, Repair
from services.repairs.reporters import drafts
from services.repairs.reporters.drafts import WrongPart

SHARED: Final = frozenset({Kind.COMPOUND, Kind.BUILDING, Kind.UNIT})
# A system that got no answer sends the same again.
SAME_WITHIN: Final = timedelta(days=1)
AT_ONCE: Final = 500
MOST_COMPOUNDS: Final = 10_000


async def file(deps: Dependencies, client: CityClient, form: RequestForm) -> FiledRequest:
    """File a repair; the same again within a day is the same repair.

    Raises BadGeoReport, ServiceUnknown, NotFound, CityClientUnknown.
    """
    draft, told = await drafts.complete(deps, await _draft(deps, client, form))
    actor = Actor(client.id, "")

    async def save(tx: Transaction) -> Repair:
        if not await clients_store.count_filed(deps.db, tx, client.id):
            raise clients.unknown()
        since = draft.created_at - SAME_WITHIN
        same = await requests_store.same(deps.db, tx, draft, since)
        kept = same or await drafts.begin(deps, tx, actor, draft, told, reporter=None)
        await _note(deps, tx, actor, kept, again=same is not None)
        return kept

    filed = await deps.in_transaction(save)
    notice = f"编号 {filed.number},处理进展可随时查询"
    return FiledRequest(service_request_id=filed.id, service_notice=notice)


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, repair: Repair, *, again: bool
) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        Act.REPAIR_REPORTED,
        place=repair.place,
        subject=repair.id,
        category=repair.category,
        way=CameBy.CITY,
        again=again,
    )


async def _draft(deps: Dependencies, client: CityClient, form: RequestForm) -> Repair:
    if not form.service_code:
        raise BadGeoReport("缺少 service_code")
    place = await _place(deps, client, form)
    try:
        category = await drafts.choose(deps, place.id, Part.COMMON, form.service_code)
    except (CategoryUnknown, CategoryEnded, WrongPart):
        raise ServiceUnknown(f"没有这个 service_code:{form.service_code}") from None
    return await drafts.draw_up(
        deps,
        place.id,
        Part.COMMON,
        category.code,
        category.danger,
        person=None,
        filed_by=client.id,
        way=CameBy.CITY,
        text=_text(form),
    )


def _text(form: RequestForm) -> str:
    """Return what is kept: what is broken, and where, if that was said in words only."""
    where = f"地点:{form.address_string}" if form.address_string else ""
    said = form.description.replace("\r\n", "\n").strip()
    if not said:
        raise BadGeoReport("缺少 description")
    text = "\n".join(part for part in (said, where) if part)
    try:
        return msgspec.convert({"text": text}, Described).text
    except msgspec.ValidationError:
        raise BadGeoReport("description 里有不能保存的字符") from None


async def _place(deps: Dependencies, client: CityClient, form: RequestForm) -> Place:
    """Return what all share that a form means. Raises BadGeoReport, NotFound."""
    if form.address_id:
        if not covers(client.place, form.address_id):
            raise errors.NotFound("没有这个 address_id")
        found = await places.get(deps, form.address_id)
    elif form.address_string:
        found = await _compound(deps, client, form.address_string)
    else:
        raise BadGeoReport("请提供 address_id,或在 address_string 里写明小区")
    if found.kind not in SHARED:
        raise BadGeoReport("只受理小区、楼栋、单元的公共部位")
    return found


async def _compound(deps: Dependencies, client: CityClient, said: str) -> Place:
    """Return the one compound whose name somebody wrote. Raises BadGeoReport for none."""
    named: list[Place] = []
    after, seen = "", 0
    while seen < MOST_COMPOUNDS:
        found = await places.of_kind_under(
            deps, client.place, Kind.COMPOUND, after=after, limit=AT_ONCE
        )
        named += [place for place in found if place.name in said]
        if len(found) < AT_ONCE:
            break
        after, seen = found[-1].id, seen + len(found)
    # 春光小区 lies in 新春光小区: the longest name is the one that was meant.
    longest = max((len(place.name) for place in named), default=0)
    meant = [place for place in named if len(place.name) == longest]
    if len(meant) != 1:
        raise BadGeoReport("address_string 不能确定是哪个小区,请用 address_id")
    return meant[0]
