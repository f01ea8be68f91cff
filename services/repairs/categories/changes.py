"""Changes of a city's tree of categories: one added, changed or ended.

The first change of a city copies the whole catalogue of the product in the same transaction,
and from then on only the city's own changes count (docs/decisions/41-repair-rules.md).
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import check_day, plus_days
from services.kernel.permissions import Actor
from services.places import actions as places
from services.repairs.categories import actions, catalogue, store, views
from services.repairs.categories.models import (
    DEPTH_AT_MOST,
    MOST,
    Category,
    CategoryView,
    ChangeCategory,
    EmergencyFund,
    NewCategory,
    Scope,
)
from services.repairs.categories.refusals import (
    BadCategory,
    CategoriesFull,
    CategoryExists,
    CategoryMovedOn,
)
from services.repairs.categories.trees import Tree


async def add(
    deps: Dependencies, actor: Actor, place: str, request: NewCategory
) -> CategoryView:
    """Add a category to a city's tree. The same one again is the same one.

    Raises NotFound, InvalidInput, BadCategory, CategoryExists, CategoriesFull.
    """
    await actions.access_city(deps, actor, place)
    _check_fund(request.scope, request.emergency_fund)
    new = _draft(deps, actor, place, request)

    async def save(tx: Transaction) -> CategoryView:
        own = await _own(deps, tx, place)
        earlier = own.by_code.get(new.code)
        if earlier is None:
            _check_room(deps, own, new)
            await store.insert_many(deps.db, tx, [new])
        elif not _same(earlier, new):
            raise CategoryExists("这个代码已经用过了,请换一个")
        facts: dict[str, Any] = {"parent": new.parent, "danger": new.danger}
        facts |= {"again": True} if earlier else {}
        about = {"place": place, "subject": new.code}
        await audit.record(deps, tx, actor, Act.REPAIR_CATEGORY_ADDED, **about, **facts)
        return views.view(own, earlier or new)

    return await deps.in_transaction(save)


def _draft(deps: Dependencies, actor: Actor, place: str, request: NewCategory) -> Category:
    asked = msgspec.structs.asdict(request)
    asked |= {"parent": request.parent or "", "hint": request.hint or ""}
    return Category(
        id=catalogue.id_of(place, request.code),
        place=place,
        changed_by=actor.person_id,
        changed_at=deps.now(),
        **asked,
    )


def _check_fund(scope: Scope, fund: EmergencyFund) -> None:
    if fund is not EmergencyFund.NONE and scope is Scope.HOME:
        raise BadCategory("维修资金只用于公共部位,家里的维修不能选应急维修")


def _check_room(deps: Dependencies, own: Tree, new: Category) -> None:
    if check_day(new.from_day) < deps.today():
        raise BadCategory("开始日期不能早于今天")
    if new.parent and not own.stands(new.parent, new.from_day):
        raise BadCategory("没有这个上级类别,或者它已停用")
    if len(own.line(new.parent)) >= DEPTH_AT_MOST:
        raise BadCategory("类别最多三级")
    if len(own.by_code) >= MOST:
        raise CategoriesFull("类别太多了,请先整理", most=MOST)


def _same(one: Category, other: Category) -> bool:
    """Tell whether two are alike, whoever wrote them when."""
    own = {"changed_by": "", "changed_at": one.changed_at}
    return msgspec.structs.replace(one, **own) == msgspec.structs.replace(other, **own)


async def change(
    deps: Dependencies, actor: Actor, place: str, code: str, request: ChangeCategory
) -> CategoryView:
    """Write a category anew, or end it. Of two who saw the same version, the first counts.

    Raises NotFound, InvalidInput, BadCategory, CategoryMovedOn.
    """
    await actions.access_city(deps, actor, place)
    _check_fund(request.scope, request.emergency_fund)

    async def save(tx: Transaction) -> CategoryView:
        own = await _own(deps, tx, place)
        earlier = own.by_code.get(code)
        if earlier is None:
            raise errors.NotFound("没有这个报修类别")
        new = _changed(deps, actor, earlier, request)
        is_again = _same(earlier, new)
        if not is_again:
            _check_end(deps, earlier, new)
            if not await store.replace(deps.db, tx, new):
                raise CategoryMovedOn("刚刚有人改过,请刷新后再试", version=earlier.version)
        facts: dict[str, Any] = {"danger": new.danger, "to_day": new.to_day}
        facts |= {"again": True} if is_again else {"version": new.version}
        about = {"place": place, "subject": code}
        await audit.record(deps, tx, actor, Act.REPAIR_CATEGORY_CHANGED, **about, **facts)
        return views.view(own, earlier if is_again else new)

    return await deps.in_transaction(save)


def _changed(
    deps: Dependencies, actor: Actor, earlier: Category, request: ChangeCategory
) -> Category:
    asked = msgspec.structs.asdict(request)
    asked |= {"hint": request.hint or "", "version": request.version + 1}
    return msgspec.structs.replace(
        earlier, changed_by=actor.person_id, changed_at=deps.now(), **asked
    )


def _check_end(deps: Dependencies, earlier: Category, new: Category) -> None:
    """Raise unless a new last day is yesterday or later: the past belongs to old tickets."""
    if new.to_day is None or new.to_day == earlier.to_day:
        return
    if check_day(new.to_day) < plus_days(deps.today(), -1):
        raise BadCategory("停用日期最早是昨天")


async def _own(deps: Dependencies, tx: Transaction, city: str) -> Tree:
    """Return the city's own tree, held; copied from the catalogue where it had none."""
    if await places.hold(deps, tx, city) is None:
        raise errors.NotFound("没有找到这个地方")
    rows: Sequence[Category] = await store.of_cities(deps.db, [city], tx=tx)
    if not rows:
        rows = catalogue.of_city(city, deps.now())
        await store.insert_many(deps.db, tx, rows)
    return Tree(rows)
