"""Child process that reads one workbook: .xlsx on standard input, JSON lines on output.

A tiny file can end a whole server: two cells at opposite corners of a sheet make the
reader ask for half a terabyte, which aborts the process and cannot be caught. Here the limits
end this process alone, and all it used is given back when it exits.
"""

import resource
import sys
from pathlib import Path
from typing import Final

import msgspec

from services.register.rows.register import Register
from services.register.sheet.models import Batch, Begun, Done, Failed, ListedHome, Message
from services.register.sheet.problems import Refused
from services.register.sheet.workbook import MOST_ROWS, Book, open_register

MEMORY_BYTES: Final = 1024 * 1024 * 1024
CPU_SECONDS: Final = 120
# Written in one transaction: a row is most often a home, a phone and a person, and MongoDB
# advises below 1,000 writes.
BATCH_ROWS: Final = 300
# A row says at most a dozen things; a batch of nothing but problems is still sent in parts.
BATCH_PROBLEMS: Final = 600


def send(message: Message) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


def read(book: Book, compound: str) -> None:
    """Send homes and problems of all sheets in batches, then counts. Raises Refused."""
    register = Register(compound)
    register.problems += book.problems
    register.counts.warnings += len(book.problems)
    send(Begun([column for sheet in book.sheets for column in sheet.frame.columns()]))
    seen, homes = 0, list[ListedHome]()
    for sheet in book.sheets:
        register.begin(sheet.frame)
        first = sheet.frame.headings.last_row
        for number, cells in sheet.rows():
            home = register.read(number, cells)
            if home is not None:
                homes.append(home)
            if register.counts.rows > MOST_ROWS:
                raise Refused.because("register_too_many_rows", rows=MOST_ROWS)
            if len(homes) >= BATCH_ROWS or len(register.problems) >= BATCH_PROBLEMS:
                send(Batch(seen + number - first, book.height, homes, register.problems))
                homes, register.problems = [], []
        seen += sheet.height
    if register.counts.rows == 0:
        raise Refused.because("register_no_rows")
    send(Batch(seen, book.height, homes, register.problems))
    send(Done(register.counts, peak_kib(), register.buildings()))


def peak_kib() -> int:
    """Return the most memory this process took, in KiB; ru_maxrss counts its parent too."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0])


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    compound = sys.argv[1]
    try:
        read(open_register(sys.stdin.buffer.read()), compound)
    except Refused as error:
        send(Failed(error.refusal))


if __name__ == "__main__":
    main()
