"""Actions on call-backs: the community asks, and opens again what is not fixed."""

from collections.abc import Sequence

from services.audit import actions as audit
from services.cases import actions as cases
from services.cases.actions import Words
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, steps
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.places import actions as places
from services.repairs import store as repairs
from services.repairs.call_backs import jobs, store
from services.repairs.call_backs.models import (
    NOTE,
    CallBack,
    CallBackResult,
    CallBacksQuery,
    CallBackView,
    RecordCallBack,
)
from services.repairs.categories import actions as categories
from services.repairs.kind import REPAIR
from services.repairs.models import Part
from services.repairs.states import TABLE, RepairAction


class CallBackEnded(errors.Conflict):
    """Sixty days after the month of the repair nobody is asked any more: report it anew."""

    code = "repair_call_back_ended"


class CalledBack(errors.Conflict):
    """Somebody asked already, and was told whether it is fixed."""

    code = "repair_called_back"


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: CallBacksQuery
) -> Page[CallBackView]:
    """Call-backs under a place, the newest month first; for heads, of what all share."""
    await places.access_place(deps, actor, place, Permission.CALL_BACK_REPAIRS)
    sees_homes = actor.may(Permission.DECIDE_REPAIR_APPEALS, place)
    page = await store.page(deps.db, place, query, common_only=not sees_homes)
    return page.of(await _shown(deps, page.items))


async def record(
    deps: Dependencies, actor: Actor, call_back_id: str, wish: RecordCallBack
) -> CallBackView:
    """Record what was said. What is not fixed is opened again, and the firm's manager told.

    Who was not reached may be asked again. Raises NotFound, Forbidden for a repair that one
    reported or did, CalledBack, CallBackEnded.
    """

    async def save(tx: Transaction) -> CallBack:
        found = _access(actor, await store.find(deps.db, tx, call_back_id))
        if actor.person_id in {found.person, found.worker}:
            raise errors.Forbidden("与自己有关的报修由别的工作人员回访")
        if found.month < jobs.oldest(deps.today()):
            raise CallBackEnded("回访已超过60天,不能再记录;没修好请重新报修")
        changes = {
            "result": wish.result,
            "note_sealed": NOTE.seal(deps.vault, found.id, wish.note) if wish.note else "",
            "called_by": actor.person_id,
            "called_at": deps.now(),
        }
        if not await store.record(deps.db, tx, found.id, changes):
            raise CalledBack("这个报修已经回访过了")
        is_open_again = await _open_again(deps, tx, found, wish.result)
        await audit.record(
            deps,
            tx,
            actor,
            Act.REPAIR_CALLED_BACK,
            place=found.place,
            subject=found.repair,
            result=wish.result,
            reopened=is_open_again,
        )
        for name, value in changes.items():
            setattr(found, name, value)
        found.tries += 1
        return found

    [view] = await _shown(deps, [await deps.in_transaction(save)])
    return view


def _access(actor: Actor, found: CallBack | None) -> CallBack:
    """Return a call-back to who may ask: heads about what all share, else the community."""
    at_home = found is not None and found.part is Part.HOME
    needs = Permission.DECIDE_REPAIR_APPEALS if at_home else Permission.CALL_BACK_REPAIRS
    return accessible(
        actor, found, needs, at=lambda each: each.place, missing="没有找到这个回访"
    )


async def _open_again(
    deps: Dependencies, tx: Transaction, found: CallBack, result: CallBackResult
) -> bool:
    """Open a repair again that is not fixed, unless it is open; tell whether it was done."""
    if result is not CallBackResult.NOT_FIXED:
        return False
    repair = await repairs.find(deps.db, found.repair, tx=tx)
    if repair is None or TABLE.find(repair.state, RepairAction.REOPEN) is None:
        return False
    words = Words(facts={"call_back": found.id})
    await cases.advance(deps, tx, None, REPAIR, repair, RepairAction.REOPEN, words=words)
    return True


async def _shown(deps: Dependencies, found: Sequence[CallBack]) -> list[CallBackView]:
    addresses = await places.addresses(deps, [each.place for each in found])
    pairs = {(each.place, each.category) for each in found}
    labels = await categories.labels(deps, pairs)
    return [
        show(
            each,
            CallBackView,
            call_back_id=each.id,
            repair_id=each.repair,
            address=addresses.get(each.place, each.place),
            category_label=labels[each.place, each.category],
            is_waiting=each.called_at is None and each.result is None,
            note=NOTE.open(deps.vault, each.id, each.note_sealed) if each.note_sealed else None,
        )
        for each in found
    ]


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove whose repairs were asked about, a step of it; tell whether there may be more."""
    found = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    await store.blank(deps.db, tx, found)
    return len(found) == steps.AT_ONCE
