"""Work orders: a repair on a sheet of A4, for whoever goes there, signs and files it.

Whom to call and how to get in stand on it for who does the repair and who hands it out, as they
see it on the screen; that is then an export of personal data, and the audit says so.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import actions as firms
from services.kernel import phones
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.deferred import deferred
from services.kernel.money import yuan
from services.kernel.permissions import Actor, Permission
from services.kernel.sheets import Facts, QrCode, Sheet, Text
from services.repairs import store, views
from services.repairs.kind import REPAIR
from services.repairs.models import Part, Repair, RepairView
from services.repairs.quotes import actions as quotes
from services.repairs.states import RepairState
from services.wechat.template_values import moment

if TYPE_CHECKING:
    from services.kernel import papers
else:
    papers = deferred("services.kernel.papers")

CODE_WIDTH: Final = 40  # mm: scanned from a hand's breadth
LINE: Final = "_" * 34
# What is written by hand; an empty label goes on with the line above.
BY_HAND: Final = (
    ("到达时间", LINE),
    ("维修内容", LINE),
    ("", LINE),
    ("", LINE),
    ("材料", LINE),
    ("", LINE),
    ("完成时间", LINE),
    ("维修人签字", LINE),
)
COMMUNITY: Final = "社区"


def address_of(deps: Dependencies, repair_id: str) -> str:
    """Return what the code on a sheet says: an address that leads into the mini-program."""
    return f"{deps.public_url}/r/{repair_id}"


async def printed(deps: Dependencies, actor: Actor, repair_id: str) -> tuple[str, bytes]:
    """Return number and sheet of a repair, as PDF. Raises NotFound for one of elsewhere."""
    found = accessible(
        actor,
        await store.find(deps.db, repair_id),
        Permission.WORK_ON_REPAIRS,
        at=lambda repair: repair.place,
        missing=REPAIR.missing,
    )
    view = await views.one(deps, actor, found)
    sheet = _sheet(deps, view, await _work(deps, found, view))
    made = await asyncio.to_thread(lambda: papers.pdf(f"维修工单{view.number}", [sheet]))
    has_contact = bool(view.phone or view.access or view.contact_name)

    async def note(tx: Transaction) -> None:
        about = {"place": found.place, "subject": found.id}
        await audit.record(
            deps, tx, actor, Act.REPAIR_PRINTED, **about, has_contact=has_contact
        )

    await deps.in_transaction(note)
    return view.number, made


async def _work(
    deps: Dependencies, found: Repair, view: RepairView
) -> tuple[tuple[str, str], ...]:
    """Return who does it, and what the household said yes to."""
    names = await firms.names(deps, [found.firm]) if found.firm else {}
    quote = await quotes.agreed(deps, found.id)
    does = view.outside or names.get(found.firm) or COMMUNITY
    price = [("已同意报价", f"{yuan(quote.total_fen)}元")] if quote else []
    return (("维修单位", does), *price)


def _sheet(deps: Dependencies, view: RepairView, work: Sequence[tuple[str, str]]) -> Sheet:
    facts = Facts((*_about(view), *work, *_contact(view)))
    signs = "住户签字" if view.part is Part.HOME else "验收人签字"
    by_hand = Facts((*BY_HAND, (signs, LINE)))
    code = QrCode(address_of(deps, view.repair_id), width=CODE_WIDTH)
    return Sheet(f"维修工单 {view.number}", (facts, Text(view.text or ""), by_hand, code))


def _about(view: RepairView) -> tuple[tuple[str, str], ...]:
    due = moment(view.due_at) if view.due_at else "无"
    goal = "受理期限" if view.state is RepairState.REPORTED else "处理期限"
    return (
        ("地点", view.address),
        ("部位", view.part.label),
        ("类别", view.category_label),
        ("紧急程度", view.danger.label),
        ("状态", view.state.label),
        ("报修时间", moment(view.created_at)),
        (goal, due),
    )


def _contact(view: RepairView) -> tuple[tuple[str, str], ...]:
    """Return whom to call, when to come and how to get in."""
    wish = view.wish
    come = f"{moment(wish.begins)} 至 {moment(wish.ends)}" if wish else "不限"
    rows = [("上门时间", come)] if view.part is Part.HOME else []
    rows += [("联系人", view.contact_name)] if view.contact_name else []
    rows += [("联系电话", phones.as_dialled(view.phone))] if view.phone else []
    rows += [("上门说明", view.access)] if view.access else []
    return tuple(rows)
