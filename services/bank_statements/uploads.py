"""Uploads of a bank's file: it is kept sealed, and a job to read it is promised."""

import hashlib
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bank_statements import scopes, store, views
from services.bank_statements.files.models import MOST_BYTES
from services.bank_statements.jobs import READ
from services.bank_statements.models import BankStatementView, Statement
from services.bank_statements.states import TABLE, BankStatementAction
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.documents import digest_id, to_document
from services.kernel.permissions import Actor
from services.register.chunks import actions as chunks


async def upload(
    deps: Dependencies, actor: Actor, account: str, content: bytes
) -> BankStatementView:
    """Return the statement of a file, to be read by a job. The same file is the same statement.

    A file that was refused starts anew. Raises NotFound, TooLarge.
    """
    await _require_account(deps, actor, account)
    if len(content) > MOST_BYTES:
        raise errors.TooLarge("文件太大,最多 5 MB,请按月导出")
    fresh = _fresh(deps, actor, account, content)
    earlier = await store.find(deps.db, fresh.id)
    is_new = earlier is None or TABLE.find(earlier.state, BankStatementAction.UPLOAD)
    if earlier is not None:
        fresh.round = earlier.round + 1
    if is_new:
        await chunks.keep_file(deps, fresh.file_id, content)

    async def work(tx: Transaction) -> Statement:
        begun = is_new and await _begin(deps, tx, earlier, fresh)
        return await _noted(deps, tx, actor, fresh, again=not begun)

    try:
        kept = await deps.in_transaction(work)
    except DuplicateKeyError:  # the same file at the same moment
        kept = await deps.in_transaction(lambda tx: _noted(deps, tx, actor, fresh, again=True))
    return await views.statement(deps, kept)


async def _require_account(deps: Dependencies, actor: Actor, account: str) -> None:
    """Raise NotFound unless the actor keeps the account."""
    if account not in await scopes.accounts(deps, actor):
        raise errors.NotFound("没有找到这个收款账户")


def _fresh(deps: Dependencies, actor: Actor, account: str, content: bytes) -> Statement:
    return Statement(
        id=digest_id("bank_statement", account, hashlib.sha256(content).hexdigest()),
        account=account,
        size_bytes=len(content),
        uploaded_by=actor.person_id,
        uploaded_at=deps.now(),
    )


async def _begin(
    deps: Dependencies, tx: Transaction, earlier: Statement | None, fresh: Statement
) -> bool:
    """Write a statement, and promise to read it; False when somebody else has begun."""
    if earlier is None:
        await store.insert(deps.db, tx, fresh)
    else:
        again = to_document(fresh)
        del again["_id"], again["state"]
        if not await store.move(deps.db, earlier, BankStatementAction.UPLOAD, again, tx=tx):
            return False
    key, name, number = fresh.file_id, fresh.id, fresh.round
    await jobs.enqueue(deps, tx, READ, key, statement=name, round=number)
    return True


async def _noted(
    deps: Dependencies, tx: Transaction, actor: Actor, fresh: Statement, *, again: bool
) -> Statement:
    """Return the statement as it is kept, with a row in the audit."""
    about: dict[str, Any] = {"place": audit.NOWHERE, "subject": fresh.id}
    about |= {"account": fresh.account, "size_bytes": fresh.size_bytes}
    await audit.record(
        deps, tx, actor, TABLE.act(BankStatementAction.UPLOAD), **about, again=again
    )
    return await store.get(deps.db, tx, fresh.id)
