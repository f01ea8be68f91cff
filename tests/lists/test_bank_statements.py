"""Lists of the statements of banks, and of the money that came in by them."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import bank_statements, bank_transfers
from services.bank_statements.files.models import BankFileRefusal, BankFileTotals
from services.bank_statements.models import Statement
from services.bank_statements.states import BankStatementState
from services.bank_statements.transfers.models import (
    PAYER,
    REMARK,
    BankDirection,
    Transfer,
    TransferFit,
)
from services.bank_statements.transfers.states import BankTransferState
from services.kernel.days import plus_days
from services.kernel.documents import to_document
from tests.build.cast import Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

ACCOUNT: Final = "sanitation"


async def of_statements(estate: Estate) -> Case:
    made = [
        Statement(
            id=f"statement{number}",
            account=ACCOUNT,
            state=[*BankStatementState][number % 3],
            size_bytes=1,
            uploaded_by="somebody",
            # two of each instant: ties
            uploaded_at=estate.world.clock.now - timedelta(days=number // 2),
            totals=BankFileTotals(received=number, received_fen=1234 + number),
            refusal=BankFileRefusal(code="bank_file_empty", message=FORMULA)
            if number == 2
            else None,
        )
        for number in range(9)
    ]
    kept = estate.world.db[bank_statements.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        place="cc.chaoyang.guilin.xincheng",
        path="/api/v1/bank-statements",
        filters=[{"state": "read"}, {"account": ACCOUNT, "state": "refused"}],
        orders={
            "newest": "-uploaded_at,-statement_id",
            "oldest": "uploaded_at,statement_id",
        },
        rows=9,
    )


async def of_transfers(estate: Estate) -> Case:
    vault = estate.world.deps.vault
    made = [
        Transfer(
            id=name,
            account=ACCOUNT,
            direction=BankDirection.OUT if number > 8 else BankDirection.IN,
            statement=f"statement{number % 2}",
            row=number,
            number=f"B{number}",
            day=plus_days("2026-02-20", number // 2),  # two of each day: ties
            amount_fen=1234 + number,
            payer_sealed=PAYER.seal(vault, name, "李伟"),
            remark_sealed=REMARK.seal(vault, name, FORMULA),
            state=[*BankTransferState][number % 5],
            fit=[*TransferFit][number % 4],
        )
        for number in range(12)
        for name in [f"transfer{number}"]
    ]
    kept = estate.world.db[bank_transfers.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        place="cc.chaoyang.guilin.xincheng",
        path="/api/v1/bank-transfers",
        filters=[
            {"state": "booked"},
            {"fit": "certain", "account": ACCOUNT},
            {"statement_id": "statement1"},
            {"direction": "out"},
            {"day_from": "2026-02-21", "day_to": "2026-02-22"},
        ],
        orders={"oldest": "day,transfer_id", "newest": "-day,-transfer_id"},
        unless={"direction": lambda item: item["direction"] == "in"},
        rows=9,
    )


MAKERS: Final[dict[str, Maker]] = {
    "bank_statements": of_statements,
    "bank_transfers": of_transfers,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
