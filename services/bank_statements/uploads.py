"""Uploads of a bank's file: it is kept sealed, and a job to read it is promised."""

import hashlib
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bank_statements import scopes, store, views
from services.bank_statements.files.models import MOST_BYTES
from services.bank_statements.jobs import READ
from services.bank_statements.models import BankStatementView, Statement
from services.bank_statements.states import STATEMENTS, StatementAction
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.documents import digest_id, to_document
from services.kernel.permissions import Actor
from services.register.chunks import actions as chunks

UPLOADED = Act.BANK_STATEMENT_UPLOADED


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
    if earlier is not None:
        if not STATEMENTS.find(earlier.state, StatementAction.UPLOAD):
            await _again(deps, actor, earlier)
            return await views.statement(deps, earlier)
        fresh.round = earlier.round + 1
    await chunks.keep_file(deps, fresh.file_id, content)
    try:
        await deps.in_transaction(lambda tx: _begin(deps, tx, actor, earlier, fresh))
    except DuplicateKeyError:  # the same file at the same moment
        await _again(deps, actor, fresh)
    return await views.statement(deps, await store.find(deps.db, fresh.id) or fresh)


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
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    earlier: Statement | None,
    fresh: Statement,
) -> None:
    begun = True
    if earlier is None:
        await store.insert(deps.db, tx, fresh)
    else:
        again = to_document(fresh)
        del again["_id"], again["state"]
        begun = await store.move(deps.db, earlier, StatementAction.UPLOAD, again, tx=tx)
    if begun:
        key, name, number = fresh.file_id, fresh.id, fresh.round
        await jobs.enqueue(deps, tx, READ, key, statement=name, round=number)
    await audit.record(deps, tx, actor, UPLOADED, **_about(fresh), again=not begun)


async def _again(deps: Dependencies, actor: Actor, statement: Statement) -> None:
    about = {"place": audit.NOWHERE, "subject": statement.id}
    await audit.record_again(deps, actor, UPLOADED, **about)


def _about(statement: Statement) -> dict[str, Any]:
    about: dict[str, Any] = {"place": audit.NOWHERE, "subject": statement.id}
    return about | {"account": statement.account, "size_bytes": statement.size_bytes}
