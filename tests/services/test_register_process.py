"""Process that reads a workbook: bounded, expendable, and never in the way."""

import asyncio
import io
import re
import signal
import time
import zipfile
from collections.abc import AsyncIterator

import pytest

from services.register.sheet import process
from services.register.sheet.child import BATCH_ROWS
from services.register.sheet.models import Batch, Begun, Done, Message
from services.register.sheet.problems import Refused
from tests.build.registers import LI, large, workbook
from tests.depth import by_night

pytestmark = pytest.mark.slow

COMPOUND = "cc.chaoyang.guilin.xincheng.c07"
ROWS = 50_000 if by_night() else 10_000
# Measured: 85 MiB for 50,000 rows, of which 35 MiB are the interpreter and its modules.
MOST_KIB = 120 * 1024


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1024 * 1024):
        yield content[start : start + 1024 * 1024]


async def read(content: bytes) -> list[Message]:
    return [message async for message in process.messages(COMPOUND, pieces(content))]


@pytest.mark.deep
async def test_a_large_register_in_bounded_memory_and_out_of_the_loops_way() -> None:
    content = await asyncio.to_thread(large, ROWS)
    busy: list[float] = []

    async def tick() -> None:
        while True:  # the loop's own time: how loaded the machine is does not count
            start = time.thread_time()
            await asyncio.sleep(0.005)
            busy.append(time.thread_time() - start)

    ticker = asyncio.create_task(tick())
    homes = largest = 0
    async for message in process.messages(COMPOUND, pieces(content)):
        if isinstance(message, Batch):
            homes += len(message.homes)
            largest = max(largest, len(message.homes))
        elif isinstance(message, Done):
            peak = message.peak_kib
    ticker.cancel()
    assert (homes, largest) == (ROWS, BATCH_ROWS)
    assert peak < MOST_KIB
    assert max(busy) < 0.1


async def test_the_child_says_columns_homes_and_totals() -> None:
    begun, batch, done = await read(workbook([LI]))
    assert isinstance(begun, Begun)
    assert isinstance(batch, Batch)
    assert isinstance(done, Done)
    assert [column.letter for column in begun.columns] == list("ABCDEFGH")
    assert (batch.seen, batch.total, len(batch.homes)) == (1, 1, 1)
    assert done.counts.homes == 1


@pytest.mark.parametrize("corner", [b"XFD1048576", b"BZ1048576"])
async def test_two_cells_far_apart_end_only_the_child(corner: bytes) -> None:
    """The reader asks for half a terabyte, or for two gigabytes, and aborts its process."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([LI]))) as given,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in given.namelist():
            part = given.read(name)
            if name.endswith("sheet1.xml"):
                corners = (
                    b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
                    b'<row r="1048576"><c r="%b"><v>1</v></c></row></sheetData>' % corner
                )
                part = re.sub(rb"<sheetData>.*</sheetData>", corners, part, flags=re.DOTALL)
            written.writestr(name, part)
    assert len(buffer.getvalue()) < 10_000
    with pytest.raises(Refused) as caught:
        await read(buffer.getvalue())
    assert caught.value.refusal.code == "register_too_complex"


async def test_a_refusal_is_handed_on() -> None:
    with pytest.raises(Refused) as caught:
        await read(b"PK\x03\x04 and then nothing")
    assert caught.value.refusal.code == "register_broken"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-signal.SIGKILL, process.ReaderStopped),
        (-signal.SIGTERM, process.ReaderStopped),
        (-signal.SIGABRT, Refused),
        (-signal.SIGXCPU, Refused),
        (1, Refused),
    ],
)
def test_who_ended_the_child_decides_whether_to_read_again(
    code: int, kind: type[Exception]
) -> None:
    assert isinstance(process.ended(code), kind)


async def test_stopping_early_leaves_no_child_behind() -> None:
    messages = process.messages(COMPOUND, pieces(await asyncio.to_thread(large, 2_000)))
    assert isinstance(await anext(messages), Begun)
    await messages.aclose()
