"""Notes that correct bills in tests: proposed by one of the staff, decided by another."""

from typing import Any

from services.bill_notes import actions as notes
from services.bill_notes.models import NewNote, NoteDecision, NoteView
from services.bills.models import NoteKind
from tests.build.cast import ADMIN, STAFF, Estate
from tests.build.deeds import Ask
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

CREDIT: dict[str, Any] = {
    "kind": "credit",
    "amount_fen": 300,
    "reason": "面积更正",
    "evidence": "测绘报告2026-17",
}
DEBIT = {**CREDIT, "kind": "debit", "amount_fen": 1000, "reason": "漏计面积"}
WRITE_OFF = {
    **CREDIT,
    "kind": "write_off",
    "amount_fen": 5118,
    "reason": "房屋已征收,无法收取",
    "ground": "物业服务合同第12条",
}
YES = {"approve": True, "reason": "已核对"}
NO = {"approve": False, "reason": "依据不足"}


async def propose(world: World, bill_id: str, body: dict[str, Any], who: Member) -> Reply:
    return await world.api.post(f"/api/v1/bills/{bill_id}/notes", body, as_=who)


async def decide(world: World, note_id: str, body: dict[str, Any], who: Member) -> Reply:
    return await world.api.post(f"/api/v1/bill-notes/{note_id}/decision", body, as_=who)


async def applied(estate: Estate, bill_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Let staff propose a note and an administrator approve it, over HTTP."""
    world = estate.world
    made = await propose(world, bill_id, body, await estate.member("staff"))
    assert made.status == 201, made.body
    done = await decide(world, made.body["note_id"], YES, await estate.member("admin"))
    assert done.status == 200, done.body
    return dict(done.body)


def wish(kind: NoteKind, fen: int) -> NewNote:
    ground = "物业服务合同第12条" if kind is NoteKind.WRITE_OFF else None
    reason, evidence = "更正", "2026-17"
    return NewNote(kind=kind, amount_fen=fen, reason=reason, evidence=evidence, ground=ground)


async def note(world: World, bill_id: str, kind: NoteKind, fen: int) -> NoteView:
    """Propose and approve a note without HTTP."""
    made = await notes.propose(world.deps, STAFF, bill_id, wish(kind, fen))
    yes = NoteDecision(approve=True, reason="已核对")
    return await notes.decide(world.deps, ADMIN, made.note_id, yes)


async def note_proposed(estate: Estate) -> Ask:
    [bill_id, *_] = await estate.bill_ids("li")
    return Ask(f"/api/v1/bills/{bill_id}/notes", CREDIT)


async def note_waiting(estate: Estate, body: dict[str, Any] = YES) -> Ask:
    """A note that the administrator proposed, to be decided by staff."""
    [bill_id, *_] = await estate.bill_ids("li")
    wanted = wish(NoteKind.CREDIT, 300)
    made = await notes.propose(estate.world.deps, ADMIN, bill_id, wanted)
    return Ask(f"/api/v1/bill-notes/{made.note_id}/decision", body, subject=made.note_id)


async def note_refused(estate: Estate) -> Ask:
    return await note_waiting(estate, NO)


async def note_withdrawn(estate: Estate) -> Ask:
    """A note that staff proposed and take back."""
    made = await propose(
        estate.world, (await estate.bill_ids("li"))[0], CREDIT, await estate.member("staff")
    )
    note_id = made.body["note_id"]
    return Ask(f"/api/v1/bill-notes/{note_id}/decision", NO, subject=note_id)
