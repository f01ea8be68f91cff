"""Mutants: the product with one guard broken, each of which a run must find.

A run that finds nothing in them proves nothing about the product itself.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from tests.faults.fault import ROOT


class Edit(NamedTuple):
    """In `file`, `old` becomes `new`."""

    file: str
    old: str
    new: str


class Mutant(NamedTuple):
    """`finds`: the check that must find something. `at`: the point where dying shows it."""

    title: str
    finds: str
    at: str
    edits: tuple[Edit, ...]


NOTICES: Final = "services/payments/notices.py"
BOOK: Final = "booking.book(deps, client, payment, trade, event=event, known=payment.bills)"
STORE: Final = "services/jobs/store.py"
MUTANTS: Final = (
    Mutant(
        "a notice is answered before it is booked",
        "notices answered and not kept",
        "notice read, not booked",
        (
            Edit(NOTICES, "from collections.abc", "import asyncio\nfrom collections.abc"),
            Edit(NOTICES, f"await {BOOK}", f"TASKS.append(asyncio.ensure_future({BOOK}))"),
            Edit(NOTICES, "\n\nclass Forged", "\nTASKS = []\n\n\nclass Forged"),
        ),
    ),
    Mutant(
        "a journal has a name by chance",
        "payments booked twice",
        "",  # seen without any kill
        (
            Edit(
                "services/payments/booking.py",
                'return payment_journal(client.account.mchid, trade.transaction_id or "")',
                "return payment_journal(client.account.mchid, str(id(trade)))",
            ),
        ),
    ),
    Mutant(
        "a refund has a new number each time it is sent",
        "excess not back exactly once",
        "refund taken, not written",
        (
            Edit(
                "services/payments/refunds/jobs.py",
                "return await client.refund(await requests.kept(deps, client, refund))\n",
                'refund.number = f"{refund.id}-{deps.now():%H%M%S%f}"\n'
                "        return await client.refund(requests._body(client, refund))\n",
            ),
            Edit(
                "services/payments/refunds/outcomes.py",
                "deps.db, refund.id, RefundAction.ACCEPT, refund_id=answer.refund_id\n",
                "deps.db, refund.id, RefundAction.ACCEPT, refund_id=answer.refund_id,\n"
                "                number=answer.out_refund_no,\n",
            ),
        ),
    ),
    Mutant(
        "jobs are written after the commit",
        "changes without their job",
        "committed, nothing done since",
        (
            Edit(STORE, "from collections.abc", "import functools\nfrom collections.abc"),
            Edit(
                STORE,
                "endings.of(tx).write(COLLECTION, update)",
                "endings.of(tx).follow[str(id(update))] = functools.partial(\n"
                "            db[COLLECTION].bulk_write, [update]\n        )",
            ),
        ),
    ),
    Mutant(
        "a job is called done before it is done",
        "messages sent twice, or missing in the inbox",
        "job called done",
        (
            Edit(
                "services/jobs/actions.py",
                "        outcome = await _take_turn(deps, job, handler)\n",
                "        await store.finish(deps.db, job, deps.now())\n"
                "        outcome = await _take_turn(deps, job, handler)\n",
            ),
        ),
    ),
)


@contextmanager
def planted(mutant: Mutant) -> Iterator[Path]:
    """Yield a copy of the tree with it. LookupError unless each edit fits exactly once."""
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        for edit in mutant.edits:
            file = tree / edit.file
            file.write_text(edited(file.read_text(encoding="utf-8"), edit), encoding="utf-8")
        yield tree


def edited(text: str, edit: Edit) -> str:
    if text.count(edit.old) != 1:
        raise LookupError(f"{edit.file} does not hold once: {edit.old}")
    return text.replace(edit.old, edit.new)
