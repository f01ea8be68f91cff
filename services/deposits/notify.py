"""Messages about deposits: to who owed the home's bills then, so that none is kept unseen."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.deposits.models import Deposit
from services.deposits.states import DepositState
from services.kernel.days import day_of
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.residencies import owners, tenures

DEPOSIT_NEWS: Final = Template(
    key="deposit_news",
    title="您家的押金",
    body="{payee}保管的{kind}{amount}:{progress}。如与实际不符,请联系社区。",
    page="pages/bills/bills",
    data={"thing1": "kind", "amount2": "amount", "thing3": "progress", "thing4": "payee"},
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_BINDING, "押金收取和退还时告诉您"),),
)
TEMPLATES: Final = (DEPOSIT_NEWS,)


def progress(deposit: Deposit) -> str:
    """Say how far a deposit is; short enough for a cell at WeChat."""
    match deposit.state:
        case DepositState.KEPT if deposit.reviewed_at:
            return "批准已撤回,继续保管"
        case DepositState.KEPT:
            return "暂不退还,继续保管" if deposit.decided_at else "已收取"
        case DepositState.ASKED if deposit.deduct_fen:
            return f"拟扣{yuan(deposit.deduct_fen)}元,可提异议"
        case DepositState.RETURNED:
            return f"已退还{yuan(deposit.back_fen)}元"
        case _:
            return deposit.state.label


async def answered(deps: Dependencies, tx: Transaction, deposit: Deposit) -> None:
    """Tell that an objection was answered, and that the decision stays."""
    key = f"{deposit.id}:answered:{deposit.reviewed_at or ''}"
    await _tell(deps, tx, deposit, key=key, said="异议已答复,维持原决定")


async def tell(deps: Dependencies, tx: Transaction, deposit: Deposit) -> None:
    """Tell how far a deposit is."""
    key = f"{deposit.id}:{deposit.state}:{deposit.asked_at or ''}"
    await _tell(deps, tx, deposit, key=key, said=progress(deposit))


async def _tell(
    deps: Dependencies, tx: Transaction, deposit: Deposit, *, key: str, said: str
) -> None:
    """Tell who owned or rented the home when it was paid how far its deposit is.

    It stays theirs when they sell the home: who bought it neither reads nor hears of it, nor
    does who had left the household before.
    """
    rows = (await owners.debtors_of(deps, [deposit.home]))[deposit.home]
    rows = tenures.holders(rows, day_of(deposit.paid_at))
    for person in sorted({row.person for row in rows if row.person}):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=DEPOSIT_NEWS,
            key=key,
            values={
                "kind": deposit.kind.label,
                "amount": yuan(deposit.amount_fen),
                "progress": said,
                "payee": deposit.payee_name,
            },
        )
