"""Steps of those who work on repairs: accepted, handed out, done, paused, finished."""

from datetime import timedelta
from typing import Final

from services.cases import actions as cases
from services.cases.actions import Change, Words
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.repairs import views
from services.repairs.crews import actions as crews
from services.repairs.dispatches import details
from services.repairs.kind import REPAIR
from services.repairs.models import (
    OUTSIDE,
    AssignRepair,
    Done,
    FinishRepair,
    NoteRepair,
    Part,
    PauseReason,
    PauseRepair,
    Repair,
    RepairView,
)
from services.repairs.quotes import charges
from services.repairs.reporters import contents
from services.repairs.states import RepairAction

LONGEST_PAUSE: Final = timedelta(days=30)


class NotOutside(errors.Forbidden):
    """A department or hired worker is called by the community, where no firm has people."""

    code = "repair_not_outside"


class BadAssignment(errors.InvalidInput):
    """Whoever is chosen in turn is not named, too."""

    code = "repair_bad_assignment"


class BadPause(errors.InvalidInput):
    """The pause is over before it begins, or longer than thirty days."""

    code = "repair_bad_pause"


class NobodysHome(errors.InvalidInput):
    """Work on what all share does not wait for somebody to be at home."""

    code = "repair_nobodys_home"


async def _take(
    deps: Dependencies,
    actor: Actor,
    repair_id: str,
    action: RepairAction,
    *,
    change: Change | None = None,
    words: Words = cases.NOTHING,
) -> RepairView:
    found = await cases.act(deps, actor, REPAIR, repair_id, action, change=change, words=words)
    return await views.one(deps, actor, found)


async def accept(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Accept a repair: it will be done. Raises NotFound, Forbidden, RepairMovedOn."""
    return await _take(deps, actor, repair_id, RepairAction.ACCEPT)


async def refuse(deps: Dependencies, actor: Actor, repair_id: str, reason: str) -> RepairView:
    """Refuse a repair, with a reason; the reporter may appeal once."""
    words = Words(remark=reason)
    return await _take(deps, actor, repair_id, RepairAction.REFUSE, words=words)


async def decide_appeal(
    deps: Dependencies, actor: Actor, repair_id: str, *, accept: bool, reason: str
) -> RepairView:
    """Decide an appeal as the community. Raises OwnHome, RepairMovedOn."""
    action = RepairAction.OVERTURN if accept else RepairAction.UPHOLD
    return await _take(deps, actor, repair_id, action, words=Words(remark=reason))


async def assign(
    deps: Dependencies, actor: Actor, repair_id: str, wish: AssignRepair
) -> RepairView:
    """Hand a repair out to somebody who works on repairs there, also from one to another.

    In turn: by trade, and who has the least on hand. Raises NotARepairer, NotOutside,
    NobodyFree, BadAssignment, RepairMovedOn.
    """
    if wish.round_robin and (wish.person or wish.outside):
        raise BadAssignment("轮流派工时不用指定人员")

    async def change(tx: Transaction, found: Repair) -> Document:
        if wish.round_robin:
            return {"holder": await crews.next_for(deps, tx, found), "outside_sealed": ""}
        return await _chosen(deps, actor, found, wish)

    return await _take(deps, actor, repair_id, RepairAction.ASSIGN, change=change)


async def _chosen(
    deps: Dependencies, actor: Actor, found: Repair, wish: AssignRepair
) -> Document:
    """Return who does it: somebody of the place, or by the community somebody outside."""
    person = wish.person or actor.person_id
    if wish.outside is None:
        await crews.require_member(deps, found.place, person, firm=found.firm)
        return {"holder": person, "outside_sealed": ""}
    if not actor.may(Permission.DECIDE_REPAIR_APPEALS, found.place):
        raise NotOutside("请联系社区安排其他单位或人员维修")
    if found.firm and await crews.has_people_of(deps, found.place, found.firm):
        raise NotOutside("物业在这个小区有维修人员,请由物业派工")
    await crews.require_member(deps, found.place, person, firm="")
    return {
        "holder": person,
        "outside_sealed": OUTSIDE.seal(deps.vault, found.id, wish.outside),
    }


async def take(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Take a repair that nobody does; of two at once, the second is told that it is taken."""

    async def change(_tx: Transaction, _found: Repair) -> Document:
        return {"holder": actor.person_id}

    return await _take(deps, actor, repair_id, RepairAction.TAKE, change=change)


async def give_back(
    deps: Dependencies, actor: Actor, repair_id: str, reason: str
) -> RepairView:
    """Give a repair back to whoever hands them out."""
    words = Words(remark=reason)
    return await _take(deps, actor, repair_id, RepairAction.GIVE_BACK, words=words)


async def set_out(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Set out for a repair: who reported it is told."""
    return await _take(deps, actor, repair_id, RepairAction.SET_OUT)


async def start(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Begin the work."""
    return await _take(deps, actor, repair_id, RepairAction.START)


async def pause(
    deps: Dependencies, actor: Actor, repair_id: str, wish: PauseRepair
) -> RepairView:
    """Pause a repair with its deadline, until an instant at which it goes on by itself.

    Raises BadPause, NobodysHome, RepairMovedOn.
    """

    async def change(_tx: Transaction, found: Repair) -> Document:
        if wish.reason is PauseReason.NOBODY_HOME and found.part is Part.COMMON:
            raise NobodysHome("公共部位没有“家中无人”,请换一个原因")
        if not deps.now() < wish.until <= deps.now() + LONGEST_PAUSE:
            raise BadPause("暂停最长30天,请重新选择时间")
        return {"paused_until": wish.until, "pause_reason": wish.reason}

    words = Words(remark=wish.note or "", facts=details.pause_facts(wish.reason, wish.until))
    return await _take(deps, actor, repair_id, RepairAction.PAUSE, change=change, words=words)


async def resume(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Go on with a repair that rests: its deadline runs on with what was left."""
    return await _take(deps, actor, repair_id, RepairAction.RESUME)


async def finish(
    deps: Dependencies, actor: Actor, repair_id: str, wish: FinishRepair
) -> RepairView:
    """Say what was done, with photos; everybody is then asked whether it is fixed.

    Raises TooManyPhotos, RepairMovedOn.
    """
    photo_ids = [*wish.before, *wish.after]

    async def change(tx: Transaction, found: Repair) -> Document:
        await contents.require_room(deps, tx, found, photo_ids)
        await contents.attach(deps, tx, actor, found, photo_ids, owner="")
        await charges.settle(deps, tx, found)
        now = deps.now()
        done = Done(
            summary=wish.summary,
            before=wish.before,
            after=wish.after,
            materials=wish.materials,
            at=now,
        )
        return {"done": done, "done_at": now}

    words = Words(remark=wish.summary, photo_ids=photo_ids)
    return await _take(deps, actor, repair_id, RepairAction.FINISH, change=change, words=words)


async def note(
    deps: Dependencies, actor: Actor, repair_id: str, wish: NoteRepair
) -> RepairView:
    """Write a remark, for all who see the repair or for those who work on it."""
    words = Words(remark=wish.text, internal=wish.internal)
    return await _take(deps, actor, repair_id, RepairAction.REMARK, words=words)
