"""Jobs of late charges: the bills of approved ones, some hundred in a transaction."""

from typing import Final

from services.bills import charges
from services.bills.charge_news import notify
from services.bills.charges import Charge
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.late_charges import lines, store
from services.late_charges.models import BILL, LateFees, LateLine
from services.late_charges.states import LateFeesState
from services.messaging.broadcasts import actions as broadcasts

LINES_AT_ONCE: Final = 100


async def step(deps: Dependencies, payload: Document) -> Again | None:
    """Bill the next lines of late charges; with the last ones, tell who owes them.

    What was approved is what was looked at: a line that would come to another amount by now is
    dropped, and counted when late charges are proposed the next time.
    """
    fees = await store.find(deps.db, payload["fees"], lines=True)
    if fees is None or fees.state is not LateFeesState.APPROVED:
        return None
    some = fees.lines[fees.done : fees.done + LINES_AT_ONCE]
    is_last = fees.done + len(some) == fees.bills

    async def save(tx: Transaction) -> None:
        homes = sorted({line.home for line in some})
        now = await lines.of_homes(deps, homes, fees.to_day, account=fees.account, tx=tx)
        kept = [line for line in some if line in now]
        dropped = len(some) - len(kept)
        if not await store.advance(deps.db, tx, fees, len(some), dropped=dropped):
            return
        await charges.issue_all(deps, tx, [_charge(fees, line) for line in kept])
        if is_last:
            await broadcasts.start(deps, tx, notify.issued(fees.id))

    await deps.in_transaction(save)
    return None if is_last else Again(deps.now())


def _charge(fees: LateFees, line: LateLine) -> Charge:
    return Charge(
        kind=BillKind.LATE_FEE,
        source=lines.source_of(line, fees.id),
        batch=fees.id,
        home=line.home,
        from_day=line.first,
        to_day=line.last,
        liable_on=line.liable_on,
        payee=line.payee,
        account=line.account,
        payee_name=line.payee_name,
        amount_fen=line.fen,
        explanation=f"{line.title}违约金:{line.explanation}({line.clause})",
    )


JOBS: Final[dict[str, jobs.Handler]] = {BILL: step}
