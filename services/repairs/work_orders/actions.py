"""Work orders: a repair on a sheet of A4, for whoever goes there, signs and files it.

Whom to call and how to get in stand on it for who does the repair and who hands it out, as they
see it on the screen; that is then an export of personal data, and the audit says so.
"""

import asyncio
from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import papers
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.papers import Facts, QrCode, Sheet, Text
from services.kernel.permissions import Actor, Permission
from services.repairs import store, views
from services.repairs.kind import REPAIR
from services.repairs.models import Part, RepairView
from services.wechat.template_values import moment

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
    ("住户签字", LINE),
)


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
    sheet = _sheet(deps, view)
    made = await asyncio.to_thread(papers.pdf, f"维修工单{view.number}", [sheet])
    has_contact = bool(view.phone or view.access)

    async def note(tx: Transaction) -> None:
        about = {"place": found.place, "subject": found.id}
        await audit.record(
            deps, tx, actor, Act.REPAIR_PRINTED, **about, has_contact=has_contact
        )

    await deps.in_transaction(note)
    return view.number, made


def _sheet(deps: Dependencies, view: RepairView) -> Sheet:
    facts = Facts((*_about(view), *_contact(view)))
    code = QrCode(address_of(deps, view.repair_id), width=CODE_WIDTH)
    return Sheet(
        f"维修工单 {view.number}", (facts, Text(view.text or ""), Facts(BY_HAND), code)
    )


def _about(view: RepairView) -> tuple[tuple[str, str], ...]:
    due = moment(view.due_at) if view.due_at else "无"
    return (
        ("地点", view.address),
        ("部位", view.part.label),
        ("类别", view.category_label),
        ("紧急程度", view.danger.label),
        ("状态", view.state.label),
        ("报修时间", moment(view.created_at)),
        ("处理期限", due),
    )


def _contact(view: RepairView) -> tuple[tuple[str, str], ...]:
    """Return whom to call, when to come and how to get in."""
    wish = view.wish
    come = f"{moment(wish.begins)} 至 {moment(wish.ends)}" if wish else "不限"
    rows = [("上门时间", come)] if view.part is Part.HOME else []
    rows += [("联系电话", view.phone)] if view.phone else []
    rows += [("上门说明", view.access)] if view.access else []
    return tuple(rows)
