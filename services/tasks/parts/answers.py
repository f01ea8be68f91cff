"""Answers from home to home: given by who does a part, and changed until it is over."""

from services.audit import actions as audit
from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission, Role
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.tasks.models import TaskProof, TaskProofKind
from services.tasks.parts import rungs, states, store, views, work
from services.tasks.parts.kind import TASK
from services.tasks.parts.models import (
    NOTE,
    AnswerTaskHome,
    HomeAnswer,
    TaskHome,
    TaskHomeView,
    TaskPart,
)
from services.tasks.parts.states import ANSWERABLE, TaskPartAction, TaskPartState

NO_HOME = "这户不在这项任务里"


class ProofNeeded(errors.InvalidInput):
    """The answer lacks the photo or the number that the task asks for, or has a strange one."""

    code = "task_proof_needed"


async def answer(
    deps: Dependencies, actor: Actor, part_id: str, wish: AnswerTaskHome
) -> TaskHomeView:
    """Answer about a home; the same again changes nothing. The last one reports the part once.

    Raises NotFound, ProofNeeded, PartMovedOn.
    """

    async def save(tx: Transaction) -> TaskHome:
        part = await views.access(deps, actor, part_id, tx=tx)
        before = await store.find_home(deps.db, tx, part.id, wish.home)
        if before is None:
            raise errors.NotFound(NO_HOME)
        if part.state not in ANSWERABLE:
            raise states.moved_on(part.state)
        _check(part.proof, wish)
        again = _is_same(deps, before, wish)
        made = before if again else await _write(deps, tx, actor, (part, before), wish)
        facts: Document = {"answer": wish.answer, "again": again}
        act = Act.TASK_HOME_ANSWERED
        await audit.record(deps, tx, actor, act, place=wish.home, subject=part.id, **facts)
        return made

    [view] = await views.homes(deps, [await deps.in_transaction(save)])
    return view


def _check(proof: TaskProof, wish: AnswerTaskHome) -> None:
    """Raise ProofNeeded unless an answer has what its task asks for, and nothing strange."""
    is_done = wish.answer is HomeAnswer.DONE
    asks_number = proof.kind is TaskProofKind.NUMBER and is_done
    if asks_number is not (wish.number is not None):
        raise ProofNeeded("请填写数字" if asks_number else "这里不用填写数字")
    if proof.kind is TaskProofKind.PHOTO and is_done and not wish.photo_ids:
        raise ProofNeeded("请拍一张照片")
    if wish.number is not None:
        if proof.least is not None and wish.number < proof.least:
            raise ProofNeeded(f"数字不能小于{proof.least}")
        if proof.most is not None and wish.number > proof.most:
            raise ProofNeeded(f"数字不能大于{proof.most}")


def _is_same(deps: Dependencies, before: TaskHome, wish: AnswerTaskHome) -> bool:
    kept = (before.answer, before.number, before.photo_ids, views.note_of(deps, before))
    asked = (wish.answer, wish.number, list(dict.fromkeys(wish.photo_ids)), wish.note)
    return kept == asked


async def _write(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    about: tuple[TaskPart, TaskHome],
    wish: AnswerTaskHome,
) -> TaskHome:
    part, before = about
    wanted = list(dict.fromkeys(wish.photo_ids))
    made = TaskHome(
        id=before.id,
        task=before.task,
        part=before.part,
        home=before.home,
        answer=wish.answer,
        number=wish.number,
        note_sealed=NOTE.seal(deps.vault, before.id, wish.note) if wish.note else "",
        photo_ids=wanted,
        by=actor.person_id,
        role=office_of(actor, part),
        at=deps.now(),
        has_traces=bool(wish.note or wanted),
    )
    await _keep_photos(deps, tx, actor, before, made)
    now = await store.answer(deps.db, tx, part, made, _added(before, made))
    if now is None:
        raise states.moved_on(part.state)
    # What was returned is reported by who corrects it: no count tells which homes were meant.
    if now.state is TaskPartState.OPEN and not now.left and not now.returned:
        done = work.reported(deps, actor, now)
        await cases.advance(deps, tx, None, TASK, now, TaskPartAction.COMPLETE, **done)
    return made


def office_of(actor: Actor, part: TaskPart) -> Role | None:
    """Return the office by which an actor does a part: the one nearest to it."""
    held = actor.roles(Permission.DO_TASKS, part.place)
    ranked = [role for role in rungs.UPWARDS if role in held]
    return ranked[0] if ranked else next(iter(sorted(held)), None)


async def _keep_photos(
    deps: Dependencies, tx: Transaction, actor: Actor, before: TaskHome, made: TaskHome
) -> None:
    """Attach the photos that are new, and discard those that were left out."""
    new = [each for each in made.photo_ids if each not in before.photo_ids]
    gone = [each for each in before.photo_ids if each not in made.photo_ids]
    if new:
        await photos.attach(
            deps,
            tx,
            actor,
            new,
            subject=made.id,
            place=made.home,
            needs=Permission.DO_TASKS,
            owner="",
            purposes={PhotoPurpose.CASE},
        )
    if gone:
        await photos.discard(deps, tx, gone, subject=made.id)


def _added(before: TaskHome, made: TaskHome) -> dict[str, int]:
    """Return what an answer adds to the counts of its part."""
    return {
        each.value: int(made.answer is each) - int(before.answer is each) for each in HomeAnswer
    }
